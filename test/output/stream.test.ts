import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { writeChunks } from '../../src/output/stream.ts';

/** Counts what is made of it, and whether its maker was told to stop. */
function source(count: number) {
  const state = { made: 0, stopped: false };
  const chunks = (async function* () {
    try {
      for (; state.made < count;) {
        state.made += 1;
        yield `${state.made}\n`;
      }
    } finally {
      state.stopped = true;
    }
  })();
  return { state, chunks };
}

/** Takes some chunks and then fails with a code. */
function failing(after: number, code: string): Writable {
  let taken = 0;
  const stream = new Writable({
    write: (_chunk, _encoding, done) => {
      taken += 1;
      done(taken > after ? Object.assign(new Error(code), { code }) : null);
    },
  });
  return stream.on('error', () => undefined);
}

describe('writeChunks', () => {
  it('makes no more than a slow reader takes', async () => {
    const { state, chunks } = source(1_000_000);
    let held: (() => void) | undefined;
    const slow = new Writable({ write: (_chunk, _encoding, done) => void (held = done) });
    void writeChunks(slow, chunks);
    for (let taken = 1; taken <= 3; taken += 1) {
      await sleep(5);
      expect(state.made).toBe(taken);
      held!();
    }
  });

  it('stops quietly when the reader went away', async () => {
    const { state, chunks } = source(1_000);
    await writeChunks(failing(3, 'EPIPE'), chunks);
    expect(state).toEqual({ made: 4, stopped: true });
  });

  it('fails with what the stream fails with', async () => {
    const { state, chunks } = source(1_000);
    await expect(writeChunks(failing(3, 'ENOSPC'), chunks)).rejects.toThrow('ENOSPC');
    expect(state.stopped).toBe(true);
  });

  it('fails with what the chunks fail with', async () => {
    const broken = async function* () {
      yield 'one';
      throw new Error('went away');
    };
    await expect(writeChunks(failing(9, ''), broken())).rejects.toThrow('went away');
  });
});
