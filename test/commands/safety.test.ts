import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { atTerminal } from '../helpers/terminal.ts';

const RECORDS = 20;

let plane: ControlPlane;
let domain: string;
let count = 0;

beforeAll(async () => {
  plane = await controlPlane();
  await plane.ok('team add Acme');
});

const line = (n: number) => `h${n} 60 A 192.0.2.${n}\n`;
const file = (lines: readonly string[]) => writeFile(join(plane.folder, 'cut.zone'), lines.join(''));
const records = async () => (await plane.json<object[]>(`dns list ${domain} --json name`)).length;

beforeEach(async () => {
  domain = `safe${(count += 1)}.example.com`;
  await plane.ok(`domain add ${domain} --team acme`);
  const stdin = [
    '@ 60 NS ns1.example.net.\n',
    ...Array.from({ length: RECORDS - 1 }, (_, n) => line(n)),
  ].join('');
  await plane.ok(`dns import ${domain} -`, { stdin });
  await plane.ok(`dns add ${domain} @ NS ns1.example.net. --ttl 60`);
  await file(Array.from({ length: 10 }, (_, n) => line(n)));
});

const REFUSED =
  /^error: \S+: this removes 9 of 20 records \(45 %, the limit is 30 %\)\n {2}if that is meant, add --allow mass-delete\n$/m;

describe('a change that breaks a limit', () => {
  it('is shown by a dry run before it is refused', async () => {
    const { code, stdout, stderr } = await plane.run(
      `dns import ${domain} cut.zone --mode replace --dry-run`,
    );
    expect(code).toBe(8);
    expect(stdout).toContain(`- dns ${domain} h18 A 192.0.2.18 (acme)\n`);
    expect(stdout).toMatch(/^0 to add, 0 to update, 9 to remove\.$/m);
    expect(stderr).toMatch(/^Dry run: nothing was written\.\nerror: /m);
    expect(stderr).toMatch(REFUSED);
    expect(await records()).toBe(RECORDS);
  });

  it('is shown as data too, and the limits are in the error', async () => {
    const { code, stdout, stderr } = await plane.run(
      `dns import ${domain} cut.zone --mode replace --dry-run -o json`,
    );
    expect(code).toBe(8);
    expect(JSON.parse(stdout)).toMatchObject({ dryRun: true, version: null });
    expect(JSON.parse(stdout).changes).toHaveLength(9);
    const last = stderr.trimEnd().split('\n').at(-1)!;
    expect(JSON.parse(last).error).toMatchObject({ code: 'safety', details: { limits: ['mass-delete'] } });
  });

  it('is written by no way, with nobody to ask or with --yes', async () => {
    for (const flags of ['', ' --yes']) {
      const { code, stdout, stderr } = await plane.run(
        `dns import ${domain} cut.zone --mode replace${flags}`,
      );
      expect({ code, stdout }).toEqual({ code: 8, stdout: '' });
      expect(stderr).toMatch(REFUSED);
    }
    expect(await records()).toBe(RECORDS);
    await plane.ok(`dns import ${domain} cut.zone --mode replace --allow mass-delete`);
    expect(await records()).toBe(11);
  });

  it.each([
    [
      'import',
      'cut.zone --mode replace',
      /- dns \S+ h18 A 192\.0\.2\.18 \(acme\)\n[^]*9 to remove\.\n[^]*this removes 9 of 20/,
    ],
    [
      'set',
      '@ NS ns2.example.net.',
      /\+ dns \S+ @ NS ns2\.example\.net\. \(acme\)\n[^]*this changes the NS records of the apex/,
    ],
    [
      'remove',
      '@ NS',
      /- dns \S+ @ NS ns1\.example\.net\. \(acme\)\n[^]*this changes the NS records of the apex/,
    ],
  ])(
    'of dns %s is shown on a terminal before it is refused, and nobody is asked',
    async (verb, rest, shown) => {
      const session = await atTerminal(plane, `dns ${verb} ${domain} ${rest}`, []);
      expect(await session.code).toBe(8);
      expect(session.shown()).toMatch(shown);
      expect(session.shown()).not.toMatch(/Write this|to remove it|to remove what/);
      expect(await records()).toBe(RECORDS);
    },
  );

  it('is told of all limits at once', async () => {
    await file([
      '@ 60 NS ns9.example.org.\n',
      'new 60 A 192.0.2.99\n',
      ...Array.from({ length: 8 }, (_, n) => line(n).replace(' 60 ', ' 90 ')),
    ]);
    const command = `dns import ${domain} cut.zone --mode replace --with-apex-ns`;
    const { code, stderr } = await plane.run(command);
    expect(code).toBe(8);
    expect(stderr).toContain(
      `error: ${domain}: this changes the NS records of the apex; ` +
        'this removes 11 of 20 records (55 %, the limit is 30 %); this changes 9 of 20 records (45 %, the limit is 30 %)\n' +
        '  if that is meant, add --allow apex-ns --allow mass-delete --allow mass-update\n',
    );
    const some = await plane.run(`${command} --allow apex-ns --allow mass-update`);
    expect(some.stderr).toContain('  if that is meant, add --allow mass-delete\n');
    await plane.ok(`${command} --allow apex-ns --allow mass-update --allow mass-delete`);
    expect(await records()).toBe(10);
  });
});
