import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
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
   process.exitCode = await main(process.argv.slice(2));`,
);
afterAll(async () => {
  await program.remove();
  await store.close();
});

it('of a large import says what becomes of it, and so does the command that finishes it', async () => {
  const lines = Array.from({ length: RECORDS }, (_, n) => `h${n} 300 A 10.0.${n >> 8}.${n & 255}\n`);
  await writeFile(join(plane.folder, 'large.zone'), lines.join(''));
  const child = spawn(process.execPath, [program.path, 'dns', 'import', 'large.example', 'large.zone'], {
    cwd: plane.folder,
    env: { PATH: process.env['PATH'], USER: 'tester', NETGOAT_DB: plane.database },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise((done) => child.on('close', (_code, signal) => done(signal)));
  while ((await store.models.ChangeSet.countDocuments({ written: { $gt: 2 } })) === 0) {
    expect(child.exitCode, stderr).toBeNull();
    await sleep(20);
  }
  child.kill('SIGINT');
  expect(await ended).toBe('SIGINT');
  expect(stderr).toMatch(/Interrupted while version 3 was being written: it is recorded, and the next write/);
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
