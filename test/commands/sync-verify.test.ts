import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { runCli } from '../helpers/run-cli.ts';

type Formats = 'edge' | 'ndjson';

let plane: ControlPlane;
let good: Record<Formats, string>;

const keyOf = (type: 'private' | 'public', key: ReturnType<typeof generateKeyPairSync>['privateKey']) =>
  String(key.export({ type: type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }));

beforeAll(async () => {
  plane = await controlPlane();
  for (const name of ['sign', 'other']) {
    const pair = generateKeyPairSync('ed25519');
    await keep(`${name}.pem`, keyOf('private', pair.privateKey));
    await keep(`${name}.pub`, keyOf('public', pair.publicKey));
  }
  await plane.ok('team add Acme');
  for (const name of ['a.example', 'b.example', 'shop.example.com']) {
    await plane.ok(`domain add ${name} --team acme`);
    await plane.ok(`dns add ${name} @ A 192.0.2.1 192.0.2.2`);
  }
  await plane.ok(['dns', 'add', 'a.example', 'note', 'TXT', 'tab\u0009 ü } ] " \\ , : {']);
  const text = async (format: Formats) =>
    (await plane.ok(`sync show --sign-key sign.pem --format ${format}`)).stdout;
  good = { edge: await text('edge'), ndjson: await text('ndjson') };
});

async function keep(name: string, content: string | Buffer): Promise<string> {
  await writeFile(join(plane.folder, name), content, { mode: 0o600 });
  return name;
}

/** Verifies where there is no database at all. */
const verify = async (content: string | Buffer, options = '') => {
  const name = await keep('payload', content);
  return runCli(`sync verify ${name} ${options}`, {
    cwd: plane.folder,
    env: { NETGOAT_DB: 'mongodb://127.0.0.1:1/nobody-there' },
  });
};

interface Result {
  checksum: string | null;
  problems: { line: number; hostname: string | null; path: string; message: string }[];
}

async function problems(content: string, options = ''): Promise<Result['problems']> {
  const { code, stdout } = await verify(content, `-o json ${options}`);
  const result = JSON.parse(stdout) as Result;
  expect(code).toBe(result.problems.length === 0 ? 0 : 7);
  return result.problems;
}

const formats: Formats[] = ['edge', 'ndjson'];

