import { Long, ObjectId, type Document } from 'bson';
import { describe, expect, it } from 'vitest';
import { needing, onStore, shape } from './suite.ts';

// expected answers: MongoDB manual, "Aggregation Operators"

const o1 = new ObjectId('650000000000000000000001');
const o2 = new ObjectId('650000000000000000000002');

/** A case: an expression, its value (undefined for a missing one), the document it is about. */
type Case = readonly [name: string, expression: unknown, value: unknown, document?: Document];

const CASES: readonly Case[] = [
  ['$type objectId', { $type: '$v' }, 'objectId', { v: o1 }],
  ['$type int', { $type: '$v' }, 'int', { v: 1 }],
  ['$type double', { $type: '$v' }, 'double', { v: 1.5 }],
  ['$type missing', { $type: '$q' }, 'missing'],
  ['$type long', { $type: '$v' }, 'long', { v: Long.fromString('9007199254740993') }],
  ['$toString ObjectId', { $toString: '$v' }, o1.toString(), { v: o1 }],
  ['$toObjectId', { $toObjectId: '$v' }, o1, { v: o1.toString() }],
  ['$toString date', { $toString: '$v' }, '1970-01-01T00:00:00.000Z', { v: new Date(0) }],
  ['$toDate ObjectId', { $toDate: '$v' }, new Date(0x65000000 * 1000), { v: o1 }],
  [
    '$dateToString',
    { $dateToString: { date: '$v', format: '%Y-%m-%d %H:%M:%S' } },
    '2024-02-29 13:04:05',
    { v: new Date('2024-02-29T13:04:05Z') },
  ],
  [
    '$dateTrunc hour',
    { $dateTrunc: { date: '$v', unit: 'hour' } },
    new Date('2024-07-01T12:00:00Z'),
    { v: new Date('2024-07-01T12:34:00Z') },
  ],
  [
    '$hour with a time zone',
    { $hour: { date: '$v', timezone: 'UTC' } },
    12,
    { v: new Date('2024-07-17T12:34:56Z') },
  ],
  ['$year of an ObjectId', { $year: '$v' }, 2023, { v: o1 }],
  ['$dayOfWeek', { $dayOfWeek: '$v' }, 4, { v: new Date('2024-07-17T12:34:56Z') }],
  [
    '$dateTrunc week',
    { $dateTrunc: { date: '$v', unit: 'week' } },
    new Date('2024-07-14T00:00:00Z'),
    { v: new Date('2024-07-17T12:34:56Z') },
  ],
  [
    '$dateToString of the day of the week',
    { $dateToString: { date: '$v', format: '%u %w' } },
    '7 1',
    { v: new Date('2024-07-14T00:00:00Z') },
  ],
  ['$getField of null', { $getField: { field: 'a', input: '$v' } }, null, { v: null }],
  ['$year', { $year: '$v' }, 2024, { v: new Date('2024-01-31T00:00:00Z') }],
  ['$subtract dates', { $subtract: ['$v', new Date(0)] }, 5, { v: new Date(5) }],
  ['$add date+ms', { $add: ['$v', 5] }, new Date(10), { v: new Date(5) }],
  [
    '$cond/$switch',
    JSON.parse('{"$switch": {"branches": [{"case": {"$eq": ["$v", 2]}, "then": "two"}], "default": "x"}}'),
    'two',
    { v: 2 },
  ],
  ['$ifNull', { $ifNull: ['$q', '$v'] }, 1, { v: 1 }],
  ['$concat null', { $concat: ['a', '$q'] }, null],
  ['$filter', { $filter: { input: '$v', as: 'i', cond: { $gt: ['$$i', 1] } } }, [2, 3], { v: [1, 2, 3] }],
  ['$map', { $map: { input: '$v', as: 'i', in: { $multiply: ['$$i', 2] } } }, [2, 4], { v: [1, 2] }],
  [
    '$reduce',
    { $reduce: { input: '$v', initialValue: 0, in: { $add: ['$$value', '$$this'] } } },
    6,
    { v: [1, 2, 3] },
  ],
  ['$objectToArray', { $objectToArray: '$v' }, [{ k: 'a', v: 1 }], { v: { a: 1 } }],
  ['$arrayToObject', { $arrayToObject: [[['a', 1]]] }, { a: 1 }],
  ['$setUnion', { $setUnion: ['$v', [3]] }, [1, 2, 3], { v: [1, 2] }],
  ['$in ObjectId', { $in: ['$v', [o1, o2]] }, true, { v: o1 }],
  ['$eq ObjectId', { $eq: ['$v', o1] }, true, { v: o1 }],
  ['$indexOfArray', { $indexOfArray: ['$v', 2] }, 1, { v: [1, 2] }],
  ['$slice', { $slice: ['$v', 1, 1] }, [2], { v: [1, 2, 3] }],
  ['$sortArray', { $sortArray: { input: '$v', sortBy: -1 } }, [3, 2, 1], { v: [1, 3, 2] }],
  [
    '$sortArray by a path',
    { $sortArray: { input: '$v', sortBy: { 'a.b': -1 } } },
    [{ a: { b: 3 } }, { a: { b: 1 } }, 5],
    { v: [{ a: { b: 1 } }, 5, { a: { b: 3 } }] },
  ],
  ['$regexMatch', { $regexMatch: { input: '$v', regex: '^a', options: 'i' } }, true, { v: 'Abc' }],
  ['$split', { $split: ['$v', '.'] }, ['a', 'b'], { v: 'a.b' }],
  ['$substrCP', { $substrCP: ['$v', 1, 2] }, 'bc', { v: 'abcd' }],
  ['$toLower', { $toLower: '$v' }, 'ab', { v: 'AB' }],
  ['$strLenCP emoji', { $strLenCP: '$v' }, 1, { v: '\u{1f600}' }],
  ['$trim', { $trim: { input: ' x ' } }, 'x'],
  ['$replaceAll', { $replaceAll: { input: 'a.a', find: '.', replacement: '-' } }, 'a-a'],
  ['$round', { $round: ['$v', 1] }, 2.2, { v: 2.25 }],
  ['$divide', { $divide: [7, 2] }, 3.5],
  ['$mod neg', { $mod: [-7, 3] }, -1],
  ['$trunc', { $trunc: [-2.7] }, -2],
  ['$toInt', { $toInt: '42' }, 42],
  ['$isNumber', { $isNumber: '$v' }, true, { v: 1 }],
  ['$let', { $let: { vars: { k: 2 }, in: { $multiply: ['$$k', '$v'] } } }, 6, { v: 3 }],
  ['$mergeObjects', { $mergeObjects: ['$v', { b: 2 }] }, { a: 1, b: 2 }, { v: { a: 1 } }],
  ['$getField', { $getField: { field: 'a.b', input: '$v' } }, 1, { v: { 'a.b': 1 } }],
  ['$range', { $range: [0, 5, 2] }, [0, 2, 4]],
  ['$arrayElemAt -1', { $arrayElemAt: ['$v', -1] }, 3, { v: [1, 2, 3] }],
  ['$first array', { $first: '$v' }, 1, { v: [1, 2] }],
  ['$cmp mixed types', { $cmp: ['$v', 's'] }, -1, { v: 1 }],
  ['$lt null number', { $lt: ['$q', 1] }, true],
  ['$eq missing null', { $eq: ['$q', null] }, false],
  ['$toLong', { $toLong: '9007199254740993' }, Long.fromString('9007199254740993')],
  ['$not of an empty text', { $not: ['$v'] }, false, { v: '' }],
  ['$cond of an empty text', { $cond: ['$v', 1, 2] }, 1, { v: '' }],
  ['$round half to even', { $round: ['$v'] }, 2, { v: 2.5 }],
  ['$add int32 overflow', { $toString: { $add: ['$v', 1] } }, '2147483648', { v: 2147483647 }],
  ['$eq across types', { $eq: ['$v', '1'] }, false, { v: 1 }],
  ['path over an array', '$v.a', [1, 2], { v: [{ a: 1 }, { a: 2 }, { b: 3 }, 4] }],
  ['$sum of an array', { $sum: '$v' }, 3, { v: [1, 2, 'x'] }],
  ['$literal', { $literal: '$v' }, '$v', { v: 1 }],
];

