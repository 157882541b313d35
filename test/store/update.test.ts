import { Decimal128, Double, Long, ObjectId, type Document } from 'bson';
import { describe, expect, it } from 'vitest';
import { needing, onStore, shape } from './suite.ts';

// expected answers: MongoDB manual, "Update Operators", "Update with Aggregation Pipeline" and "Dollar-Prefixed Field
// Names", and its source's update tests (pop_node_test, rename_node_test, update_array_node_test): deep in a document any name goes; at its top one that begins with $ may be inserted, but not set

const o1 = new ObjectId('650000000000000000000001');
const o2 = new ObjectId('650000000000000000000002');

/** A case: a document (null for none), an update, the document after it without `_id` or 'error', options, filter. */
type Case = readonly [
  name: string,
  document: Document | null,
  update: Document | Document[],
  result: Document | 'error',
  options?: Document,
  filter?: Document,
];

const CASES: readonly Case[] = [
  ['$set nested create', { a: 1 }, { $set: { 'b.c.d': 1 } }, { a: 1, b: { c: { d: 1 } } }],
  ['$set array index pads null', { a: [1] }, { $set: { 'a.3': 9 } }, { a: [1, null, null, 9] }],
  ['$set numeric key creates object', {}, { $set: { 'm.0': 1 } }, { m: { 0: 1 } }],
  ['$set through scalar', { a: 1 }, { $set: { 'a.b': 1 } }, 'error'],
  ['$set through null', { a: null }, { $set: { 'a.b': 1 } }, 'error'],
  ['$unset array element', { a: [1, 2, 3] }, { $unset: { 'a.1': 1 } }, { a: [1, null, 3] }],
  ['$unset nested', { a: { b: 1, c: 2 } }, { $unset: { 'a.b': 1 } }, { a: { c: 2 } }],
  ['$inc missing', {}, { $inc: { n: 2 } }, { n: 2 }],
  ['$inc string', { n: 's' }, { $inc: { n: 2 } }, 'error'],
  ['$inc null', { n: null }, { $inc: { n: 2 } }, 'error'],
  ['$inc by string', { n: 1 }, { $inc: { n: 's' } }, 'error'],
  [
    '$inc Long',
    { n: Long.fromString('9007199254740993') },
    { $inc: { n: Long.fromNumber(2) } },
    { n: Long.fromString('9007199254740995') },
  ],
  [
    '$inc Decimal128',
    { n: Decimal128.fromString('1.1') },
    { $inc: { n: Decimal128.fromString('2.2') } },
    { n: Decimal128.fromString('3.3') },
  ],
  ['$inc int32 overflow becomes int64', { n: 2147483647 }, { $inc: { n: 1 } }, { n: 2147483648 }],
  ['$mul missing', {}, { $mul: { n: 2 } }, { n: 0 }],
  ['$min/$max', { a: 5, b: 5 }, { $min: { a: 3, c: 1 }, $max: { b: 7 } }, { a: 3, b: 7, c: 1 }],
  ['$min across types', { a: 's' }, { $min: { a: 3 } }, { a: 3 }],
  ['$max date', { a: new Date(1) }, { $max: { a: new Date(5) } }, { a: new Date(5) }],
  ['$rename', { a: 1, b: { c: 2 } }, { $rename: { a: 'z', 'b.c': 'b.d' } }, { b: { d: 2 }, z: 1 }],
  ['$push scalar', { a: [1] }, { $push: { a: 2 } }, { a: [1, 2] }],
  ['$push missing', {}, { $push: { a: 2 } }, { a: [2] }],
  ['$push to non-array', { a: 1 }, { $push: { a: 2 } }, 'error'],
  [
    '$push $each $position $slice',
    { a: [1, 2] },
    { $push: { a: { $each: [8, 9], $position: 1, $slice: 3 } } },
    { a: [1, 8, 9] },
  ],
  [
    '$push $sort by field',
    { a: [{ v: 3 }] },
    { $push: { a: { $each: [{ v: 1 }, { v: 2 }], $sort: { v: 1 } } } },
    { a: [{ v: 1 }, { v: 2 }, { v: 3 }] },
  ],
  ['$push $slice 0', { a: [1] }, { $push: { a: { $each: [2], $slice: 0 } } }, { a: [] }],
  [
    '$addToSet',
    { a: [1, { b: 1 }] },
    { $addToSet: { a: { $each: [1, { b: 1 }, 3] } } },
    { a: [1, { b: 1 }, 3] },
  ],
  ['$addToSet ObjectId', { a: [o1] }, { $addToSet: { a: o1 } }, { a: [o1] }],
  ['$pull scalar', { a: [1, 2, 1] }, { $pull: { a: 1 } }, { a: [2] }],
  ['$pull condition', { a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { a: [1] }],
  ['$pull doc partial', { a: [{ b: 1, c: 1 }, { b: 2 }] }, { $pull: { a: { b: 1 } } }, { a: [{ b: 2 }] }],
  ['$pull $in', { a: ['x', 'y'] }, { $pull: { a: { $in: ['x'] } } }, { a: ['y'] }],
  ['$pull ObjectId', { a: [o1, o2] }, { $pull: { a: o1 } }, { a: [o2] }],
  [
    '$pull _id ObjectId in subdocs',
    { a: [{ _id: o1, v: 1 }, { _id: o2 }] },
    { $pull: { a: { _id: o1 } } },
    { a: [{ _id: o2 }] },
  ],
  ['$pull nested path', { a: { b: [1, 2] } }, { $pull: { 'a.b': 1 } }, { a: { b: [2] } }],
  ['$pullAll', { a: [1, 2, 3] }, { $pullAll: { a: [1, 3] } }, { a: [2] }],
  ['$pop', { a: [1, 2, 3] }, { $pop: { a: -1 } }, { a: [2, 3] }],
  ['$bit', { a: 13 }, { $bit: { a: { and: 10 } } }, { a: 8 }],
  ['$ positional scalar', { a: [1, 5] }, { $set: { 'a.$': 9 } }, { a: [1, 9] }, {}, { a: 5 }],
  [
    '$ positional nested field',
    { a: [{ b: [{ c: 1 }] }, { b: [{ c: 2 }] }] },
    { $set: { 'a.$.z': 1 } },
    { a: [{ b: [{ c: 1 }] }, { b: [{ c: 2 }], z: 1 }] },
    {},
    { 'a.b.c': 2 },
  ],
  [
    '$ positional $elemMatch $inc',
    {
      a: [
        { k: 1, n: 1 },
        { k: 2, n: 1 },
      ],
    },
    { $inc: { 'a.$.n': 1 } },
    {
      a: [
        { k: 1, n: 1 },
        { k: 2, n: 2 },
      ],
    },
    {},
    { a: { $elemMatch: { k: 2 } } },
  ],
  ['$ positional without match', { a: [1] }, { $set: { 'a.$': 9 } }, 'error', {}, { _id: 1 }],
  [
    '$ positional $pull',
    { a: [{ k: 1, l: [1, 2] }] },
    { $pull: { 'a.$.l': 1 } },
    { a: [{ k: 1, l: [2] }] },
    {},
    { 'a.k': 1 },
  ],
  [
    '$ positional $push',
    { a: [{ k: 1, l: [1] }] },
    { $push: { 'a.$.l': 2 } },
    { a: [{ k: 1, l: [1, 2] }] },
    {},
    { 'a.k': 1 },
  ],
  [
    '$ positional $unset',
    { a: [{ k: 1, z: 1 }] },
    { $unset: { 'a.$.z': 1 } },
    { a: [{ k: 1 }] },
    {},
    { 'a.k': 1 },
  ],
  ['$ positional after $ne', { a: [1, 2] }, { $set: { 'a.$': 9 } }, 'error', {}, { a: { $ne: 5 } }],
  [
    '$ positional after $not',
    { a: [1, 2] },
    { $set: { 'a.$': 9 } },
    'error',
    {},
    { a: { $not: { $gt: 5 } } },
  ],
  [
    '$ positional after $in',
    { a: [1, 2] },
    { $set: { 'a.$': 9 } },
    { a: [1, 9] },
    {},
    { a: { $in: [2, 5] } },
  ],
  ['$push $sort by 2', { a: [1] }, { $push: { a: { $each: [2], $sort: 2 } } }, 'error'],
  ['$[]', { a: [1, 2] }, { $inc: { 'a.$[]': 1 } }, { a: [2, 3] }],
  [
    '$[] nested',
    { a: [{ b: [1] }, { b: [2] }] },
    { $inc: { 'a.$[].b.$[]': 1 } },
    { a: [{ b: [2] }, { b: [3] }] },
  ],
  [
    '$[f]',
    { a: [{ n: 1 }, { n: 5 }] },
    { $set: { 'a.$[f].z': 1 } },
    { a: [{ n: 1 }, { n: 5, z: 1 }] },
    { arrayFilters: [{ 'f.n': { $gt: 2 } }] },
  ],
  [
    '$[f] scalar',
    { a: [1, 5] },
    { $set: { 'a.$[f]': 0 } },
    { a: [1, 0] },
    { arrayFilters: [{ f: { $gt: 2 } }] },
  ],
  [
    '$[f].b.$[g]',
    {
      a: [
        { n: 1, b: [{ k: 1 }, { k: 2 }] },
        { n: 2, b: [{ k: 1 }] },
      ],
    },
    { $set: { 'a.$[f].b.$[g].z': 1 } },
    {
      a: [
        { n: 1, b: [{ k: 1, z: 1 }, { k: 2 }] },
        { n: 2, b: [{ k: 1 }] },
      ],
    },
    { arrayFilters: [{ 'f.n': 1 }, { 'g.k': 1 }] },
  ],
  [
    '$[f] with ObjectId',
    { a: [{ _id: o1 }, { _id: o2 }] },
    { $set: { 'a.$[f].z': 1 } },
    { a: [{ _id: o1 }, { _id: o2, z: 1 }] },
    { arrayFilters: [{ 'f._id': o2 }] },
  ],
  [
    '$[f] $push',
    { a: [{ k: 1, l: [] }] },
    { $push: { 'a.$[f].l': 5 } },
    { a: [{ k: 1, l: [5] }] },
    { arrayFilters: [{ 'f.k': 1 }] },
  ],
  ['missing arrayFilter', { a: [1] }, { $set: { 'a.$[f]': 0 } }, 'error'],
  ['$currentDate type ok', { a: 1 }, { $currentDate: { b: { $type: 'foo' } } }, 'error'],
  ['conflicting paths', { a: 1 }, { $set: { a: 1 }, $inc: { 'a.b': 1 } }, 'error'],
  ['unknown modifier', {}, { $foo: { a: 1 } }, 'error'],
  ['change _id', {}, { $set: { _id: 9 } }, 'error'],
  ['pipeline', { a: 2, b: 3 }, [{ $set: { c: { $add: ['$a', '$b'] } } }, { $unset: 'a' }], { b: 3, c: 5 }],
  ['pipeline $replaceWith', { a: 2 }, [{ $replaceWith: { x: '$a' } }], { x: 2 }],
  [
    'pipeline $cond/$$NOW',
    { a: 1 },
    [{ $set: { b: { $cond: [{ $gt: ['$a', 0] }, 'y', 'n'] } } }],
    { a: 1, b: 'y' },
  ],
  [
    'upsert with $setOnInsert and filter equality',
    null,
    { $set: { a: 1 }, $setOnInsert: { b: 2 } },
    { k: 'x', a: 1, b: 2 },
    { upsert: true },
    { k: 'x', n: { $gt: 5 } },
  ],
  ['upsert dotted filter', null, { $inc: { n: 1 } }, { a: { b: 1 }, n: 1 }, { upsert: true }, { 'a.b': 1 }],
  [
    'upsert $and/$eq',
    null,
    { $set: { z: 1 } },
    { a: 1, b: 2, z: 1 },
    { upsert: true },
    { $and: [{ a: { $eq: 1 } }, { b: 2 }] },
  ],
  [
    'upsert pipeline',
    null,
    [{ $set: { n: { $add: [{ $ifNull: ['$n', 0] }, 1] } } }],
    { k: 1, n: 1 },
    { upsert: true },
    { k: 1 },
  ],
  [
    '$set of a deep field that begins with $',
    { p: { $each: 1 } },
    { $set: { 'p.$each': 2 } },
    { p: { $each: 2 } },
  ],
  ['$set of a document with fields that begin with $', {}, { $set: { p: { $q: 1 } } }, { p: { $q: 1 } }],
  ['$set of a top field that begins with $', { a: 1 }, { $set: { $q: 1 } }, 'error'],
  ['upsert of a top field that begins with $', null, { $set: { $q: 1 } }, { $q: 1 }, { upsert: true }],
  ['$[] in the first place of a path', { a: [1] }, { $set: { '$[]': 1 } }, 'error'],
  [
    '$set of the $id of a DBRef',
    { r: { $ref: 'c', $id: o1 } },
    { $set: { 'r.$id': o2 } },
    { r: { $ref: 'c', $id: o2 } },
  ],
  ['$pull where no array can be', { a: 'x' }, { $pull: { 'a.b': 1 } }, 'error'],
  ['$pop where no array can be', { a: [1] }, { $pop: { 'a.b': 1 } }, 'error'],
  ['$pull of a missing field', { a: 1 }, { $pull: { 'b.c': 1 } }, { a: 1 }],
  ['$unset where no field can be', { a: 'x' }, { $unset: { 'a.b': 1 } }, { a: 'x' }],
  ['$mul null', { n: null }, { $mul: { n: 2 } }, 'error'],
  ['$rename to itself', { a: 1 }, { $rename: { a: 'a' } }, 'error'],
  ['$rename into itself', { a: 1 }, { $rename: { a: 'a.b' } }, 'error'],
  ['$rename from where no field can be', { a: 1 }, { $rename: { 'a.b': 'c' } }, 'error'],
  ['$rename of a missing field', { a: 1 }, { $rename: { b: 'c' } }, { a: 1 }],
  ['$rename out of an array', { a: [{ b: 1 }] }, { $rename: { 'a.0.b': 'c' } }, 'error'],
  ['$rename into an array', { a: [{ b: 1 }], c: 1 }, { $rename: { c: 'a.0.c' } }, 'error'],
  [
    'two array filters that meet in one element',
    { a: [{ n: 5 }] },
    { $set: { 'a.$[f].z': 1, 'a.$[g].z': 2 } },
    'error',
    { arrayFilters: [{ 'f.n': 5 }, { 'g.n': { $gt: 1 } }] },
  ],
  [
    'two array filters that meet in different fields',
    { a: [{ n: 5 }, { n: 1 }] },
    { $set: { 'a.$[f].y': 1, 'a.$[g].z': 2 } },
    { a: [{ n: 5, y: 1, z: 2 }, { n: 1 }] },
    { arrayFilters: [{ 'f.n': 5 }, { 'g.n': { $gt: 1 } }] },
  ],
  ['$[] and a position in one array', { a: [1] }, { $set: { 'a.$[].b': 1, 'a.0.c': 2 } }, 'error'],
  ['$ and a position that meet', { a: [5] }, { $set: { 'a.$': 1, 'a.0': 2 } }, 'error', {}, { a: 5 }],
  [
    'double stays double when other fields change',
    { d: new Double(1), x: 1 },
    { $set: { x: 2 } },
    { d: 1, x: 2 },
  ],
];

/** The cases that need more than a look-alike has. */
const NEEDS = {
  ...needing('all update operators', [
    '$set through null',
    '$inc null',
    '$bit',
    '$ positional after $exists in the elements',
    '$ positional after $ne',
    '$ positional after $not',
    '$push $sort by 2',
    '$ positional nested field',
    '$ positional $elemMatch $inc',
    '$set of a deep field that begins with $',
    '$set of a document with fields that begin with $',
    '$set of a top field that begins with $',
    'upsert of a top field that begins with $',
    '$[] in the first place of a path',
    '$set of the $id of a DBRef',
    '$pull where no array can be',
    '$pop where no array can be',
    '$mul null',
    '$rename to itself',
    '$rename into itself',
    '$rename from where no field can be',
    '$rename out of an array',
    '$rename into an array',
    'two array filters that meet in one element',
    'two array filters that meet in different fields',
    '$[] and a position in one array',
    '$ and a position that meet',
  ]),
  ...needing('update pipelines', [
    'pipeline',
    'pipeline $replaceWith',
    'pipeline $cond/$$NOW',
    'upsert pipeline',
  ]),
};

onStore((target) => {
  describe('update', () => {
    for (const [name, document, update, result, options = {}, filter = { _id: 1 }] of CASES) {
      it(name, async (context) => {
        target.need(context, NEEDS[name]);
        const collection = await target.collection(document ? [{ _id: 1, ...document }] : []);
        const done = collection.updateOne(filter, update, options);
        if (result === 'error') return await expect(done).rejects.toThrow();
        await done;
        const { _id: id, ...rest } = (await collection.findOne()) ?? {};
        expect(id).toBeDefined();
        return expect(shape(rest)).toBe(shape(result));
      });
    }

    it('leaves a DBRef as it is when other fields change', async (context) => {
      target.need(context, 'all update operators');
      const collection = await target.collection([{ _id: 1, r: { $ref: 'other.c', $id: 1, x: 1 }, n: 1 }]);
      await collection.updateOne({}, { $set: { n: 2 } });
      expect(await collection.countDocuments({ n: 2, r: { $ref: 'other.c', $id: 1, x: 1 } })).toBe(1);
    });

    it('takes a field called documents in findAndModify', async () => {
      const collection = await target.collection([{ _id: 1 }]);
      await collection.findOneAndUpdate({}, { $set: { documents: [{ a: 1 }] } });
      expect(await collection.findOne()).toEqual({ _id: 1, documents: [{ a: 1 }] });
    });
  });
});
