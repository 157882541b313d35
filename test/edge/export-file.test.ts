import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportFile } from '../../src/edge/export-file.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netgoat-test-'));
  path = join(folder, 'edge.json');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function* two() {
  yield 'first ü\n';
  yield 'second\n';
}

const write = (force = false, chunks: () => AsyncIterable<string> = two) =>
  exportFile(path, chunks, { force });

describe('exportFile', () => {
  it('writes a new file and counts its bytes', async () => {
    expect(await write()).toBe(16);
    expect(await readFile(path, 'utf8')).toBe('first ü\nsecond\n');
    expect(await readdir(folder)).toEqual(['edge.json']);
  });

  it('leaves a file that is there, unless it is to be replaced', async () => {
    await writeFile(path, 'old');
    await expect(write()).rejects.toMatchObject({
      code: 'conflict',
      hint: expect.stringContaining('--force'),
    });
    expect(await readFile(path, 'utf8')).toBe('old');
    await write(true);
    expect(await readFile(path, 'utf8')).toBe('first ü\nsecond\n');
    expect(await readdir(folder)).toEqual(['edge.json']);
  });

  it('keeps the mode of the file it replaces', async () => {
    await writeFile(path, 'old');
    await chmod(path, 0o640);
    await write(true);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a folder', () => mkdir(path)],
    ['a symbolic link', () => symlink(join(folder, 'target'), path)],
    ['a named pipe', async () => execFileSync('mkfifo', [path])],
  ])('never writes onto %s, not even by force', async (what, make) => {
    await make();
    const before = await readdir(folder);
    for (const force of [false, true]) {
      await expect(write(force)).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining(what),
      });
    }
    expect(await readdir(folder)).toEqual(before);
  });

  it('never writes onto a device', async () => {
    path = '/dev/full';
    await expect(write(true)).rejects.toMatchObject({ code: 'usage' });
  });

  it('does not follow a link whose target exists', async () => {
    await writeFile(join(folder, 'target'), 'old');
    await symlink(join(folder, 'target'), path);
    await expect(write(true)).rejects.toMatchObject({ code: 'usage' });
    expect(await readFile(join(folder, 'target'), 'utf8')).toBe('old');
  });

  it('says that there is no such folder', async () => {
    path = join(folder, 'missing', 'edge.json');
    await expect(write()).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/no folder/),
    });
    await writeFile(join(folder, 'file'), '');
    path = join(folder, 'file', 'edge.json');
    await expect(write()).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/no folder/),
    });
  });

  it('leaves the old file and nothing else when it breaks off', async () => {
    await writeFile(path, 'old');
    const broken = async function* () {
      yield 'half a';
      throw new Error('the database went away');
    };
    await expect(write(true, broken)).rejects.toThrow('the database went away');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['edge.json']);
  });

  it('shows no half of a file while it writes', async () => {
    const seen: string[][] = [];
    const watched = async function* () {
      for (let n = 0; n < 3; n += 1) {
        yield 'part\n';
        seen.push((await readdir(folder)).filter((name) => name === 'edge.json'));
      }
    };
    await write(false, watched);
    expect(seen).toEqual([[], [], []]);
  });

  it('does not replace a file that somebody made meanwhile', async () => {
    const raced = async function* () {
      yield 'ours';
      await writeFile(path, 'theirs');
    };
    await expect(write(false, raced)).rejects.toMatchObject({ code: 'conflict' });
    expect(await readFile(path, 'utf8')).toBe('theirs');
    expect(await readdir(folder)).toEqual(['edge.json']);
  });

  it.skipIf(process.getuid?.() === 0)('says that a folder is read-only', async () => {
    await chmod(folder, 0o500);
    await expect(write()).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/permission/),
    });
    await chmod(folder, 0o700);
  });
});
