import { Binary, Decimal128, Double, Long, MinKey, ObjectId, Timestamp, UUID, type Document } from 'bson';
import { describe, expect, it } from 'vitest';
import { needing, onStore } from './suite.ts';
import { MIXED } from './mixed.ts';

// expected answers: MongoDB manual, "Query and Projection Operators", "Query an Array", "Query for Null or Missing
// Fields", "Comparison/Sort Order", "Bitwise Query Operators", "Database References"; for
// regular expressions: pcre2pattern(3)

const o1 = new ObjectId('650000000000000000000001');
const o2 = new ObjectId('650000000000000000000002');

/** A case: documents (their `_id` is their position), a filter, the positions it finds or 'error', options. */
type Case = readonly [
  name: string,
  documents: Document[],
  filter: Document,
  found: number[] | 'error',
  options?: Document,
];

const CASES: readonly Case[] = [
  ['null matches missing', [{}, { a: null }, { a: 1 }], { a: null }, [0, 1]],
  ['$ne matches missing', [{}, { a: 1 }, { a: 2 }], { a: { $ne: 1 } }, [0, 2]],
  ['$gt type bracketing', [{ a: 5 }, { a: '7' }, { a: 9 }, { a: null }], { a: { $gt: 4 } }, [0, 2]],
  ['$gte null', [{}, { a: null }, { a: 1 }], { a: { $gte: null } }, [0, 1]],
  ['$lte null', [{}, { a: null }, { a: 1 }], { a: { $lte: null } }, [0, 1]],
  [
    'array equality',
    [{ a: ['x', 'y'] }, { a: ['y', 'x'] }, { a: 'x' }, { a: [['x', 'y']] }],
    { a: ['x', 'y'] },
    [0, 3],
  ],
  ['subdocument field order', [{ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }], { a: { x: 1, y: 2 } }, [0]],
  [
    'dotted over array',
    [{ a: [{ b: 1 }, { b: 2 }] }, { a: { b: 2 } }, { a: [{ b: 3 }] }],
    { 'a.b': 2 },
    [0, 1],
  ],
  ['dotted index', [{ a: [1, 2] }, { a: [2, 1] }], { 'a.0': 2 }, [1]],
  ['dotted index of an array', [{ a: [[1, 2]] }, { a: [1] }], { 'a.0': 1 }, [1]],
  ['dotted index of an array as a whole', [{ a: [[1, 2]] }, { a: [1] }], { 'a.0': [1, 2] }, [0]],
  ['dotted index twice', [{ a: [[1, 2]] }, { a: [[2, 1]] }], { 'a.0.1': 1 }, [1]],
  [
    'sort by a dotted index',
    [{ a: [{ b: 1 }] }, { a: ['x'] }, { a: [5] }],
    {},
    [2, 1, 0],
    { sort: { 'a.0': 1 } },
  ],
  ['dotted index then field', [{ a: [{ b: 1 }, { b: 2 }] }, { a: [{ b: 2 }] }], { 'a.1.b': 2 }, [0]],
  [
    '$elemMatch scalar',
    [{ a: [82, 90] }, { a: [75, 88] }],
    { a: { $elemMatch: { $gte: 80, $lt: 85 } } },
    [0],
  ],
  [
    '$elemMatch doc',
    [
      {
        a: [
          { b: 1, c: 2 },
          { b: 2, c: 1 },
        ],
      },
      { a: [{ b: 1, c: 1 }] },
    ],
    { a: { $elemMatch: { b: 1, c: 1 } } },
    [1],
  ],
  [
    '$elemMatch $or',
    [{ a: [{ b: 1 }] }, { a: [{ b: 3 }] }],
    { a: { $elemMatch: { $or: [{ b: 1 }, { b: 2 }] } } },
    [0],
  ],
  ['range on array: separate elements', [{ a: [1, 10] }, { a: [2] }], { a: { $gt: 5, $lt: 3 } }, [0]],
  ['$not $gt', [{ a: 3 }, { a: 7 }, {}], { a: { $not: { $gt: 5 } } }, [0, 2]],
  ['$not regex', [{ a: 'abc' }, { a: 'x' }, {}], { a: { $not: /^a/ } }, [1, 2]],
  ['$nor', [{ a: 1 }, { a: 2 }, {}], { $nor: [{ a: 1 }, { a: 2 }] }, [2]],
  ['$all', [{ a: [1, 2, 3] }, { a: [1] }, { a: 1 }], { a: { $all: [1, 2] } }, [0]],
  ['$all on scalar', [{ a: 1 }, { a: [1, 2] }], { a: { $all: [1] } }, [0, 1]],
  [
    '$all $elemMatch',
    [{ a: [{ b: 1 }, { b: 2 }] }, { a: [{ b: 1 }] }],
    { a: { $all: [{ $elemMatch: { b: 1 } }, { $elemMatch: { b: 2 } }] } },
    [0],
  ],
  ['$all of values and $elemMatch', [{ a: [1] }], { a: { $all: [{ $elemMatch: { $gt: 0 } }, 1] } }, 'error'],
  ['$all of other operators', [{ a: [1] }], { a: { $all: [{ $gt: 0 }] } }, 'error'],
  ['$and of what is no filter', [{ a: 1 }], { $and: [1] }, 'error'],
  ['$type of no known number', [{ a: 1 }], { a: { $type: 99 } }, 'error'],
  ['$type of none', [{ a: 1 }], { a: { $type: [] } }, 'error'],
  ['$eq of a regular expression is not about text', [{ a: /x/ }, { a: 'x' }], { a: { $eq: /x/ } }, [0]],
  ['a regular expression and its like', [{ a: /x/ }, { a: 'x' }], { a: /x/ }, [0, 1]],
  ['options in $regex and $options', [{ a: 'A' }], { a: { $regex: /a/m, $options: 'i' } }, 'error'],
  ['$size', [{ a: [1, 2] }, { a: [] }, {}], { a: { $size: 0 } }, [1]],
  [
    '$type int excludes double',
    [{ a: 1 }, { a: new Double(1) }, { a: Long.fromNumber(1) }],
    { a: { $type: 'int' } },
    [0],
  ],
  ['$type array element', [{ a: ['s'] }, { a: [1] }], { a: { $type: 'string' } }, [0]],
  ['$type array', [{ a: ['s'] }, { a: 1 }], { a: { $type: 'array' } }, [0]],
  [
    '$type number list',
    [{ a: 1 }, { a: 's' }, { a: Decimal128.fromString('2') }],
    { a: { $type: ['number'] } },
    [0, 2],
  ],
  ['$exists nested in array', [{ a: [{ b: 1 }, {}] }, { a: [{}] }], { 'a.b': { $exists: true } }, [0]],
  ['$exists false', [{}, { a: null }], { a: { $exists: false } }, [0]],
  ['$mod', [{ a: 4 }, { a: 5 }, { a: -2 }, { a: 'x' }], { a: { $mod: [2, 0] } }, [0, 2]],
  ['$regex x option', [{ a: 'abc' }], { a: { $regex: 'a b c # c', $options: 'x' } }, [0]],
  ['$regex s option', [{ a: 'a\nb' }], { a: { $regex: 'a.b', $options: 's' } }, [0]],
  ['$regex PCRE (?i)', [{ a: 'ABC' }], { a: { $regex: '(?i)abc' } }, [0]],
  ['$regex $ is also before a last line feed', [{ a: 'b\n' }, { a: 'b\n\n' }], { a: { $regex: 'b$' } }, [0]],
  ['$regex m option', [{ a: 'a\nb' }, { a: 'a\rb' }], { a: { $regex: '^b$', $options: 'm' } }, [0]],
  ['$regex . is a character, not a unit of UTF-16', [{ a: '\u{1f600}' }], { a: { $regex: '^.$' } }, [0]],
  ['$regex . is all but a line feed', [{ a: 'a\rb' }, { a: 'a\nb' }], { a: { $regex: 'a.b' } }, [0]],
  ['$regex POSIX class', [{ a: 'x1' }, { a: 'x:' }], { a: { $regex: 'x[[:digit:]]' } }, [0]],
  ['$regex \\A and \\z', [{ a: 'ab' }, { a: 'ab\n' }, { a: 'Aabz' }], { a: { $regex: '\\Aab\\z' } }, [0]],
  ['$regex bracket that comes first in a class', [{ a: ']' }, { a: 'x' }], { a: { $regex: '[]]' } }, [0]],
  ['$regex braces that are no quantifier', [{ a: 'a{b}' }, { a: 'ab' }], { a: { $regex: 'a{b}' } }, [0]],
  ['$regex \\s is ASCII', [{ a: 'a b' }, { a: 'a\u00a0b' }], { a: { $regex: 'a\\sb' } }, [0]],
  ['$regex \\S in a class', [{ a: 'a b' }, { a: 'a\u00a0b' }], { a: { $regex: 'a[\\S]b' } }, [1]],
  ['$regex named group', [{ a: 'xx' }, { a: 'xy' }], { a: { $regex: '(?P<n>x)\\k<n>' } }, [0]],
  ['$regex escaped marks', [{ a: 'a-b_c/d' }, { a: 'a-b' }], { a: { $regex: '^a\\-b\\_c\\/[\\-d]$' } }, [0]],
  ['$regex that is none', [{ a: 'x' }], { a: { $regex: '(' } }, 'error'],
  ['$options without $regex', [{ a: 'x' }], { a: { $options: 'i' } }, 'error'],
  ['$regex on array', [{ a: ['x', 'abc'] }], { a: /^ab/ }, [0]],
  ['$in regex', [{ a: 'abc' }, { a: 'z' }], { a: { $in: [/^a/, 'z'] } }, [0, 1]],
  ['$in null', [{}, { a: null }, { a: 1 }], { a: { $in: [null, 1] } }, [0, 1, 2]],
  ['$nin', [{}, { a: 1 }, { a: [1, 2] }], { a: { $nin: [1] } }, [0]],
  ['$in array value', [{ a: [1, 2] }, { a: 1 }], { a: { $in: [[1, 2]] } }, [0]],
  ['$in on dotted array', [{ a: [{ b: 1 }] }, { a: [{ b: 3 }] }], { 'a.b': { $in: [1, 2] } }, [0]],
  [
    'decimal $gt',
    [{ a: Decimal128.fromString('1.5') }, { a: Decimal128.fromString('0.5') }, { a: 2 }],
    { a: { $gt: Decimal128.fromString('1') } },
    [0, 2],
  ],
  ['decimal $gt number', [{ a: Decimal128.fromString('1.5') }, { a: 0.5 }], { a: { $gt: 1 } }, [0]],
  ['decimal eq number', [{ a: Decimal128.fromString('2') }], { a: 2 }, [0]],
  [
    'int64 big $gt',
    [{ a: Long.fromString('9007199254740993') }, { a: Long.fromString('9007199254740995') }],
    { a: { $gt: Long.fromString('9007199254740993') } },
    [1],
  ],
  ['int64 big vs small', [{ a: Long.fromString('9007199254740993') }, { a: 5 }], { a: { $gt: 10 } }, [0]],
  [
    'int64 big eq',
    [{ a: Long.fromString('9007199254740993') }, { a: Long.fromString('9007199254740995') }],
    { a: Long.fromString('9007199254740995') },
    [1],
  ],
  ['ObjectId range', [{ a: o1 }, { a: o2 }], { a: { $gt: o1 } }, [1]],
  ['ObjectId $in', [{ a: o1 }, { a: o2 }], { a: { $in: [o2] } }, [1]],
  [
    'Binary eq, invalid utf8',
    [{ a: new Binary(Buffer.from([0xff])) }, { a: new Binary(Buffer.from([0xfe])) }],
    { a: new Binary(Buffer.from([0xfe])) },
    [1],
  ],
  [
    'UUID eq',
    [
      { a: new UUID('6f1c6b1e-4c1e-4b8a-9f6e-0c7c2f8a1234') },
      { a: new UUID('6f1c6b1e-4c1e-4b8a-9f6e-0c7c2f8a1235') },
    ],
    { a: new UUID('6f1c6b1e-4c1e-4b8a-9f6e-0c7c2f8a1235') },
    [1],
  ],
  [
    'Binary subtype',
    [{ a: new Binary(Buffer.from('a'), 0) }, { a: new Binary(Buffer.from('a'), 128) }],
    { a: new Binary(Buffer.from('a'), 128) },
    [1],
  ],
  [
    'Timestamp $gt',
    [{ a: new Timestamp({ t: 5, i: 1 }) }, { a: new Timestamp({ t: 50, i: 1 }) }],
    { a: { $gt: new Timestamp({ t: 9, i: 1 }) } },
    [1],
  ],
  ['date range', [{ a: new Date(1) }, { a: new Date(5) }, { a: 5 }], { a: { $gte: new Date(2) } }, [1]],
  ['NaN eq', [{ a: NaN }, { a: 1 }], { a: NaN }, [0]],
  ['string > is by code point', [{ a: '\uffee' }, { a: '\u{1f600}' }], { a: { $gt: '\uffee' } }, [1]],
  ['MinKey/MaxKey range', [{ a: 1 }, { a: 's' }], { a: { $gt: new MinKey() } }, [0, 1]],
  ['empty $and array', [{}], { $and: [] }, 'error'],
  ['unknown operator', [{}], { a: { $foo: 1 } }, 'error'],
  ['$where refused when scripting is off', [{ a: 1 }], { $where: 'this.a === 1' }, 'error'],
  [
    '$expr compare fields',
    [
      { a: 2, b: 1 },
      { a: 1, b: 2 },
    ],
    { $expr: { $gt: ['$a', '$b'] } },
    [0],
  ],
  ['$expr across types', [{ a: 'x', b: 1 }], { $expr: { $gt: ['$a', '$b'] } }, [0]],
  ['$expr date vs number order', [{ a: new Date(0), b: 5 }], { $expr: { $gt: ['$a', '$b'] } }, [0]],
  ['$bitsAllSet', [{ a: 6 }, { a: 5 }], { a: { $bitsAllSet: [1, 2] } }, [0]],
  [
    '$bitsAllSet of bytes: bit 0 is the lowest of the first',
    [{ a: new Binary(Buffer.from([0x06, 0x80])) }, { a: new Binary(Buffer.from([0x80, 0x06])) }],
    { a: { $bitsAllSet: [1, 2, 15] } },
    [0],
  ],
  [
    '$bitsAnySet by bytes',
    [{ a: 254 }, { a: 1 }, { a: new Binary(Buffer.from([3])) }, { a: 'x' }],
    { a: { $bitsAnySet: new Binary(Buffer.from([0x01])) } },
    [1, 2],
  ],
  ['$bitsAllClear of a negative number', [{ a: -2 }, { a: -1 }], { a: { $bitsAllClear: 1 } }, [0]],
  [
    '$bitsAllSet past the last byte',
    [{ a: new Binary(Buffer.from([0xff])) }],
    { a: { $bitsAllSet: [8] } },
    [],
  ],
  ['$bitsAnyClear of a fraction', [{ a: 1.5 }, { a: 2 }], { a: { $bitsAnyClear: 1 } }, [1]],
  ['DBRef by its $id', [{ a: { $ref: 'c', $id: o1 } }, { a: { $ref: 'c', $id: o2 } }], { 'a.$id': o2 }, [1]],
  [
    'DBRef as a whole',
    [{ a: { $ref: 'c', $id: o1 } }, { a: { $ref: 'c', $id: o2 } }],
    { a: { $ref: 'c', $id: o1 } },
    [0],
  ],
  [
    'DBRef in $elemMatch',
    [{ a: [{ $ref: 'c', $id: o1 }] }, { a: [{ $ref: 'c', $id: o2 }] }],
    { a: { $elemMatch: { $id: o2 } } },
    [1],
  ],
  ['$id of a DBRef outside of $elemMatch', [{}], { $id: o1 }, 'error'],
  ['$mod of a decimal', [{ a: Decimal128.fromString('4') }, { a: 3 }], { a: { $mod: [2, 0] } }, [0]],
  ['$comment', [{ a: 1 }], { a: 1, $comment: 'x' }, [0]],
  ['$text', [{ a: 'x' }], { $text: { $search: 'x' } }, 'error'],
  ['null in dotted path with array', [{ a: [{ b: 1 }] }, { a: [{}] }, {}], { 'a.b': null }, [1, 2]],
  ['sort across BSON types', MIXED, {}, [9, 2, 3, 1, 8, 0, 7, 10, 6, 4, 5, 11], { sort: { a: 1 } }],
  ['sort arrays asc uses min', [{ a: [5, 1] }, { a: [3] }, { a: 2 }], {}, [0, 2, 1], { sort: { a: 1 } }],
  ['sort arrays desc uses max', [{ a: [5, 1] }, { a: [3] }, { a: 9 }], {}, [2, 0, 1], { sort: { a: -1 } }],
];

