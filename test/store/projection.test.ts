import type { Document } from 'bson';
import { describe, expect, it } from 'vitest';
import { needing, onStore, shape } from './suite.ts';

// expected answers: MongoDB manual, "Project Fields to Return from Query" and the pages of the projection operators

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
