import { TYPE } from '../bson/raw.ts';

/** Types by the bytes that their values take; those of other types say it themselves. */
const FIXED: Readonly<Record<number, number>> = {
  [TYPE.double]: 8,
  [TYPE.undefined]: 0,
  [TYPE.objectId]: 12,
  [TYPE.boolean]: 1,
  [TYPE.date]: 8,
  [TYPE.null]: 0,
  [TYPE.int]: 4,
  [TYPE.timestamp]: 8,
  [TYPE.long]: 8,
  [TYPE.decimal]: 16,
  [TYPE.minKey]: 0,
  [TYPE.maxKey]: 0,
};
const SMALLEST = 5;

class Damage extends Error {}

/**
 * What is wrong with the bytes of a document (bsonspec.org), nothing if it is whole. The rest of the store takes
 * documents as they are.
 */
export function damageOf(raw: Buffer): string | undefined {
  try {
    const end = documentAt(raw, 0, raw.length);
    return end === raw.length ? undefined : `it has ${raw.length - end} bytes too many`;
  } catch (error) {
    if (error instanceof Damage) return error.message;
    throw error;
  }
}

/** Gives where a document ends; it has to end before `limit`. */
function documentAt(raw: Buffer, start: number, limit: number): number {
  const end = start + lengthAt(raw, start, limit, SMALLEST);
  if (end > limit) throw new Damage('it is shorter than it says');
  if (raw[end - 1] !== 0) throw new Damage('its end is missing');
  let at = start + 4;
  while (at < end - 1) {
    const type = raw[at]!;
    at = valueAt(raw, type, textEnd(raw, at + 1, end - 1), end - 1);
  }
  if (at !== end - 1) throw new Damage('a value goes on after its end');
  return end;
}

function valueAt(raw: Buffer, type: number, at: number, limit: number): number {
  const end = FIXED[type] === undefined ? variableAt(raw, type, at, limit) : at + FIXED[type];
  if (end > limit) throw new Damage('a value goes on after its end');
  return end;
}

function variableAt(raw: Buffer, type: number, at: number, limit: number): number {
  switch (type) {
    case TYPE.object:
    case TYPE.array:
      return documentAt(raw, at, limit);
    case TYPE.string:
    case TYPE.code:
    case TYPE.symbol:
      return stringAt(raw, at, limit);
    case TYPE.dbPointer:
      return stringAt(raw, at, limit) + 12;
    case TYPE.binary:
      return at + 5 + lengthAt(raw, at, limit, 0);
    case TYPE.regex:
      return textEnd(raw, textEnd(raw, at, limit), limit);
    case TYPE.codeWithScope:
      return at + lengthAt(raw, at, limit, 4 + SMALLEST);
    default:
      throw new Damage(`it has a value of an unknown type, ${type}`);
  }
}

function stringAt(raw: Buffer, at: number, limit: number): number {
  const end = at + 4 + lengthAt(raw, at, limit, 1);
  if (end > limit || raw[end - 1] !== 0) throw new Damage('a text has no end');
  return end;
}

function lengthAt(raw: Buffer, at: number, limit: number, smallest: number): number {
  if (at + 4 > limit) throw new Damage('it is shorter than it says');
  const length = raw.readInt32LE(at);
  if (length < smallest) throw new Damage('a length is too small');
  return length;
}

/** After the zero byte of a name. */
function textEnd(raw: Buffer, at: number, limit: number): number {
  const end = raw.indexOf(0, at);
  if (end === -1 || end >= limit) throw new Damage('a name has no end');
  return end + 1;
}