describe.each(formats)('sync verify of %s', (format) => {
  it('says what it found, without a database', async () => {
    const { code, stdout, stderr } = await verify(good[format], '-o json --verify-key sign.pub');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { checksum, version } = JSON.parse(good.edge);
    expect(JSON.parse(stdout)).toMatchObject({
      file: 'payload',
      format,
      version,
      checksum,
      domains: 3,
      signature: 'valid',
      problems: [],
      unlisted: 0,
    });
  });

  it('reads stdin', async () => {
    const run = (...args: string[]) => runCli(['sync', 'verify', '-', ...args], { stdin: good[format] });
    expect((await run()).stdout).toMatch(/^file +stdin\nformat +(edge|ndjson)\n/);
    expect(await run('-o', 'json')).toMatchObject({ code: 0, stderr: '' });
  });

  it('does not mind the layout, which readers of JSON do not see', async () => {
    expect(await problems(good[format].replaceAll('\n', '\r\n'))).toEqual([]);
    expect(await problems(good[format].trimEnd())).toEqual([]);
    if (format === 'edge') expect(await problems(JSON.stringify(JSON.parse(good.edge)))).toEqual([]);
  });

  it('finds a change of any value', async () => {
    const found = await problems(good[format].replace('192.0.2.2', '192.0.2.3'), '--verify-key sign.pub');
    expect(found).toMatchObject([{ path: 'checksum', message: expect.stringContaining('the domains give') }]);
  });

  it('names line, domain and path of what does not fit the schema', async () => {
    const text = good[format].replace(/"proxied": ?false/, '"proxied":"no"');
    const line = text.slice(0, text.lastIndexOf('{', text.indexOf('"a.example"'))).split('\n').length;
    const found = await problems(text);
    expect(found).toMatchObject([{ line, hostname: 'a.example', path: 'dns.0.proxied' }]);
  });

  it('finds domains that are not sorted, or there twice, and records that are not sorted', async () => {
    const renamed = (from: string, to: string) => good[format].replace(`"${from}"`, `"${to}"`);
    expect(await problems(renamed('a.example', 'bb.example'))).toMatchObject([
      { hostname: 'b.example', message: expect.stringMatching(/comes after bb\.example/) },
    ]);
    expect(await problems(renamed('a.example', 'b.example'))).toMatchObject([
      { hostname: 'b.example', message: 'it is there twice' },
    ]);
    const turned = good[format].replace('192.0.2.1', '192.0.2.9');
    expect(await problems(turned)).toMatchObject([
      { hostname: 'a.example', path: 'dns.1' },
      { path: 'checksum' },
    ]);
  });

  it('finds a field that nobody knows, and one that is missing', async () => {
    const more = good[format].replace(/"version":/, '"more": 1, "version":');
    expect(await problems(more)).toMatchObject([{ message: 'Unrecognized key: "more"', path: '' }]);
    const less = good[format].replace(/"checksum":/, '"check":');
    if (format === 'edge') expect((await problems(less)).map(({ path }) => path)).toContain('checksum');
  });

  it('wants the signature of the key that is given', async () => {
    const { signature, ...unsigned } = JSON.parse(good.edge);
    const bare = (await plane.ok(`sync show --format ${format}`)).stdout;
    expect(await problems(bare)).toEqual([]);
    expect(await problems(bare, '--verify-key sign.pub')).toMatchObject([
      { path: 'signature', message: 'it is not signed' },
    ]);
    expect(await problems(good[format], '--verify-key other.pub')).toMatchObject([
      { path: 'signature', message: expect.stringContaining('signed with another key') },
    ]);
    const said = async (text: string, key: string) => (await verify(text, `--verify-key ${key}`)).stderr;
    expect(await said(bare, 'sign.pub')).toContain('`netgoat sync show --sign-key FILE` exports it');
    expect(await said(good[format], 'other.pub')).toContain(`or verify it with ${signature.key}`);
    expect(await said(bare.replace('192.0.2.1', '192.0.2.9'), 'sign.pub')).toContain(
      'fetch or export it again',
    );
    const next = good[format].replace(`${unsigned.version}`, `${unsigned.version + 1}`);
    expect(await problems(next, '--verify-key sign.pub')).toMatchObject([
      { path: 'signature', message: 'it is not the signature of this version and checksum' },
    ]);
    const damaged = good[format].replace(signature.value, 'x');
    expect((await problems(damaged)).map(({ path }) => path)).toEqual(['signature.value']);
  });

  it('says so in two lines where it is cut off, wherever that is', async () => {
    const text = good[format];
    for (let at = 1; at < text.trimEnd().length; at += 7) {
      const { code, stdout, stderr } = await verify(text.slice(0, at));
      expect({ at, code, stdout }).toEqual({ at, code: 2, stdout: '' });
      expect(stderr).toMatch(/^error: payload is cut off .*\n {2}its end is missing.*\n$/);
    }
  });

  it('refuses what follows the end', async () => {
    for (const more of ['x', '{}', good[format]]) {
      const { code, stderr } = await verify(good[format] + more);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^error: payload, line \d+: the payload is over, and something follows\n$/);
    }
  });

  it('refuses a key that is there twice: readers differ in which they take', async () => {
    const twice = good[format].replace(/"team":/, '"team": "evil", "team":');
    expect((await verify(twice)).stderr).toMatch(/^error: payload, line \d+: .*the same key twice\n$/);
    const head = good[format].replace(/"version":/, '"version": 1, "version":');
    expect((await verify(head)).stderr).toMatch(/^error: payload, line \d: "version" is there twice\n$/);
  });
});

