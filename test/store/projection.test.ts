import type { Document } from 'bson';
import { describe, expect, it } from 'vitest';
import { needing, onStore, shape } from './suite.ts';

// expected answers: MongoDB manual, "Project Fields to Return from Query" and the pages of the projection operators; what
// $slice and $elemMatch make of _id: projection_parser.cpp of its source

/** A case: a document, a projection, the result or 'error', and the filter that finds the document. */
type Case = readonly [
  name: string,
  document: Document,
  projection: Document,
  result: Document | 'error',
  filter?: Document,
];

const CASES: readonly Case[] = [
  ['include dotted', { a: { b: 1, c: 2 }, d: 3 }, { 'a.b': 1 }, { _id: 1, a: { b: 1 } }],
  [
    'include dotted over array',
    { a: [{ b: 1, c: 1 }, { c: 2 }, 5] },
    { 'a.b': 1, _id: 0 },
    { a: [{ b: 1 }, {}] },
  ],
  ['exclude dotted', { a: { b: 1, c: 2 }, d: 3 }, { 'a.b': 0 }, { _id: 1, a: { c: 2 }, d: 3 }],
  ['exclude dotted in array', { a: [{ b: 1, c: 1 }, { b: 2 }] }, { 'a.b': 0, _id: 0 }, { a: [{ c: 1 }, {}] }],
  ['field order is the document order', { a: 1, b: 2, c: 3 }, { c: 1, a: 1, _id: 0 }, { a: 1, c: 3 }],
  [
    'dotted: field order is the document order',
    { a: { x: 1 }, b: 2, c: { y: 3, z: 4 } },
    { 'c.y': 1, 'a.x': 1 },
    { _id: 1, a: { x: 1 }, c: { y: 3 } },
  ],
  ['$slice', { a: [1, 2, 3], b: 1 }, { a: { $slice: -2 } }, { _id: 1, a: [2, 3], b: 1 }],
  [
    '$elemMatch',
    { a: [{ b: 1 }, { b: 2 }], z: 1 },
    { a: { $elemMatch: { b: 2 } } },
    { _id: 1, a: [{ b: 2 }] },
  ],
  ['positional', { a: [{ b: 1 }, { b: 2 }] }, { 'a.$': 1 }, { _id: 1, a: [{ b: 2 }] }, { 'a.b': 2 }],
  ['computed', { a: 2 }, { b: { $multiply: ['$a', 2] } }, { _id: 1, b: 4 }],
  ['literal string', { a: 2 }, { b: 'x' }, { _id: 1, b: 'x' }],
  ['$slice with _id included', { a: [1, 2], b: 1 }, { _id: 1, a: { $slice: 1 } }, { _id: 1, a: [1] }],
  ['$slice with _id excluded', { a: [1, 2], b: 1 }, { _id: 0, a: { $slice: 1 } }, { a: [1], b: 1 }],
  [
    '$elemMatch with an exclusion',
    { a: [1, 5], b: 1, c: 1 },
    { a: { $elemMatch: { $gt: 2 } }, b: 0 },
    { _id: 1, a: [5], c: 1 },
  ],
  ['_id included in an exclusion', { a: 1, b: 1 }, { _id: 1, a: 0 }, { _id: 1, b: 1 }],
  ['an expression in an exclusion', { a: 1, b: 1 }, { a: 0, c: { $add: ['$b', 1] } }, 'error'],
  ['two positional', { a: [1], b: [1] }, { 'a.$': 1, 'b.$': 1 }, 'error', { a: 1, b: 1 }],
  ['positional excluded', { a: [1] }, { 'a.$': 0 }, 'error', { a: 1 }],
  ['positional in the middle', { a: [{ b: 1 }] }, { 'a.$.b': 1 }, 'error', { 'a.b': 1 }],
  [
    'positional and $elemMatch',
    { a: [1], b: [1] },
    { 'a.$': 1, b: { $elemMatch: { $eq: 1 } } },
    'error',
    { a: 1 },
  ],
  ['nested $elemMatch', { a: { b: [1] } }, { 'a.b': { $elemMatch: { $eq: 1 } } }, 'error'],
  ['an empty projection of a field', { a: { b: 1 } }, { a: {} }, 'error'],
  ['path collision', { a: { b: 1 } }, { a: 1, 'a.b': 1 }, 'error'],
  ['mixed inclusion/exclusion', { a: 1, b: 1 }, { a: 1, b: 0 }, 'error'],
  ['$meta textScore', { a: 1 }, { s: { $meta: 'textScore' } }, 'error'],
];

/** The cases that need more than a look-alike has. */
const NEEDS = {
  ...needing('field order', [
    'field order is the document order',
    'dotted: field order is the document order',
  ]),
  ...needing('all projection operators', [
    '$slice',
    '$slice with _id included',
    '$slice with _id excluded',
    '$elemMatch with an exclusion',
    '_id included in an exclusion',
    'an expression in an exclusion',
    'two positional',
    'positional excluded',
    'positional in the middle',
    'positional and $elemMatch',
    'nested $elemMatch',
    'an empty projection of a field',
    'path collision',
    'positional',
    'computed',
    'literal string',
    '$meta textScore',
  ]),
};

onStore((target) => {
  describe('projection', () => {
    for (const [name, document, projection, result, filter = {}] of CASES) {
      it(name, async (context) => {
        target.need(context, NEEDS[name]);
        const collection = await target.collection([{ _id: 1, ...document }]);
        const found = collection.findOne(filter, { projection });
        if (result === 'error') return await expect(found).rejects.toThrow();
        return expect(shape(await found)).toBe(shape(result));
      });
    }
  });
});
