import fc from 'fast-check';
import mongoose from 'mongoose';
import { expect, it } from 'vitest';
import { newId } from '../../src/models/base.ts';
import { dnsRecordSchema } from '../../src/models/dns-record.ts';
import { domainSchema } from '../../src/models/domain.ts';
import { isNormal } from '../../src/models/is-normal.ts';

const schema = dnsRecordSchema();
const Model = mongoose.model('DNSRecordUnderTest', schema as mongoose.Schema);

const record = {
  _id: newId(),
  teamId: newId(),
  domainId: newId(),
  name: 'www',
  type: 'A',
  value: { address: '192.0.2.1' },
  valueHash: 'a'.repeat(64),
  ttl: 300,
  proxied: false,
  enabled: true,
  comment: '',
  tags: ['web'],
  revision: 1,
};

/** What a field may be by mistake: another type, missing, at and beyond a limit. */
const oddities = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    NaN,
    Infinity,
    -1,
    0,
    1.5,
    2 ** 31 - 1,
    2 ** 31,
    '',
    '7',
    true,
    'true',
    {},
  ),
  fc.constantFrom(['x'.repeat(100)], ['x'.repeat(101)], [1], [null], newId(), String(newId()), new Date(0)),
  fc.constantFrom(...[20, 21, 253, 254, 1000, 1001].map((length) => 'x'.repeat(length))),
);

/** The document as Mongoose stores it, undefined where it refuses it. */
async function cast(plain: object): Promise<object | undefined> {
  try {
    const document = new Model(plain);
    await document.validate();
    return document.toObject();
  } catch {
    return undefined;
  }
}

it('is true of what Mongoose would store as it is, and of nothing else', async () => {
  expect(isNormal(schema as mongoose.Schema, record)).toBe(true);
  const fields = fc.constantFrom(...Object.keys(record), 'unknown');
  await fc.assert(
    fc.asyncProperty(fields, oddities, async (field, value) => {
      const plain = { ...record, [field]: value };
      fc.pre(isNormal(schema as mongoose.Schema, plain));
      expect(await cast(plain)).toEqual(plain);
    }),
    { numRuns: 2_000 },
  );
});

it('takes the quick way for most odd values of a kind, too', () => {
  const normal = [
    { comment: 'x'.repeat(1000) },
    { tags: [] },
    { ttl: 0 },
    { ttl: 2 ** 31 - 1 },
    { value: { strings: ['a'] } },
  ];
  for (const change of normal)
    expect(isNormal(schema as mongoose.Schema, { ...record, ...change })).toBe(true);
  const odd = [
    { comment: 'x'.repeat(1001) },
    { tags: [1] },
    { ttl: -1 },
    { ttl: '300' },
    { name: '' },
    { more: 1 },
  ];
  for (const change of odd) expect(isNormal(schema as mongoose.Schema, { ...record, ...change })).toBe(false);
});

it('leaves schemas with parts in them to Mongoose', () => {
  expect(isNormal(domainSchema() as mongoose.Schema, { _id: newId() })).toBe(false);
});
