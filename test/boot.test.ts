import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
let folder: string;

/** A chunk as the build writes it. */
const chunk = (body: string) => `(function(exports,require,module,__filename,__url){${body}})`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netgoat-boot-'));
  await mkdir(join(folder, 'bin'));
  await cp(join(root, 'bin', 'netgoat.js'), join(folder, 'bin', 'netgoat.js'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function build(): Promise<void> {
  const source = await readFile(join(root, 'src', 'boot.cts'), 'utf8');
  const { code } = await transform(source, {
    loader: 'ts',
    format: 'cjs',
    define: { BUILD_ID: '"0.0.0-test"' },
  });
  await mkdir(join(folder, 'dist'));
  await writeFile(join(folder, 'dist', 'boot.cjs'), code);
  await writeFile(
    join(folder, 'dist', 'main.js'),
    chunk(`exports.main = async ([code, ...words]) => {
      const { join } = require('./chunk.js');
      console.log(join(words), require('node:path').sep, __url.slice(0, 5));
      return Number(code);
    };`),
  );
  await writeFile(join(folder, 'dist', 'chunk.js'), chunk(`exports.join = (words) => words.join('+');`));
}

function run(words: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(folder, 'bin', 'netgoat.js'), ...words],
    { encoding: 'utf8', env: { XDG_CACHE_HOME: join(folder, 'caches'), ...env } },
  );
  return { status, stdout, stderr };
}

const DONE = { status: 0, stdout: 'a+b / file:\n', stderr: '' };
const caches = () => join(folder, 'caches', 'netgoat', '0.0.0-test', `${process.version}-${process.arch}`);

describe('the start of netgoat', () => {
  it('says what to do where it is not built', () => {
    const stderr = 'netgoat is not built: run npm run build\n';
    expect(run([])).toEqual({ status: 1, stdout: '', stderr });
  });

  it('loads chunks and ends with the exit code of main', async () => {
    await build();
    expect(run(['0', 'a', 'b'])).toEqual(DONE);
    expect(run(['4', 'a', 'b'])).toEqual({ ...DONE, status: 4 });
  });

  it('keeps the code cache of what succeeded, to the user alone', async () => {
    await build();
    run(['4', 'a']);
    await expect(stat(caches())).rejects.toThrow('ENOENT');
    run(['0', 'a']);
    expect((await readdir(caches())).toSorted()).toEqual(['chunk.js.bin', 'main.js.bin']);
    expect((await stat(caches())).mode & 0o777).toBe(0o700);
    expect((await stat(join(caches(), 'main.js.bin'))).mode & 0o777).toBe(0o600);
  });

  it('uses the cache that is there, and replaces one that V8 rejects', async () => {
    await build();
    run(['0', 'a']);
    const file = join(caches(), 'main.js.bin');
    const { ino } = await stat(file);
    expect(run(['0', 'a', 'b'])).toEqual(DONE);
    expect((await stat(file)).ino).toBe(ino);
    await writeFile(file, 'not a code cache');
    expect(run(['0', 'a', 'b'])).toEqual(DONE);
    expect((await readFile(file)).length).toBeGreaterThan(100);
  });

  it('needs none of its own where the build has shipped one for this node', async () => {
    await build();
    run(['0', 'a']);
    await cp(caches(), join(folder, 'dist', 'code-cache', `${process.version}-${process.arch}`), {
      recursive: true,
    });
    await rm(join(folder, 'caches'), { recursive: true });
    expect(run(['0', 'a', 'b'])).toEqual(DONE);
    await expect(stat(caches())).rejects.toThrow('ENOENT');
    expect(run(['0', 'a', 'b'], { NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual(DONE);
  });

  it('runs without a place for a cache', async () => {
    await build();
    await writeFile(join(folder, 'caches'), 'a file, not a folder');
    expect(run(['0', 'a', 'b'])).toEqual(DONE);
    expect(run(['0', 'a', 'b'], { XDG_CACHE_HOME: '' })).toEqual(DONE);
  });

  it('takes away the caches of old builds', async () => {
    await build();
    const [old, recent] = ['0.0.0-old', '0.0.0-recent'].map((name) =>
      join(folder, 'caches', 'netgoat', name),
    );
    await mkdir(old!, { recursive: true });
    await mkdir(recent!);
    await utimes(old!, new Date('2020-01-01'), new Date('2020-01-01'));
    run(['0', 'a']);
    expect((await readdir(join(folder, 'caches', 'netgoat'))).toSorted()).toEqual([
      '0.0.0-recent',
      '0.0.0-test',
    ]);
  });

  it('leaves a cache alone that others can write', async () => {
    await build();
    run(['0', 'a']);
    await chmod(caches(), 0o777);
    await writeFile(join(caches(), 'main.js.bin'), 'not a code cache');
    expect(run(['0', 'a', 'b'])).toEqual(DONE);
    expect(await readFile(join(caches(), 'main.js.bin'), 'utf8')).toBe('not a code cache');
  });
});