/** Expressions that are refused by name, never answered otherwise. */
const REFUSED: readonly unknown[] = [
  { $function: { body: 'function(){return 1}', args: [], lang: 'js' } },
  { $dateToString: { date: '$v', timezone: 'Europe/Madrid' } },
  { $dateAdd: { startDate: '$v', unit: 'month', amount: 1 } },
  { $dateToString: { date: '$v', format: '%V' } },
  { $dateTrunc: { date: '$v', unit: 'week', binSize: 2 } },
  { $dateTrunc: { date: '$v', unit: 'week', startOfWeek: 'monday' } },
  { $nope: 1 },
];

/** What the embedded store calls a part of an expression that it refuses. */
const NAMED_PARTS: Readonly<Record<string, string>> = {
  'Europe/Madrid': 'time zone',
  '%V': '%V',
  monday: 'start of the week',
};

/** The cases that need more than a look-alike has. */
const NEEDS = {
  ...needing('all aggregation operators', [
    '$type objectId',
    '$type int',
    '$type double',
    '$type missing',
    '$type long',
    '$toString date',
    '$toDate ObjectId',
    '$dateTrunc hour',
    '$cond/$switch',
    '$sortArray',
    '$sortArray by a path',
    '$regexMatch',
    '$strLenCP emoji',
    '$trim',
    '$replaceAll',
    '$round',
    '$isNumber',
    '$let',
    '$getField',
    '$hour with a time zone',
    '$year of an ObjectId',
    '$dayOfWeek',
    '$dateTrunc week',
    '$dateToString of the day of the week',
    '$getField of null',
    '$first array',
    '$eq missing null',
    '$round half to even',
    'path over an array',
  ]),
};

