import type { Document } from 'bson';
import { describe, expect, it } from 'vitest';
import { needing, onStore, shape } from './suite.ts';

// expected answers: MongoDB manual, "$lookup (aggregation)"

/** The cases that need more than a look-alike has. */
const NEEDS = needing('all aggregation operators', ['fields and pipeline', '$unionWith', 'nested']);

onStore((target) => {
  describe('$lookup', () => {
    const people = [
      { _id: 1, name: 'r', boss: null },
      { _id: 2, name: 's', boss: 1 },
      { _id: 3, name: 't', boss: 2 },
    ];
    const LOOKUPS: readonly (readonly [string, (from: string) => Document[], Document[]])[] = [
      [
        'by fields',
        (from) => [
          { $lookup: { from, localField: 'boss', foreignField: '_id', as: 'x' } },
          { $project: { n: '$x.name' } },
        ],
        [
          { _id: 1, n: [] },
          { _id: 2, n: ['r'] },
          { _id: 3, n: ['s'] },
        ],
      ],
      [
        'twice, at the end',
        (from) => [
          { $match: { _id: 2 } },
          { $project: { boss: 1 } },
          { $lookup: { from, localField: 'boss', foreignField: '_id', as: 'x' } },
          { $lookup: { from, localField: '_id', foreignField: 'boss', as: 'y' } },
        ],
        [
          {
            _id: 2,
            boss: 1,
            x: [{ _id: 1, name: 'r', boss: null }],
            y: [{ _id: 3, name: 't', boss: 2 }],
          },
        ],
      ],
      [
        // manual, "$lookup": "If the specified name already exists in the input document, the existing field is overwritten"
        'into a field that is there',
        (from) => [
          { $match: { _id: 3 } },
          { $lookup: { from, localField: 'boss', foreignField: '_id', as: 'boss' } },
        ],
        [{ _id: 3, name: 't', boss: [{ _id: 2, name: 's', boss: 1 }] }],
      ],
      [
        'a missing field joins null',
        (from) => [
          { $lookup: { from, localField: 'nope', foreignField: 'boss', as: 'x' } },
          { $project: { n: { $size: '$x' } } },
        ],
        [
          { _id: 1, n: 1 },
          { _id: 2, n: 1 },
          { _id: 3, n: 1 },
        ],
      ],
      [
        'let and pipeline',
        (from) => [
          {
            $lookup: {
              from,
              let: { b: '$boss' },
              pipeline: [{ $match: { $expr: { $eq: ['$_id', '$$b'] } } }, { $project: { name: 1, _id: 0 } }],
              as: 'x',
            },
          },
          { $project: { x: 1 } },
        ],
        [
          { _id: 1, x: [] },
          { _id: 2, x: [{ name: 'r' }] },
          { _id: 3, x: [{ name: 's' }] },
        ],
      ],
      [
        'fields and pipeline',
        (from) => [
          {
            $lookup: {
              from,
              localField: 'boss',
              foreignField: '_id',
              pipeline: [{ $project: { name: 1, _id: 0 } }],
              as: 'x',
            },
          },
          { $match: { _id: 2 } },
          { $project: { x: 1 } },
        ],
        [{ _id: 2, x: [{ name: 'r' }] }],
      ],
      [
        '$unionWith',
        (from) => [
          { $match: { _id: 1 } },
          { $unionWith: { coll: from, pipeline: [{ $match: { _id: 3 } }] } },
          { $project: { _id: 1 } },
        ],
        [{ _id: 1 }, { _id: 3 }],
      ],
      [
        'in $facet',
        (from) => [
          {
            $facet: {
              a: [
                { $match: { _id: 2 } },
                { $lookup: { from, localField: 'boss', foreignField: '_id', as: 'x' } },
                { $project: { n: { $size: '$x' } } },
              ],
            },
          },
        ],
        [{ a: [{ _id: 2, n: 1 }] }],
      ],
      [
        'nested',
        (from) => [
          { $match: { _id: 3 } },
          {
            $lookup: {
              from,
              let: { b: '$boss' },
              pipeline: [
                { $match: { $expr: { $eq: ['$_id', '$$b'] } } },
                { $lookup: { from, localField: 'boss', foreignField: '_id', as: 'y' } },
              ],
              as: 'x',
            },
          },
          { $project: { n: { $size: { $arrayElemAt: ['$x.y', 0] } } } },
        ],
        [{ _id: 3, n: 1 }],
      ],
    ];
    for (const [name, pipeline, result] of LOOKUPS) {
      it(name, async (context) => {
        target.need(context, NEEDS[name]);
        const collection = await target.collection(people);
        const rows = await collection
          .aggregate([{ $sort: { _id: 1 } }, ...pipeline(collection.collectionName)])
          .toArray();
        expect(shape(rows)).toBe(shape(result));
      });
    }
  });
});
