import { BSON } from 'bson';
import type { Document } from 'bson';
import { describe, expect, it } from 'vitest';
import { onStore } from './suite.ts';

// codes: MongoDB's error_codes.yml; what the embedded store leaves out it refuses by name, and ignores nothing

/** A command on the collection `c`, the code it fails with, and what its message names. */
type Case = readonly [command: Document, code: number, names: string];

const EVERYWHERE: readonly Case[] = [
  [{ nope: 1 }, 59, 'nope'],
  [{ find: 'c', filter: { $foo: 1 } }, 2, '$foo'],
  [{ find: 'c', filter: { a: { $foo: 1 } } }, 2, '$foo'],
];

const EXACT: readonly Case[] = [
  [{ listIndexes: 'missing' }, 26, 'missing'],
  [{ find: 'c', nonsense: 1 }, 40415, 'nonsense'],
  [{ aggregate: 'c', pipeline: [{ $foo: {} }], cursor: {} }, 40324, '$foo'],
  [{ aggregate: 'c', pipeline: [{ $match: {}, $limit: 1 }], cursor: {} }, 40323, 'exactly one field'],
  [{ aggregate: 'c', pipeline: [{ $group: { _id: null, n: { $nope: 1 } } }], cursor: {} }, 15952, '$nope'],
  [{ aggregate: 'c', pipeline: [{ $match: 5 }], cursor: {} }, 15959, '$match'],
  [{ aggregate: 'c', pipeline: [{ $sort: {} }], cursor: {} }, 15976, '$sort'],
  [{ aggregate: 'c', pipeline: [{ $project: {} }], cursor: {} }, 51272, 'projection'],
  [{ aggregate: 'c', pipeline: [{ $count: '$a' }], cursor: {} }, 40158, 'count'],
  [aggregation({ $sort: { $natural: 1 } }), 16410, '$natural'],
  [aggregation({ $addFields: {} }), 40177, '$addFields'],
  [aggregation({ $facet: { a: [{ $facet: { b: [] } }] } }), 40600, '$facet'],
  [aggregation({ $group: { _id: 1, n: { $sum: 1, $avg: 1 } } }), 40238, 'one accumulator'],
  [aggregation({ $group: { _id: 1, 'a.b': { $sum: 1 } } }), 40235, 'a.b'],
  [aggregation({ $group: { _id: 1, n: { $count: 5 } } }), 14, '$count'],
  [{ find: 'c', sort: { $natural: 1, a: 1 } }, 2, '$natural'],
  [{ find: 'c', sort: { '': 1 } }, 40352, 'empty'],
  [{ find: 'c', sort: { 'a..b': 1 } }, 15998, 'empty'],
  [{ update: 'c', updates: [{ q: {}, u: { $foo: { a: 1 } } }] }, 9, '$foo'],
  [{ getMore: BSON.Long.fromNumber(99), collection: 'c' }, 43, '99'],
  [{ dropIndexes: 'c', index: 'none' }, 27, 'none'],
  [{ find: 'c', hint: 'none' }, 2, 'hint'],
  [{ find: '' }, 73, 'namespace'],
  [{ insert: 'c', documents: [] }, 72, 'batch'],
];

const LEFT_OUT: readonly Case[] = [
  [{ find: 'c', collation: { locale: 'en' } }, 115, 'collation'],
  [{ find: 'c', sort: { a: 1 }, collation: { locale: 'en', strength: 2 } }, 115, 'collation'],
  [{ find: 'c', filter: { a: { $regex: 'a++b' } } }, 115, '++ in a regular expression'],
  [{ find: 'c', filter: { a: { $regex: '(?>a)b' } } }, 115, '(?> in a regular expression'],
  [{ find: 'c', filter: { a: { $regex: 'a(?i)b' } } }, 115, '(?i in a regular expression'],
  [{ find: 'c', filter: { a: { $regex: '\\Qa.b\\E' } } }, 115, '\\Q in a regular expression'],
  [{ find: 'c', tailable: true }, 115, 'tailable'],
  [{ find: 'c', filter: { $sampleRate: 1 } }, 115, '$sampleRate'],
  [{ aggregate: 1, pipeline: [{ $currentOp: {} }], cursor: {} }, 115, 'whole database'],
  [{ aggregate: 'c', pipeline: [], cursor: {}, collation: { locale: 'en' } }, 115, 'collation'],
  [{ create: 'd', collation: { locale: 'en' } }, 115, 'collation'],
  [{ create: 'd', timeseries: { timeField: 'at' } }, 115, 'timeseries'],
  [{ create: 'd', clusteredIndex: { key: { _id: 1 }, unique: true } }, 115, 'clusteredIndex'],
  [{ create: 'd', viewOn: 'c', pipeline: [] }, 115, 'viewOn'],
  [{ collMod: 'c', validator: {} }, 115, 'validator'],
  [{ setParameter: 1, ttlMonitorSleepSecs: 1 }, 59, 'setParameter'],
  [{ find: 'c', filter: { $where: 'true' } }, 115, '$where'],
  [{ find: 'c', filter: { $text: { $search: 'x' } } }, 115, '$text'],
  [{ find: 'c', filter: { $jsonSchema: {} } }, 115, '$jsonSchema'],
  [{ find: 'c', filter: { a: { $near: [0, 0] } } }, 115, '$near'],
  [{ find: 'c', filter: { a: { $geoWithin: { $center: [[0, 0], 1] } } } }, 115, '$geoWithin'],
  [{ aggregate: 'c', pipeline: [{ $out: 'd' }], cursor: {} }, 115, '$out'],
  [{ aggregate: 'c', pipeline: [{ $changeStream: {} }], cursor: {} }, 115, '$changeStream'],
  [{ create: 'd', capped: true }, 115, 'capped'],
  [{ create: 'd', validator: {} }, 115, 'validator'],
  [{ createIndexes: 'c', indexes: [{ key: { a: 'text' }, name: 't' }] }, 115, 'text'],
  [{ createIndexes: 'c', indexes: [{ key: { a: '2dsphere' }, name: 't' }] }, 115, '2dsphere'],
  [{ createIndexes: 'c', indexes: [{ key: { a: 'hashed' }, name: 't' }] }, 115, 'hashed'],
  [
    { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 't', collation: { locale: 'en' } }] },
    115,
    'collation',
  ],
  [{ getParameter: 1, featureCompatibilityVersion: 1 }, 115, 'getParameter'],
];