describe('sync verify', () => {
  it('finds a line that is missing from ndjson', async () => {
    const lines = good.ndjson.split('\n');
    expect(await problems(lines.toSpliced(2, 1).join('\n'))).toMatchObject([
      { path: 'domains', message: 'it says that there are 3 domains, and there are 2' },
      { path: 'checksum' },
    ]);
  });

  it('holds ndjson to one value a line', async () => {
    const [first, ...rest] = good.ndjson.split('\n');
    expect((await verify([`${first} ${rest[0]}`, ...rest.slice(1)].join('\n'))).stderr).toContain(
      'a second value on the line',
    );
    const pretty = JSON.stringify(JSON.parse(rest[0]!), null, 2);
    expect((await verify([first, pretty, ...rest.slice(1)].join('\n'))).stderr).toContain('one value a line');
  });

  it('lists the first problems, and counts the rest', async () => {
    const domains = Array.from({ length: 30 }, (_, at) => ({ hostname: `a${at + 10}.example` }));
    const payload = { ...JSON.parse(good.edge), domains };
    const { code, stdout, stderr } = await verify(JSON.stringify(payload));
    expect(code).toBe(7);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^and \d+ more$/);
    expect(stdout.split('\n').length).toBeLessThan(35);
    expect(stderr).toMatch(/^error: payload has \d+ problems: no edge should run it\n {2}fetch or export/);
  });

  it('shows no control character of what it reads', async () => {
    const { stdout } = await verify(good.edge.replace('"a.example"', String.raw`"\u001b[2Ja\u202e"`));
    // oxlint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(stdout).toContain(String.raw`\x1b[2Ja\u202e`);
  });

  it.each<[string, () => string | Buffer, RegExp]>([
    ['empty', () => '', /^error: payload is empty\n$/],
    ['blank', () => ' \n\n', /is no payload: it does not begin with \{/],
    ['a list', () => '[]', /is no payload: it does not begin with \{/],
    ['other JSON', () => '{"name": "netgoat", "domains": []}', /is no payload: it has no field "schema"/],
    ['other ndjson', () => '{"a": 1}\n{"b": 2}\n', /is no payload: it has no field "schema"/],
    ['of another form', () => '{"schema": "netgoat.edge/2"}', /is of the schema "netgoat.edge\/2", not netg/],
    ['without domains', () => JSON.stringify({ ...JSON.parse(good.edge), domains: 1 }), /it has no domains/],
    ['with a BOM', () => `\ufeff${good.edge}`, /begins with a byte order mark/],
    ['UTF-16', () => Buffer.from(`\ufeff${good.edge}`, 'utf16le'), /is UTF-16, not UTF-8/],
    ['Latin-1', () => Buffer.from(good.edge.replace('192.0.2.1', 'ü'), 'latin1'), /is not UTF-8 text/],
    [
      'cut in a character',
      () => Buffer.concat([Buffer.from(good.ndjson.slice(0, 500)), Buffer.from([0xc3])]),
      /UTF-8/,
    ],
    [
      'gzip',
      () => gzipSync(good.edge),
      /is compressed with gzip\n {2}`gunzip -c FILE \| netgoat sync verify -`/,
    ],
    ['no JSON', () => good.edge.replace('"tls": {', '"tls": {,'), /^error: payload, line \d+: /],
    ['no JSON outside', () => good.edge.replace('"version": ', '"version" '), /":" is missing before/],
    [
      'deep',
      () => good.edge.replace('"tls": {', `"tls": ${'['.repeat(100_000)}{`),
      /nested more than 64 deep/,
    ],
    [
      'with a long field',
      () => good.edge.replace('"version"', `"x": "${'y'.repeat(70_000)}", "version"`),
      /longer/,
    ],
    [
      'with many fields',
      () => `{${Array.from({ length: 200 }, (_, at) => `"f${at}":1`).join(',')}}`,
      /is no payload: it has over 100 fields/,
    ],
  ])('refuses what is %s', async (_what, content, message) => {
    const { code, stdout, stderr } = await verify(content());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.split('\n').length).toBeLessThanOrEqual(3);
  });

  it('finds text that no other language can hold', async () => {
    const found = await problems(good.edge.replace('192.0.2.2', String.raw`\ud800`));
    expect(found).toMatchObject([{ hostname: 'a.example', message: expect.stringContaining('surrogate') }]);
  });

  it.each<[string, string, RegExp]>([
    ['a folder', '.', /cannot read \.: it is a folder\n$/],
    ['nothing', 'none.json', /cannot read none\.json: there is no such file/],
    ['a device', '/dev/zero', /is no regular file\n {2}a pipe is read from stdin/],
    ['a named pipe', 'pipe', /is no regular file/],
  ])('refuses %s', async (_what, path, message) => {
    if (path === 'pipe') execFileSync('mkfifo', [join(plane.folder, path)]);
    const { code, stdout, stderr } = await plane.run(`sync verify ${path}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('refuses a private key where the public one belongs', async () => {
    const { code, stderr } = await verify(good.edge, '--verify-key sign.pem');
    expect(code).toBe(2);
    expect(stderr).toContain('is a private key, and checking takes the public one');
  });
});
