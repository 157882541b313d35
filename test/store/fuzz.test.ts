import { Long, ObjectId, type Document } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onStore, type AnyCollection } from './suite.ts';

// the same documents in a collection with indexes and in one without: every query has the same answer

const IDS = ['650000000000000000000001', '650000000000000000000002', '650000000000000000000003'].map(
  (id) => new ObjectId(id),
);
const scalar = fc.oneof(
  fc.constant(null),
  fc.integer({ min: 0, max: 5 }),
  fc.constantFrom(0.5, 1.5, 2.5),
  fc.boolean(),
  fc.constantFrom(
    'a',
    'ab',
    'b',
    'A',
    '',
    'a\0b',
    'é',
    '\u{1f600}',
    'x'.repeat(2500),
    `${'x'.repeat(2500)}y`,
  ),
  fc.constantFrom(...IDS),
  fc.integer({ min: 0, max: 4 }).map((ms) => new Date(ms)),
  fc.constantFrom('9007199254740993', '-5', '3').map((text) => Long.fromString(text)),
);
const value = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.record({ x: scalar }) },
  { weight: 1, arbitrary: fc.array(fc.record({ x: scalar }), { maxLength: 2 }) },
);
const document = fc.record(
  { a: value, b: value, c: value, d: fc.record({ e: value }) },
  { requiredKeys: [] },
);
const condition = fc.oneof(
  value,
  fc.record({ $gt: scalar }),
  fc.record({ $gte: scalar, $lt: scalar }),
  fc.record({ $lte: scalar }),
  fc.record({ $in: fc.array(scalar, { maxLength: 3 }) }),
  fc.record({ $ne: scalar }),
  fc.record({ $exists: fc.boolean() }),
  fc.constantFrom(/^a/, /^x/),
);
const field = fc.constantFrom('a', 'b', 'c', 'd.e', 'c.x');
const filter: fc.Arbitrary<Document> = fc.oneof(
  { weight: 6, arbitrary: fc.dictionary(field, condition, { minKeys: 1, maxKeys: 3 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(field, condition, field, condition)
      .map(([f, x, g, y]) => ({ $and: [{ [f]: x }, { [g]: y }] })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(field, condition, field, condition)
      .map(([f, x, g, y]) => ({ $or: [{ [f]: x }, { [g]: y }] })),
  },
);
const sort = fc.option(
  fc
    .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(1, -1), fc.boolean())
    .map(([first, direction, second]): Record<string, 1 | -1> => ({
      [first]: direction as 1 | -1,
      ...(second ? { b: 1 } : {}),
      _id: 1,
    })),
  { nil: undefined },
);

/** `npm run fuzz:store` asks for many more. */
const QUERIES = Number(process.env['NETGOAT_FUZZ'] ?? 500);
/** After so many queries some documents are changed. */
const CHUNK = 250;

const INDEXES: readonly (readonly [Record<string, 1 | -1>, Document?])[] = [
  [{ a: 1 }],
  [{ b: -1 }],
  [{ a: 1, b: 1 }],
  [{ a: -1, c: 1 }],
  [{ 'd.e': 1 }],
  [{ 'c.x': 1 }],
  [{ a: 1, b: -1, c: 1 }],
  [{ c: 1 }, { sparse: true }],
  [{ b: 1, a: -1 }, { partialFilterExpression: { b: { $exists: true } } }],
];

async function answer(
  collection: AnyCollection,
  query: Document,
  order: Record<string, 1 | -1> | undefined,
): Promise<unknown[]> {
  return (
    await (
      order ? collection.find(query, { sort: order, projection: { _id: 1 } }) : collection.find(query)
    ).toArray()
  ).map(({ _id: id }) => id as number);
}

/** Changes the same documents in the same way in both; two arrays in one compound index are an error in one. */
async function change(seed: number, indexed: AnyCollection, plain: AnyCollection): Promise<void> {
  const updates = fc.sample(fc.tuple(fc.nat(149), fc.constantFrom('a', 'b', 'c'), value), {
    numRuns: CHUNK / 10,
    seed,
  });
  for (const [id, name, changed] of updates) {
    const update = { $set: { [name]: changed } } as Document;
    const error = await indexed.updateOne({ _id: id as never }, update).then(
      () => undefined,
      ({ code }: { code: number }) => code,
    );
    if (error === undefined) await plain.updateOne({ _id: id as never }, update);
    else expect(error).toBe(171);
  }
}

async function usesIndex(collection: AnyCollection, query: Document): Promise<boolean> {
  const { queryPlanner } = (await collection.find(query).explain()) as Document;
  return JSON.stringify(queryPlanner).includes('IXSCAN');
}

onStore((target) => {
  describe('an index', () => {
    it('never changes an answer', { timeout: 30_000 + QUERIES * 50 }, async (context) => {
      target.need(context, 'index order');
      const documents = fc
        .sample(document, { numRuns: 150, seed: 7 })
        .map((each, i) => ({ _id: i, ...each }));
      const plain = await target.collection();
      const indexed = await target.collection();
      for (const [key, options = {}] of INDEXES) await indexed.createIndex(key, options);
      const kept: Document[] = [];
      for (const each of documents)
        await indexed.insertOne(each).then(
          () => kept.push(each),
          (error: { code: number }) => expect(error.code).toBe(171),
        );
      await plain.insertMany(kept as never[]);
      expect(kept.length).toBeGreaterThan(90);
      for (let done = 0; done < QUERIES; done += CHUNK) {
        await fc.assert(
          fc.asyncProperty(filter, sort, async (query, order) => {
            const [one, other] = [await answer(indexed, query, order), await answer(plain, query, order)];
            const compared = order
              ? [one, other]
              : [one, other].map((ids) => ids.toSorted((a, b) => Number(a) - Number(b)));
            expect(compared[0]).toEqual(compared[1]);
          }),
          { numRuns: Math.min(CHUNK, QUERIES - done), seed: done + 11 },
        );
        await change(done, indexed, plain);
      }
      const queries = fc.sample(filter, { numRuns: 100, seed: 11 });
      const planned = await Promise.all(queries.map((query) => usesIndex(indexed, query)));
      expect(planned.filter(Boolean).length).toBeGreaterThan(50);
    });
  });
});