/** Stages and expressions of MongoDB that are left out, with an argument that MongoDB takes. */
const LEFT_OUT_STAGES: readonly Document[] = [
  { $bucket: { groupBy: '$a', boundaries: [0, 3, 10] } },
  { $setWindowFields: { output: { s: { $sum: '$a', window: { documents: ['unbounded', 'current'] } } } } },
  { $redact: '$$KEEP' },
  { $graphLookup: { from: 'c', startWith: '$a', connectFromField: 'a', connectToField: '_id', as: 'up' } },
  { $geoNear: { near: [0, 0], distanceField: 'd' } },
  { $search: { text: { query: 'x', path: 'a' } } },
  { $sample: { size: 1 } },
];
const LEFT_OUT_EXPRESSIONS: readonly Document[] = [
  { $dateDiff: { startDate: '$a', endDate: '$a', unit: 'day' } },
  { $dateFromString: { dateString: '2024-01-02' } },
  { $regexFind: { input: '$a', regex: 'b+' } },
  { $convert: { input: 'x', to: 'int', onError: -1 } },
  { $setField: { field: 'z', input: '$a', value: 2 } },
  { $unsetField: { field: 'a', input: '$a' } },
  { $zip: { inputs: [[1], ['a']] } },
  { $bsonSize: '$$ROOT' },
  { $binarySize: '$a' },
  { $tsSecond: '$a' },
  { $toDecimal: '1.5' },
  { $toUUID: '6f1c6b1e-4c1e-4b8a-9f6e-0c7c2f8a1234' },
  { $rand: {} },
];

function aggregation(stage: Document): Document {
  return { aggregate: 'c', pipeline: [stage], cursor: {} };
}

const LEFT_OUT_OF_PIPELINES: readonly Case[] = [
  ...LEFT_OUT_STAGES.map((stage): Case => [aggregation(stage), 115, Object.keys(stage)[0] as string]),
  ...LEFT_OUT_EXPRESSIONS.map((expression): Case => [
    aggregation({ $project: { r: expression } }),
    168,
    Object.keys(expression)[0] as string,
  ]),
];

onStore((target) => {
  describe('refusals', () => {
    /** What a command fails with; the first write error of a reply counts. */
    const failure = async (command: Document): Promise<{ code?: number; message: string }> => {
      try {
        const reply = (await target.connection.db?.command(command)) ?? {};
        const [error] = (reply['writeErrors'] as { code: number; errmsg: string }[] | undefined) ?? [];
        return { ...(error ? { code: error.code } : {}), message: error?.errmsg ?? 'no error' };
      } catch (error) {
        return error as { code: number; message: string };
      }
    };

    for (const [command, code, names] of EVERYWHERE) {
      it(`${JSON.stringify(command)}`, async () => {
        await target.connection.collection('c').insertOne({ a: 1 });
        expect(await failure(command)).toMatchObject({ code, message: expect.stringContaining(names) });
      });
    }
    for (const [command, code] of EXACT) {
      it(`${JSON.stringify(command)}`, async (context) => {
        target.need(context, 'full errors');
        await target.connection.collection('c').insertOne({ a: 1 });
        expect((await failure(command)).code).toBe(code);
      });
    }
    it('tells of a write concern that one node cannot meet', async (context) => {
      target.need(context, 'full errors');
      const insert = (w: unknown) => ({ insert: 'c', documents: [{ a: 1 }], writeConcern: { w } });
      // on a replica set of fewer than fifty nodes
      await expect(target.connection.db?.command(insert(50))).rejects.toMatchObject({
        result: { n: 1, writeConcernError: { code: 100 } },
      });
      await expect(target.connection.db?.command(insert('nowhere'))).rejects.toMatchObject({
        result: { n: 1, writeConcernError: { code: 79 } },
      });
      await target.connection.db?.command(insert('majority'));
    });

    for (const [command, code, names] of [...LEFT_OUT, ...LEFT_OUT_OF_PIPELINES]) {
      it(`${JSON.stringify(command)}, which is left out`, async (context) => {
        target.need(context, 'embedded');
        expect(await failure(command)).toMatchObject({ code, message: expect.stringContaining(names) });
      });
    }
  });
});