onStore((target) => {
  describe('expression', () => {
    for (const [name, expression, value, document = {}] of CASES) {
      it(name, async (context) => {
        target.need(context, NEEDS[name]);
        const collection = await target.collection([document]);
        const [row] = await collection.aggregate([{ $project: { _id: 0, r: expression } }]).toArray();
        expect(shape(row)).toBe(shape(value === undefined ? {} : { r: value }));
      });
    }

    it('$sqrt of a negative number is an error', async (context) => {
      target.need(context, 'all aggregation operators');
      const collection = await target.collection([{ v: -1 }]);
      await expect(collection.aggregate([{ $project: { r: { $sqrt: '$v' } } }]).toArray()).rejects.toThrow();
    });

    it('$size of what is no array is an error', async () => {
      const collection = await target.collection([{ v: 1 }]);
      await expect(collection.aggregate([{ $project: { r: { $size: '$v' } } }]).toArray()).rejects.toThrow();
    });

    for (const expression of REFUSED) {
      it(`refuses ${JSON.stringify(expression)}`, async (context) => {
        target.need(context, 'embedded');
        const collection = await target.collection([{ v: new Date(0) }]);
        const text = JSON.stringify(expression);
        const part = Object.keys(NAMED_PARTS).find((each) => text.includes(each));
        const name = part === undefined ? (/\$\w+/.exec(text)?.[0] ?? '') : (NAMED_PARTS[part] as string);
        const rows = collection.aggregate([{ $project: { r: expression } }]).toArray();
        await expect(rows).rejects.toThrow(name);
      });
    }
  });
});
