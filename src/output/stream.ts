import type { Writable } from 'node:stream';

/** The reader has seen enough and went away (`| head -1`): no error, and nothing more is made. */
const GONE = new Set(['EPIPE', 'ERR_STREAM_DESTROYED']);

/**
 * Writes chunks as fast as the stream takes them, one at a time.
 * @throws what the stream fails with (a full disk), but not that its reader went away.
 */
export async function writeChunks(stream: Writable, chunks: AsyncIterable<string>): Promise<void> {
  for await (const chunk of chunks) {
    if (!(await isTaken(stream, chunk))) return;
  }
}

function isTaken(stream: Writable, chunk: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => {
      if (!error) resolve(true);
      else if (GONE.has((error as NodeJS.ErrnoException).code ?? '')) resolve(false);
      else reject(error);
    });
  });
}
