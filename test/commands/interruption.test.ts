import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { openStore, parseTarget } from '../../src/database/open.ts';
import { bundle } from '../helpers/bundle.ts';
import { controlPlane } from '../helpers/control-plane.ts';

const RECORDS = 15_000;

const plane = await controlPlane();
await plane.ok('team add Acme');
await plane.ok('domain add large.example --team acme');
const store = await openStore(parseTarget(plane.database, {}));
const program = await bundle(
  'interruption',
  `import { main } from './src/main.ts';
   if (process.env.AT_TERMINAL) for (const name of ['stdin', 'stderr']) process[name].isTTY = true;
   process.exitCode = await main(process.argv.slice(2));`,
);

/** Runs a command as a process, with pipes that it may take for a terminal. */
function start(command: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [program.path, ...command.split(' ')], {
    cwd: plane.folder,
    env: { PATH: process.env['PATH'], USER: 'tester', NETGOAT_DB: plane.database, ...env },
    stdio: 'pipe',
  });
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
  const ended = new Promise<NodeJS.Signals | number | null>((done) => {
    child.on('close', (code, signal) => done(signal ?? code));
  });
  return { child, ended, told: () => told };
}

afterAll(async () => {
  await program.remove();
  await store.close();
});

it('of a large import says what becomes of it, and so does the command that finishes it', async () => {
  const lines = Array.from({ length: RECORDS }, (_, n) => `h${n} 300 A 10.0.${n >> 8}.${n & 255}\n`);
  await writeFile(join(plane.folder, 'large.zone'), lines.join(''));
  const { child, ended, told } = start('dns import large.example large.zone');
  while ((await store.models.ChangeSet.countDocuments({ written: { $gt: 2 } })) === 0) {
    expect(child.exitCode, told()).toBeNull();
    await sleep(20);
  }
  child.kill('SIGINT');
  expect(await ended).toBe('SIGINT');
  expect(told()).toMatch(/Interrupted while version 3 was being written: it is recorded, and the next write/);
  expect(await store.models.DNSRecord.countDocuments()).toBeLessThan(RECORDS);

  const next = await plane.ok('team add Next');
  expect(next.stderr).toContain(
    'Finished the interrupted set 3 (netgoat dns import large.example large.zone)\n',
  );
  expect(await store.models.DNSRecord.countDocuments()).toBe(RECORDS);
  expect(await plane.json('history show 3 --json version,state,count')).toMatchObject({
    version: 3,
    state: 'applied',
    count: RECORDS,
  });
  expect((await plane.ok('dns import large.example large.zone')).stderr).toContain('Nothing to change.');
});

describe('before anything is written', () => {
  const said = 'error: interrupted, nothing was written\n';

  it.each([
    ['dns import large.example -', said],
    ['dns check --file - --origin large.example', 'error: interrupted\n'],
  ])('is said by %s', async (command, words) => {
    const { child, ended, told } = start(command);
    // More than pipes hold: it is being read.
    const lines = '; a comment\n'.repeat(500_000);
    await new Promise((taken) => child.stdin.write(lines, taken));
    child.kill('SIGINT');
    expect(await ended).toBe('SIGINT');
    expect(told()).toBe(words);
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('is said at a question, by %s', async (signal) => {
    await writeFile(join(plane.folder, 'small.zone'), 'new 60 A 192.0.2.3\n');
    const { child, ended, told } = start('dns import large.example small.zone', { AT_TERMINAL: 'yes' });
    await expect.poll(told, { timeout: 20_000 }).toContain('Write this?');
    child.kill(signal);
    expect(await ended).toBe(signal);
    // The cursor is shown again.
    expect(told()).toContain('\u001b[?25h\n' + said);
  });
});

describe('of an edit', () => {
  it.each([
    ['SIGTERM', 'at its question', 'echo "new A 192.0.2.9" >> "$1"', 'Write this?'],
    ['SIGHUP', 'at its question', 'echo "new A 192.0.2.9" >> "$1"', 'Write this?'],
    ['SIGTERM', 'in the editor', 'echo "new A 192.0.2.9" >> "$1"; echo here >&2; sleep 2', 'here'],
    ['SIGHUP', 'in the editor', 'echo "new A 192.0.2.9" >> "$1"; echo here >&2; sleep 2', 'here'],
  ] as const)('by %s %s says where the text is', async (signal, _where, script, sign) => {
    await plane.run('domain add edited.example --team acme');
    const editor = join(plane.folder, 'editor.sh');
    await writeFile(editor, script);
    const env = { AT_TERMINAL: 'yes', EDITOR: `sh '${editor}'` };
    const { child, ended, told } = start('dns edit edited.example', env);
    await expect.poll(told, { timeout: 20_000 }).toContain(sign);
    child.kill(signal);
    expect(await ended).toBe(signal);
    const [, path = ''] = /What you typed is kept in (\S+)\n.*--mode exact/.exec(told()) ?? [];
    expect(await readFile(path, 'utf8')).toContain('new A 192.0.2.9');
    expect(told()).toContain('error: interrupted, nothing was written\n');
    await rm(dirname(path), { recursive: true });
  });
});
