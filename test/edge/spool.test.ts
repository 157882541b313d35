import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Spool } from '../../src/edge/spool.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netgoat-test-'));
  vi.stubEnv('TMPDIR', folder);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function linesOf(spool: Spool): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of spool.lines()) lines.push(line);
  return lines;
}

describe('Spool', () => {
  it.each([
    ['nothing', []],
    ['what fits into memory', ['a', 'b\u2028c', 'ü€😀']],
    ['what does not', Array.from({ length: 40 }, (_, n) => `${n} ü€\u2028\r${'😀x'.repeat(200_000)}`)],
    ['one long line', ['y'.repeat(9_000_000)]],
  ])('gives back %s, as often as asked', async (_, lines) => {
    const spool = new Spool();
    for (const line of lines) await spool.add(line);
    // Compared by hand: a failure would print megabytes.
    for (const read of [await linesOf(spool), await linesOf(spool)]) {
      expect(read.length === lines.length && read.every((line, at) => line === lines[at])).toBe(true);
    }
    expect(await readdir(folder)).toEqual([]);
    await spool.clear();
    expect(await linesOf(spool)).toEqual([]);
  });

  it('can be filled again after it was cleared', async () => {
    const spool = new Spool();
    await spool.add('z'.repeat(9_000_000));
    await spool.clear();
    await spool.add('short');
    expect(await linesOf(spool)).toEqual(['short']);
  });

  it('says that it cannot write its file, and where that could be', async () => {
    vi.stubEnv('TMPDIR', join(folder, 'missing'));
    const spool = new Spool();
    await expect(spool.add('z'.repeat(9_000_000))).rejects.toMatchObject({
      code: 'failed',
      hint: expect.stringContaining('TMPDIR'),
    });
  });
});
