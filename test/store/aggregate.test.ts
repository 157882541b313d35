import { Decimal128, Long, ObjectId, type Document } from 'bson';
import { describe, expect, it } from 'vitest';
import { needing, onStore, shape } from './suite.ts';
import { MIXED } from './mixed.ts';

// expected answers: MongoDB manual, "Aggregation Stages" and "Accumulators ($group)"

const o1 = new ObjectId('650000000000000000000001');
const o2 = new ObjectId('650000000000000000000002');
const S: Document[] = [
  { t: 'a', n: 1, z: o1 },
  { t: 'b', n: 5, z: o2 },
  { t: 'a', n: 3, z: o1 },
];

/** A case: documents (their `_id` is their position), a pipeline, its result or 'error'. */
type Case = readonly [
  name: string,
  documents: Document[],
  pipeline: Document[],
  result: Document[] | 'error',
];

const CASES: readonly Case[] = [
  [
    '$group basic',
    S,
    [
      {
        $group: {
          _id: '$t',
          s: { $sum: '$n' },
          av: { $avg: '$n' },
          mx: { $max: '$n' },
          c: { $count: {} },
          l: { $push: '$n' },
        },
      },
      { $sort: { _id: 1 } },
    ],
    [
      { _id: 'a', s: 4, av: 2, mx: 3, c: 2, l: [1, 3] },
      { _id: 'b', s: 5, av: 5, mx: 5, c: 1, l: [5] },
    ],
  ],
  [
    '$group by ObjectId',
    S,
    [{ $group: { _id: '$z', s: { $sum: 1 } } }, { $sort: { _id: 1 } }],
    [
      { _id: o1, s: 2 },
      { _id: o2, s: 1 },
    ],
  ],
  [
    '$group missing key is null',
    [{}, { a: null }, { a: 1 }],
    [{ $group: { _id: '$a', n: { $sum: 1 } } }, { $sort: { _id: 1 } }],
    [
      { _id: null, n: 2 },
      { _id: 1, n: 1 },
    ],
  ],
  [
    '$group compound _id',
    S,
    [{ $group: { _id: { t: '$t', z: '$z' }, n: { $sum: 1 } } }, { $sort: { n: -1 } }],
    [
      { _id: { t: 'a', z: o1 }, n: 2 },
      { _id: { t: 'b', z: o2 }, n: 1 },
    ],
  ],
  ['$group _id null on empty', [], [{ $group: { _id: null, n: { $sum: 1 } } }], []],
  [
    '$group $first/$last/$addToSet/$mergeObjects',
    S,
    [
      {
        $group: {
          _id: null,
          f: { $first: '$n' },
          l: { $last: '$n' },
          s: { $addToSet: '$t' },
          m: { $mergeObjects: { k: '$t' } },
        },
      },
    ],
    [{ _id: null, f: 1, l: 3, s: ['a', 'b'], m: { k: 'a' } }],
  ],
  [
    '$max across dates',
    [{ d: new Date(1) }, { d: new Date(9) }, {}],
    [{ $group: { _id: null, m: { $max: '$d' } } }],
    [{ _id: null, m: new Date(9) }],
  ],
  [
    '$min ignores missing/null',
    [{ n: 4 }, {}, { n: null }],
    [{ $group: { _id: null, m: { $min: '$n' } } }],
    [{ _id: null, m: 4 }],
  ],
  [
    '$unwind',
    [{ a: [1, 2] }, { a: [] }, {}, { a: 5 }],
    [{ $unwind: '$a' }],
    [
      { _id: 0, a: 1 },
      { _id: 0, a: 2 },
      { _id: 3, a: 5 },
    ],
  ],
  [
    '$unwind preserve + index',
    [{ a: [1] }, { a: [] }],
    [{ $unwind: { path: '$a', preserveNullAndEmptyArrays: true, includeArrayIndex: 'i' } }],
    [
      { _id: 0, a: 1, i: 0 },
      { _id: 1, i: null },
    ],
  ],
  [
    '$project nested/computed',
    [{ a: { b: 1, c: 2 } }],
    [{ $project: { _id: 0, 'a.b': 1, s: { $add: ['$a.b', '$a.c'] } } }],
    [{ a: { b: 1 }, s: 3 }],
  ],
  [
    '$project $$REMOVE',
    [{ a: 1 }],
    [{ $project: { _id: 0, a: { $cond: [false, 1, '$$REMOVE'] }, b: { $literal: 1 } } }],
    [{ b: 1 }],
  ],
  ['$addFields nested', [{ a: { b: 1 } }], [{ $addFields: { 'a.c': 2 } }], [{ _id: 0, a: { b: 1, c: 2 } }]],
  [
    '$addFields of a missing value makes the documents on the way',
    [{ a: 1 }, { a: [1, { c: 2 }] }],
    [{ $addFields: { 'a.b': '$q', 'd.e': '$q' } }],
    [
      { _id: 0, a: {}, d: {} },
      { _id: 1, a: [{}, { c: 2 }], d: {} },
    ],
  ],
  [
    '$addFields over array',
    [{ a: [{ b: 1 }, { b: 2 }] }],
    [{ $addFields: { 'a.c': 9 } }],
    [
      {
        _id: 0,
        a: [
          { b: 1, c: 9 },
          { b: 2, c: 9 },
        ],
      },
    ],
  ],
  ['$replaceRoot', [{ a: { b: 1 } }], [{ $replaceRoot: { newRoot: '$a' } }], [{ b: 1 }]],
  [
    '$sortByCount',
    S,
    [{ $sortByCount: '$t' }],
    [
      { _id: 'a', count: 2 },
      { _id: 'b', count: 1 },
    ],
  ],
  ['$count on empty', [], [{ $count: 'n' }], []],
  [
    '$sort then $group $first',
    S,
    [{ $sort: { n: -1 } }, { $group: { _id: '$t', f: { $first: '$n' } } }, { $sort: { _id: 1 } }],
    [
      { _id: 'a', f: 3 },
      { _id: 'b', f: 5 },
    ],
  ],
  [
    '$match after $group',
    S,
    [{ $group: { _id: '$t', n: { $sum: 1 } } }, { $match: { n: { $gt: 1 } } }],
    [{ _id: 'a', n: 2 }],
  ],
  ['$unknownStage', S, [{ $foo: {} }], 'error'],
  ['$geoNear', S, [{ $geoNear: { near: [0, 0], distanceField: 'd' } }], 'error'],
  ['$search', S, [{ $search: {} }], 'error'],
  [
    '$sort across BSON types in the middle',
    MIXED,
    [{ $addFields: { z: 1 } }, { $sort: { a: 1, _id: 1 } }, { $project: { _id: 1 } }],
    [9, 2, 3, 1, 8, 0, 7, 10, 6, 4, 5, 11].map((_id) => ({ _id })),
  ],
  [
    '$sum Long',
    [{ n: Long.fromString('9007199254740993') }, { n: 2 }],
    [{ $group: { _id: null, s: { $sum: '$n' } } }, { $project: { s: { $toString: '$s' } } }],
    [{ _id: null, s: '9007199254740995' }],
  ],
  [
    '$sum Decimal128',
    [{ n: Decimal128.fromString('0.1') }, { n: Decimal128.fromString('0.2') }],
    [{ $group: { _id: null, s: { $sum: '$n' } } }],
    [{ _id: null, s: Decimal128.fromString('0.3') }],
  ],
  [
    '$unwind does not look into an array on the way',
    [{ a: [{ b: [1, 2] }] }, { a: { b: [3] } }],
    [{ $unwind: '$a.b' }],
    [{ _id: 1, a: { b: 3 } }],
  ],
  [
    '$unwind of what is empty but no array',
    [{ a: '' }, { a: {} }],
    [{ $unwind: '$a' }],
    [
      { _id: 0, a: '' },
      { _id: 1, a: {} },
    ],
  ],
  [
    '$project keeps the order of the document, _id first',
    [{ x: 1, y: 2 }],
    [{ $project: { y: 1, z: { $add: ['$x', 1] }, x: 1 } }],
    [{ _id: 0, x: 1, y: 2, z: 2 }],
  ],
  [
    '$facet gives every pipeline its own documents',
    [{ a: 1 }],
    [{ $facet: { changed: [{ $set: { a: 2 } }], kept: [{ $match: { a: 1 } }] } }],
    [{ changed: [{ _id: 0, a: 2 }], kept: [{ _id: 0, a: 1 }] }],
  ],
];

/** The cases that need more than a look-alike has. */
const NEEDS = {
  ...needing('all aggregation operators', [
    '$group basic',
    '$group $first/$last/$addToSet/$mergeObjects',
    '$project $$REMOVE',
    '$addFields nested',
    '$addFields over array',
    '$addFields of a missing value makes the documents on the way',
    '$unwind does not look into an array on the way',
    '$facet gives every pipeline its own documents',
  ]),
  ...needing('field order', ['$project keeps the order of the document, _id first']),
};

onStore((target) => {
  describe('aggregate', () => {
    for (const [name, documents, pipeline, result] of CASES) {
      it(name, async (context) => {
        target.need(context, NEEDS[name]);
        const collection = await target.collection(documents.map((document, i) => ({ _id: i, ...document })));
        const rows = collection.aggregate(pipeline).toArray();
        if (result === 'error') return await expect(rows).rejects.toThrow();
        return expect(shape(await rows)).toBe(shape(result));
      });
    }
  });
});
