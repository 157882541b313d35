import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import type { LogCheckpoint } from '../../models/log-checkpoint.ts';

const NEWLINE = 10;

/** A place in a log, and what stands before it. */
export interface Place {
  offset: number;
  /** Of all before it; to be copied, not ended. */
  hash: Hash;
  /** Lines that end before it. */
  lines: number;
  /** That it is within a line. */
  withinLine: boolean;
}

/** The beginning of a log. */
export function beginning(): Place {
  return { offset: 0, hash: createHash('sha256'), lines: 0, withinLine: false };
}

/** What checkpoints are to a log: those of it, and those that were written of a log that has more of the same. */
export interface Located {
  own: { checkpoint: LogCheckpoint; place: Place }[];
  longer: LogCheckpoint[];
}

/**
 * Reads a log up to where checkpoints say that it was counted, and tells which of them are of it.
 * @param checkpoints those of logs that begin with the same line.
 */
export async function locate(
  chunks: AsyncIterable<Buffer>,
  checkpoints: readonly LogCheckpoint[],
): Promise<Located> {
  const places = await placesAt(
    chunks,
    [...new Set(checkpoints.flatMap(offsetsOf))].toSorted((a, b) => a - b),
  );
  const located: Located = { own: [], longer: [] };
  for (const checkpoint of checkpoints) {
    const { offset, hash, pending } = checkpoint;
    const expected = [
      { offset, hash },
      ...(pending === null ? [] : [{ offset: pending.to, hash: pending.hash }]),
    ];
    const there = expected.filter((each) => places.has(each.offset));
    if (there.some((each) => places.get(each.offset)!.hash.copy().digest('hex') !== each.hash)) continue;
    if (there.length < expected.length) located.longer.push(checkpoint);
    else located.own.push({ checkpoint, place: places.get(offset)! });
  }
  return located;
}

function offsetsOf({ offset, pending }: LogCheckpoint): number[] {
  return pending === null ? [offset] : [offset, pending.to];
}

/** The places at these offsets, sorted, as far as the log goes. */
async function placesAt(
  chunks: AsyncIterable<Buffer>,
  offsets: readonly number[],
): Promise<Map<number, Place>> {
  const places = new Map<number, Place>();
  let at = 0;
  let place = beginning();
  const note = (): void => void places.set(place.offset, { ...place, hash: place.hash.copy() });
  for (; offsets[at] === 0; at += 1) note();
  if (at === offsets.length) return places;
  for await (let chunk of chunks) {
    for (; at < offsets.length && offsets[at]! <= place.offset + chunk.length; at += 1) {
      const before = chunk.subarray(0, offsets[at]! - place.offset);
      place = after(place, before);
      note();
      chunk = chunk.subarray(before.length);
    }
    if (at === offsets.length) break;
    place = after(place, chunk);
  }
  return places;
}

function after({ offset, hash, lines, withinLine }: Place, bytes: Buffer): Place {
  return {
    offset: offset + bytes.length,
    hash: hash.update(bytes),
    lines: lines + linesIn(bytes),
    withinLine: bytes.length === 0 ? withinLine : bytes.at(-1) !== NEWLINE,
  };
}

/** How many lines end in it. */
function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}
