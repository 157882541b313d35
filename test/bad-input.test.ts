import { chmod, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusingServer } from './helpers/refusing-server.ts';
import { runCli } from './helpers/run-cli.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netgoat-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const canary = 'c4n4ry-s3cret';

/** An expected failure: a code, a line or two on stderr, nothing on stdout, no stack and no secret. */
async function fails(
  command: string,
  code: number,
  message: string | RegExp,
  env: Record<string, string> = {},
) {
  const result = await runCli(command, { cwd: folder, env });
  expect(result, result.stderr).toMatchObject({ code, stdout: '' });
  expect(result.stderr).toMatch(message);
  expect(result.stderr).not.toMatch(/\n\s+at /);
  expect(result.stderr).not.toContain(canary);
  expect(result.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
}

describe('a wrong word', () => {
  it.each([
    ['temas list', 'Did you mean team?'],
    ['team list --teem acme', 'Did you mean --team?'],
    ['team list --output jsno', 'Allowed choices are'],
    ['domain', /Usage: netgoat domain|see `netgoat/],
    ['backup copy.mdb', 'did you mean `netgoat db backup`?'],
    ['bakcup', 'did you mean `netgoat db backup`?'],
    ['restore copy.mdb', 'did you mean `netgoat db restore`?'],
    ['token create', 'did you mean `netgoat user token`?'],
    ['revoke', 'did you mean `netgoat user token revoke`?'],
    ['list', /a noun comes before list: `netgoat team list`, .*; see `netgoat --help`/],
    ['zzzzzzzz', 'see `netgoat --help`'],
    ['db backup copy.mdb --zzz', 'see `netgoat db backup --help`'],
    ['domain ls --zzz', 'see `netgoat domain list --help`'],
    ['user token create --zzz', 'see `netgoat user token create --help`'],
    ['db --zzz', 'see `netgoat db --help`'],
    ['--zzz', 'see `netgoat --help`'],
  ])('%s', async (command, message) => {
    const { code, stderr } = await runCli(command, { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('a wrong word is told as JSON', () => {
  it.each([
    ['temas list', { NETGOAT_OUTPUT: 'json' }, true],
    ['team list --teem acme', { NETGOAT_OUTPUT: 'json' }, true],
    ['team list --teem acme -o json', {}, true],
    ['team list --teem acme --output=json', {}, true],
    ['team list --teem acme --json slug', {}, true],
    ['team list --teem acme -o table', { NETGOAT_OUTPUT: 'json' }, false],
    ['team list --teem acme', {}, false],
    ['team --teem acme -- -o json', {}, false],
  ])('%s %j: %j', async (command, env: Record<string, string>, json) => {
    const { code, stderr } = await runCli(command, { cwd: folder, env });
    expect(code).toBe(2);
    if (json) expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'usage' } });
    else expect(stderr).toMatch(/^error: /);
  });
});

describe('a database', () => {
  it('that is down is said to be out of reach, soon and without its password', async () => {
    await fails('team list', 5, /cannot reach MongoDB at 127\.0\.0\.1:1\b/, {
      NETGOAT_DB: `mongodb://ops:${canary}@127.0.0.1:1/netgoat`,
    });
  });

  it('whose name does not resolve', async () => {
    await fails('team list', 5, /cannot reach MongoDB at nobody\.invalid/, {
      NETGOAT_DB: `mongodb://ops:${canary}@nobody.invalid/netgoat`,
    });
  });

  it('whose servers are not listed in the DNS', async () => {
    await fails('team list', 5, /cannot reach MongoDB at nobody\.invalid/, {
      NETGOAT_DB: `mongodb+srv://ops:${canary}@nobody.invalid/netgoat`,
    });
  });

  it.each(['h:99999/x', '[::1/x', 'h/%zz', 'h/x?tls=true&tlsCAFile=/nowhere/ca.pem'])(
    'whose URI is not usable: %s',
    (rest) =>
      fails('team list', 2, /the database URI is not usable/, {
        NETGOAT_DB: `mongodb://ops:${canary}@${rest}`,
      }),
  );

  it('that refuses the password', async () => {
    const server = await refusingServer();
    const NETGOAT_DB = `mongodb://ops:${canary}@127.0.0.1:${server.port}/netgoat`;
    await fails('team list', 5, /refused the user name or password/, { NETGOAT_DB });
    const debug = await runCli('team list --debug', { env: { NETGOAT_DB } });
    expect(debug.stderr).not.toContain(canary);
    server.close();
  });

  it.each([`postgres://ops:${canary}@localhost/x`, 'embedded:', `mongodb://ops:${canary}@`, 'nonsense'])(
    'that is none: %s',
    (NETGOAT_DB) => fails('team list', 2, /database/, { NETGOAT_DB }),
  );

  it.runIf(process.getuid?.() !== 0)('whose folder may not be written', async () => {
    await chmod(folder, 0o500);
    await fails('team add Acme', 5, /permission|EACCES/, { NETGOAT_DB: `embedded:${join(folder, 'store')}` });
    await chmod(folder, 0o700);
  });
});

