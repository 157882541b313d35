import type { Signer } from '../signature.ts';
import { PART_BYTES, rawFrame } from './frames.ts';
import type { Outgoing } from './frames.ts';

/** The configuration of a scope at one version; a Payload is one. */
export interface EdgeState {
  readonly version: number;
  readonly checksum: string;
  /** How many domains it has. */
  readonly count: number;
  /** Each domain as one line of JSON, sorted by hostname; can be read again. */
  lines(): AsyncIterable<string>;
}

/** The way from one version to a state. */
export interface Delta {
  readonly base: number;
  /** Domains as lines of JSON, sorted by hostname. */
  readonly upserts: readonly string[];
  /** Hostnames, sorted. */
  readonly deletes: readonly string[];
}

/** What a whole is known by. */
type Mark = Pick<EdgeState, 'version' | 'checksum'>;

/** That a node has the right content already, under an older version's name or its own. */
export function currentFrame({ version, checksum }: Mark, sign: Signer | undefined): Outgoing {
  const signature = sign?.({ version, checksum });
  return rawFrame('current', JSON.stringify({ version, checksum, signature }));
}

/** A state in parts of about 1 MiB, one in memory at a time. */
export async function* snapshotFrames(state: EdgeState, sign?: Signer): AsyncGenerator<Outgoing> {
  let parts = 0;
  for await (const _ of batches(state.lines())) parts += 1;
  yield* inParts('snapshot', state, Math.max(parts, 1), batches(state.lines()), sign, (lines) => {
    return `"domains":[${lines.join(',')}]`;
  });
}

/** A delta in parts; the hostnames to delete go with the first. */
export async function* deltaFrames(delta: Delta, to: Mark, sign?: Signer): AsyncGenerator<Outgoing> {
  const upserts: string[][] = [];
  for await (const lines of batches(delta.upserts)) upserts.push(lines);
  let deletes = delta.deletes;
  yield* inParts('delta', to, Math.max(upserts.length, 1), upserts, sign, (lines) => {
    const text = `"base":${delta.base},"upserts":[${lines.join(',')}],"deletes":${JSON.stringify(deletes)}`;
    deletes = [];
    return text;
  });
}

/** The signature goes with the last part: whoever has it has the whole. */
async function* inParts(
  type: 'snapshot' | 'delta',
  { version, checksum }: Mark,
  parts: number,
  lots: AsyncIterable<string[]> | Iterable<string[]>,
  sign: Signer | undefined,
  content: (lines: readonly string[]) => string,
): AsyncGenerator<Outgoing> {
  let part = 0;
  const frame = (lines: readonly string[]): Outgoing => {
    part += 1;
    const signature = part === parts ? sign?.({ version, checksum }) : undefined;
    const head = JSON.stringify({ version, checksum, part, parts, signature });
    return { ...rawFrame(type, `${head.slice(0, -1)},${content(lines)}}`), more: part < parts };
  };
  for await (const lines of lots) yield frame(lines);
  if (part === 0) yield frame([]);
}

/** Lines in lots of about 1 MiB; a longer line is a lot of its own. */
async function* batches(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string[]> {
  let lot: string[] = [];
  let bytes = 0;
  for await (const line of lines) {
    const size = Buffer.byteLength(line);
    if (lot.length > 0 && bytes + size > PART_BYTES) {
      yield lot;
      [lot, bytes] = [[], 0];
    }
    lot.push(line);
    bytes += size;
  }
  if (lot.length > 0) yield lot;
}
