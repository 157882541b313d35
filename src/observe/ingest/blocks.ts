/** Longer lines are none; a report has at most as much. */
const MOST_LINE = 1024 * 1024;

const NEWLINE = 10;

/**
 * Bytes of a log. `lines`: whole lines, the last of which may lack its end where the log ends; `part`: of a line that
 * is not read, the end of which is still to come; `long`: the end of a line that is too long; `rest`: the end of a line
 * of which the beginning was read before; `left`: what lacks an end and may get one, left for another time.
 */
export interface Block {
  kind: 'lines' | 'part' | 'long' | 'rest' | 'left';
  bytes: Buffer;
}

/** How a log is cut. */
export interface Cut {
  /** That it begins within a line that was read before. */
  withinLine: boolean;
  /** That nothing will be written to it any more, so that a last line without an end is one. */
  final: boolean;
}

/** Cuts a log into blocks that end with a line. */
export async function* cutBlocks(chunks: AsyncIterable<Buffer>, cut: Cut): AsyncGenerator<Block> {
  let unread: 'long' | 'rest' | null = cut.withinLine ? 'rest' : null;
  let [held, size]: [Buffer[], number] = [[], 0];
  for await (let chunk of chunks) {
    if (unread !== null) {
      const end = chunk.indexOf(NEWLINE) + 1;
      if (end === 0) {
        yield { kind: 'part', bytes: chunk };
        continue;
      }
      yield { kind: unread, bytes: chunk.subarray(0, end) };
      unread = null;
      chunk = chunk.subarray(end);
    }
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      yield { kind: 'lines', bytes: joined(held, chunk.subarray(0, end)) };
      [held, size] = [[], 0];
    }
    if (end === chunk.length) continue;
    // A copy: what it was read into is used again.
    held.push(Buffer.from(chunk.subarray(end)));
    size += chunk.length - end;
    if (size <= MOST_LINE) continue;
    yield { kind: 'part', bytes: Buffer.concat(held) };
    [held, size, unread] = [[], 0, 'long'];
  }
  if (unread !== null && cut.final) yield { kind: unread, bytes: Buffer.alloc(0) };
  if (size > 0) yield { kind: cut.final ? 'lines' : 'left', bytes: Buffer.concat(held) };
}

function joined(held: readonly Buffer[], last: Buffer): Buffer {
  return held.length === 0 ? last : Buffer.concat([...held, last]);
}