const TYPED: readonly (readonly [string, unknown])[] = [
  ['objectId', o1],
  ['int', 1],
  ['double', 1.5],
  ['string', 's'],
  ['bool', true],
  ['date', new Date(0)],
  ['null', null],
  ['regex', /a/],
  ['binData', new Binary(Buffer.from('a'))],
  ['decimal', Decimal128.fromString('1')],
  ['long', Long.fromString('9007199254740993')],
  ['timestamp', new Timestamp({ t: 1, i: 1 })],
  ['object', { z: 1 }],
  ['minKey', new MinKey()],
];

const TYPE_CASES: readonly Case[] = TYPED.map(([name, value]) => [
  `$type ${name}`,
  [{ a: value }, { b: 1 }],
  { a: { $type: name } },
  [0],
]);

/** The cases that need more than a look-alike has. */
const NEEDS = {
  ...needing('exact comparison', [
    '$gte null',
    '$lte null',
    'array equality',
    'range on array: separate elements',
    '$all on scalar',
    'Binary subtype',
    'string > is by code point',
    '$bitsAllSet',
    '$all of values and $elemMatch',
    '$all of other operators',
    '$and of what is no filter',
    '$type of no known number',
    '$type of none',
    '$eq of a regular expression is not about text',
    'a regular expression and its like',
    'options in $regex and $options',
    '$regex $ is also before a last line feed',
    '$regex m option',
    '$regex . is a character, not a unit of UTF-16',
    '$regex . is all but a line feed',
    '$regex POSIX class',
    '$regex \\A and \\z',
    '$regex bracket that comes first in a class',
    '$regex braces that are no quantifier',
    '$regex \\s is ASCII',
    '$regex \\S in a class',
    '$regex named group',
    '$regex that is none',
    '$regex escaped marks',
    '$options without $regex',
    'dotted index of an array',
    'dotted index of an array as a whole',
    'dotted index twice',
    'sort by a dotted index',
    '$bitsAllSet of bytes: bit 0 is the lowest of the first',
    '$bitsAnySet by bytes',
    '$bitsAllClear of a negative number',
    '$bitsAllSet past the last byte',
    '$bitsAnyClear of a fraction',
    'DBRef by its $id',
    'DBRef as a whole',
    'DBRef in $elemMatch',
    '$id of a DBRef outside of $elemMatch',
    '$mod of a decimal',
    '$type regex',
  ]),
};

onStore((target) => {
  describe('find', () => {
    for (const [name, documents, filter, found, options] of [...CASES, ...TYPE_CASES]) {
      it(name, async (context) => {
        target.need(context, NEEDS[name]);
        const collection = await target.collection(documents.map((document, i) => ({ _id: i, ...document })));
        const result = collection.find(filter, options).toArray();
        if (found === 'error') return await expect(result).rejects.toThrow();
        return expect((await result).map((document) => document._id)).toEqual(found);
      });
    }

    it('gives the documents in the order of the index of a hint', async (context) => {
      target.need(context, 'full errors');
      const collection = await target.collection([3, 1, 2].map((a) => ({ _id: a * 10, a })));
      await collection.createIndex({ a: 1 });
      const ids = async (hint: Document) =>
        (await collection.find({}, { hint }).toArray()).map((document) => document._id);
      expect(await ids({ a: 1 })).toEqual([10, 20, 30]);
      expect(await ids({ $natural: -1 })).toEqual([20, 10, 30]);
      expect(
        (await collection.aggregate([], { hint: 'a_1' }).toArray()).map(({ _id }) => _id as unknown),
      ).toEqual([10, 20, 30]);
    });
  });
});
