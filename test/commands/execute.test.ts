import { rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { execute } from '../../src/commands/execute.ts';
import { remove } from '../../src/commands/dns/remove.ts';
import { createContext } from '../../src/context.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

let plane: ControlPlane;
let domain: string;
let count = 0;

beforeAll(async () => {
  plane = await controlPlane('team add Acme');
});

beforeEach(async () => {
  domain = `busy${(count += 1)}.example.com`;
  await plane.ok(`domain add ${domain} --team acme`);
});

const names = async () =>
  (await plane.json<{ name: string }[]>(`dns list ${domain} -o json`)).map(({ name }) => name);

/** One command for each number, all at once. */
const race = (commands: number, command: (at: number) => string, stdin?: (at: number) => string) =>
  Promise.all(
    Array.from({ length: commands }, (_, at) => plane.run(command(at), stdin ? { stdin: stdin(at) } : {})),
  );

describe.runIf(inject('store') === 'embedded')('an embedded store', () => {
  it('is made by what writes, which says so: nobody may have meant the path', async () => {
    const folder = join(plane.folder, 'elsewhere');
    const elsewhere = { env: { NETGOAT_DB: `embedded:${folder}` } };
    for (const look of ['domain list', 'sync show --out edge.json', 'db status']) {
      const { code, stderr } = await plane.run(look, elsewhere);
      expect({ code, stderr }).toEqual({
        code: 3,
        stderr: expect.stringContaining(`error: there is no store in ${folder}\n`),
      });
    }
    expect(existsSync(folder)).toBe(false);
    const first = await plane.ok('team add Acme', elsewhere);
    expect(first.stderr).toContain(`Made the embedded store in ${folder}: there was none`);
    expect((await plane.ok('team add Globex', elsewhere)).stderr).not.toContain('Made');
  });

  it('is made by a look where none was named: the first thing people do', async () => {
    const home = { env: { NETGOAT_DB: undefined as never, HOME: join(plane.folder, 'home') } };
    const { stderr } = await plane.ok('team list', home);
    expect(stderr).toContain('(no --db or NETGOAT_DB given)');
    expect(stderr).toContain('Made the embedded store in');
  });
});

describe('flags in front of the noun', () => {
  let own: ControlPlane;

  beforeAll(async () => {
    own = await controlPlane('team add Acme', 'team add Other', 'domain add a.example --team acme');
    await own.ok('domain add b.example --team other');
  });

  it.each([
    ['--team acme domain list -o name', 'a.example\n'],
    ['--output name --team acme domain list', 'a.example\n'],
    ['-o name domain list --team acme', 'a.example\n'],
    ['--actor domain -o name domain list', 'a.example\nb.example\n'],
  ])('netgoat %s', async (command, stdout) => expect((await own.ok(command)).stdout).toBe(stdout));

  it.each([
    '--team acme domian list',
    '--team acme domian list user',
    'domian list user',
    '--no-input domian list user',
  ])('do not hide that the noun is wrong: netgoat %s', async (command) => {
    const { stderr, code } = await own.run(command);
    expect({ stderr, code }).toEqual({
      stderr: "error: unknown command 'domian'\n  Did you mean domain?\n",
      code: 2,
    });
  });

  it.each([
    ['--limit 1 domain list', '1', '--limit'],
    ['--sort hostname --limit 1 domain list', 'hostname', '--sort'],
    ['--team acme --sort hostname domain list', 'hostname', '--sort'],
  ])('of which only some have a value: netgoat %s', async (command, word, flag) => {
    const { stderr, code } = await own.run(command);
    expect(code).toBe(2);
    expect(stderr).toContain(
      `unknown command '${word}'\n  put ${flag} and its value behind the verb, or write ${flag}=VALUE: `,
    );
  });

  it('have a value behind =, all of them', async () =>
    expect((await own.ok('--limit=1 --sort=-hostname domain list -o name')).stdout).toBe('b.example\n'));

  it('change nothing of what stands behind --, or of help', async () => {
    const { stdout } = await own.ok('-o name dns add a.example www TXT -- -x');
    expect(stdout).toContain('www TXT "-x"');
    expect((await own.ok('--no-color help dns')).stdout).toContain('Usage: netgoat dns');
  });
});

describe('the format of the configuration', () => {
  const inFormat = (format: string, command: string) =>
    plane.run(command, { env: { NETGOAT_OUTPUT: format } });

  it.each([
    ['github', 'dns check', /^::error title=cname-loop::/],
    ['name', 'dns check', /^LEVEL +WHERE /],
    ['svg', 'dns check', /^LEVEL +WHERE /],
    ['github', 'dns list', /^NAME +TYPE /],
    ['name', 'dns list', /^busy\d+\.example\.com loop CNAME /],
    ['svg', 'analytics show', /<svg /],
  ])('%s counts for the commands that have it: netgoat %s', async (format, command, printed) => {
    await plane.ok(`dns add ${domain} loop CNAME loop --allow cname-loop`);
    expect((await inFormat(format, `${command} ${domain}`)).stdout).toMatch(printed);
  });

  it('may stand in an rc file', async () => {
    await writeFile(join(plane.folder, '.netgoatrc'), 'output: github\n');
    await plane.ok(`dns add ${domain} loop CNAME loop --allow cname-loop`);
    const { stdout } = await plane.run(`dns check ${domain}`);
    await rm(join(plane.folder, '.netgoatrc'));
    expect(stdout).toMatch(/^::error title=cname-loop::/);
  });

  it('gives way to the command line', async () => {
    expect((await inFormat('github', `dns check ${domain} --json level`)).stdout).toBe('[]\n');
    expect((await inFormat('nothing', `dns list ${domain} -o json`)).stdout).toBe('[]\n');
  });

  it('is refused before anything is written, where no command has it', async () => {
    const refused = await inFormat('jsno', `dns add ${domain} www A 192.0.2.1`);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('there is no output format "jsno"\n  there are table, json,');
    expect(await names()).toEqual([]);
  });
});

describe('--reason', () => {
  it('is kept as it is up to 500 characters, and refused beyond', async () => {
    const add = (name: string, reason: string) =>
      plane.run(['dns', 'add', domain, name, 'A', '192.0.2.1', '--reason', reason]);
    expect(await add('fits', 'x'.repeat(500))).toMatchObject({ code: 0 });
    const refused = await add('long', 'x'.repeat(501));
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('--reason has 501 characters, and at most 500 are kept');
    expect(await names()).toEqual(['fits']);
  });
});

describe('writers that overtake each other', () => {
  it('all get their records into one zone', async () => {
    const results = await race(6, (at) => `dns add ${domain} p${at} A 192.0.2.${at}`);
    expect(results.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      results.map(() => ({ code: 0, stderr: expect.stringMatching(/^Done: version \d+\.\n$/) })),
    );
    expect(await names()).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5']);
  });

  it('all get what they read from stdin into it', async () => {
    const results = await race(
      4,
      () => `dns add ${domain} -`,
      (at) => `q${at} A 192.0.2.${at}\n`,
    );
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(await names()).toEqual(['q0', 'q1', 'q2', 'q3']);
  });

  it('all take their records away with --yes', async () => {
    await plane.ok(`dns add ${domain} -`, {
      stdin: ['p0', 'p1', 'p2', 'p3', 'stays'].map((name) => `${name} A 192.0.2.1\n`).join(''),
    });
    const results = await race(4, (at) => `dns remove ${domain} p${at} --yes`);
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(await names()).toEqual(['stays']);
  });

  it('have one winner where each names the revision it wants', async () => {
    const [{ revision }] = (await plane.json<[{ revision: number }]>(
      `domain list --filter hostname=${domain} --json revision`,
    ))!;
    const results = await race(
      4,
      (at) => `domain set ${domain} --default-ttl ${at + 11}m --if-revision ${revision}`,
    );
    expect(results.map(({ code }) => code).toSorted()).toEqual([0, 4, 4, 4]);
  });

  it('have one winner where they want the same thing', async () => {
    const results = await race(3, () => `dns add ${domain} www A 192.0.2.1`);
    expect(results.map(({ code }) => code).toSorted()).toEqual([0, 4, 4]);
    expect(results.find(({ code }) => code === 4)!.stderr).toContain('exists already');
  });
});

it('removes nothing that was added after the question was answered for less', async () => {
  await plane.ok(`dns add ${domain} www A 192.0.2.1`);
  await plane.ok(`dns add ${domain} other A 192.0.2.1`);
  const context = await createContext(
    {
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      stderr: new PassThrough(),
      env: { USER: 'tester', NETGOAT_DB: plane.database },
      cwd: plane.folder,
      now: () => new Date(),
    },
    {},
  );
  let asked = 0;
  const prompter: typeof context.prompter = {
    ...context.prompter,
    interactive: true,
    confirmName: async () => {
      asked += 1;
      await plane.ok(`dns add ${domain} www A 192.0.2.2`);
      return true;
    },
  };
  try {
    await expect(
      execute({ ...context, prompter }, remove, { domain, name: 'www' }, 'dns remove'),
    ).rejects.toThrow(`the zone ${domain} was changed meanwhile`);
  } finally {
    await context.close();
  }
  expect(asked).toBe(1);
  expect(await names()).toEqual(['other', 'www', 'www']);
});