describe('an embedded store', () => {
  const at = (...path: string[]) => ({ NETGOAT_DB: `embedded:${join(folder, ...path)}` });

  it('below a file', async () => {
    await writeFile(join(folder, 'plain'), '');
    await fails('team add Acme', 5, /cannot open the embedded store in .*plain\/store/, at('plain', 'store'));
    await fails('team add Acme', 5, /cannot open the embedded store in .*plain:/, at('plain'));
  });

  it.runIf(process.platform === 'linux')('where no folder can be made', async () => {
    await fails('team add Acme', 5, /cannot open .*ENOENT/, { NETGOAT_DB: 'embedded:/proc/nope/store' });
  });

  it('that lost its data is no empty store', async () => {
    const name = 'damaged';
    expect(await runCli('team add Acme', { env: at(name) })).toMatchObject({ code: 0 });
    await truncate(join(folder, name, 'data.mdb'));
    await fails('team list', 5, /the store in .*damaged is damaged: data\.mdb is empty/, at(name));
    await rm(join(folder, name, 'data.mdb'));
    await fails('team list', 5, /the store in .*damaged is damaged: data\.mdb is missing/, at(name));
  });
});

/** Nine lists of nine aliases each to the one before. */
const bomb = Array.from({ length: 9 }, (_, at) =>
  at === 0
    ? 'a0: &a0 [x]\n'
    : `a${at}: &a${at} [${Array(9)
        .fill(`*a${at - 1}`)
        .join(', ')}]\n`,
).join('');

describe('an rc file', () => {
  it.each([
    ['database: [', /\.netgoatrc:1: /],
    ['team: acme\ndatbase: embedded\n', /\.netgoatrc:2: unknown setting "datbase"/],
    ['team: acme\noutput: tabel\n', /\.netgoatrc:2: output: /],
    ['team: a\nteam: b\n', /\.netgoatrc:2: /],
    ['context: nowhere\n', /no context "nowhere"/],
    ['team: *nobody\n', /\.netgoatrc:1: Unresolved alias/],
    [bomb, /\.netgoatrc:1: Excessive alias count/],
    ['database: { env: NOT_SET }\n', /"database" is in NOT_SET, which is not set/],
    ['token: { env: NOT_SET }\n', /"token" is in NOT_SET, which is not set/],
    ['database: { file: /nowhere/secret }\n', /cannot read the setting "database" from the file/],
    ['database: { command: "exit 3" }\n', /cannot read the setting "database" from its command/],
  ])('that is malformed: %j', async (text, message) => {
    await writeFile(join(folder, '.netgoatrc'), text);
    await fails('team list', 2, message);
    await rm(join(folder, '.netgoatrc'));
  });

  it('that holds a secret and is open to others is warned about', async () => {
    const path = join(folder, '.netgoatrc');
    await writeFile(path, `database: mongodb://ops:${canary}@127.0.0.1:1/netgoat\n`, { mode: 0o644 });
    const { stderr } = await runCli('team list', { cwd: folder });
    expect(stderr).toContain(`chmod 600 ${path}`);
    expect(stderr).not.toContain(canary);
    await rm(path);
  });
});

it.each(['team --help', 'team list --output json'])(
  'says that the output could not be written: %s',
  async (command) => {
    const full = new Writable({
      write: (_chunk, _encoding, done) =>
        done(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })),
    });
    const result = await runCli(command, {
      cwd: folder,
      env: { NETGOAT_DB: `embedded:${join(folder, 'full')}` },
      stdout: full,
    });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('cannot write the output: ENOSPC');
    expect(result.stderr).not.toMatch(/\n\s+at /);
  },
);

it('reports an error as JSON where JSON is asked for', async () => {
  const { stderr } = await runCli('team list -o json', { env: { NETGOAT_DB: 'nonsense' } });
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'usage', hint: expect.any(String) } });
});
