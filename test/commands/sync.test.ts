import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { edgePayload } from '../../src/edge/schema.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

async function fill(plane: ControlPlane): Promise<void> {
  await plane.ok('team add "Acme Inc" --slug acme');
  await plane.ok('team add Other');
  await plane.ok('domain add shop.example.com --team acme --waf on');
  await plane.ok('domain add off.example.com --team acme --disabled');
  await plane.ok('domain add b.example --team other');
  await plane.ok('dns add shop.example.com www A 192.0.2.11 192.0.2.10 --ttl 5m --proxied');
  await plane.ok('dns add shop.example.com @ MX "10 mail.example.net."');
  // Controls and a bidirectional override, which no terminal may obey.
  await plane.ok(['dns', 'add', 'shop.example.com', 'note', 'TXT', 'a\u202eb\u001b[2Jc']);
}

describe('sync show', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await controlPlane();
    await fill(plane);
  });

  const payload = async (command: string) => edgePayload.parse(JSON.parse((await plane.ok(command)).stdout));

  it('prints the merged payload of all domains, two blanks deep', async () => {
    const { stdout, stderr } = await plane.ok('sync show');
    const shown = edgePayload.parse(JSON.parse(stdout));
    expect(shown.domains.map(({ hostname }) => hostname)).toEqual(['b.example', 'shop.example.com']);
    expect(shown.domains[1]!.dns.map(({ name, type, value }) => [name, type, value])).toEqual([
      ['@', 'MX', '10 mail.example.net.'],
      ['note', 'TXT', expect.any(String)],
      ['www', 'A', '192.0.2.10'],
      ['www', 'A', '192.0.2.11'],
    ]);
    expect(stdout).toBe(`${JSON.stringify(JSON.parse(stdout), null, 2)}\n`);
    expect(stderr).toBe('');
  });

  it('has the version of the newest set of changes, and reading does not raise it', async () => {
    const [newest] = await plane.json<{ version: number }[]>('history list --limit 1 -o json');
    expect(await payload('sync show')).toMatchObject({ version: newest!.version });
    expect(await payload('sync show')).toMatchObject({ version: newest!.version });
  });

  it('is byte-stable but for the time', async () => {
    const now = new Date('2026-03-01T12:00:00Z');
    const [one, two] = [await plane.ok('sync show', { now }), await plane.ok('sync show', { now })];
    expect(one.stdout).toBe(two.stdout);
    expect(one.stdout).toContain('"generatedAt": "2026-03-01T12:00:00.000Z"');
  });

  it('is the same in another store with the same configuration', async () => {
    const other = await controlPlane();
    await fill(other);
    const now = new Date('2026-03-01T12:00:00Z');
    expect((await other.ok('sync show', { now })).stdout).toBe((await plane.ok('sync show', { now })).stdout);
  });

  it('has the same content and checksum as ndjson', async () => {
    const whole = await payload('sync show');
    const { stdout } = await plane.ok('sync show --format ndjson');
    const [header, ...rest] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const trailer = rest.pop();
    expect(header).toEqual({ schema: whole.schema, version: whole.version, generatedAt: header.generatedAt });
    expect(rest).toEqual(whole.domains);
    expect(trailer).toEqual({ checksum: whole.checksum, domains: 2 });
  });

  it('of one team, one domain, or nothing', async () => {
    const names = async (command: string) => (await payload(command)).domains.map(({ hostname }) => hostname);
    expect(await names('sync show --team acme')).toEqual(['shop.example.com']);
    expect(await names('sync show --domain SHOP.example.com.')).toEqual(['shop.example.com']);
    expect((await plane.ok('sync show --domain off.example.com')).stderr).toContain('is disabled');
    expect(await names('sync show --domain off.example.com')).toEqual([]);
  });

  it('writes a file and says what it wrote on stderr', async () => {
    const { stdout, stderr } = await plane.ok('sync show --team acme --out edge.json');
    const text = await readFile(join(plane.folder, 'edge.json'), 'utf8');
    const { version, checksum } = edgePayload.parse(JSON.parse(text));
    expect(stdout).toBe('');
    expect(stderr).toContain(
      `${Buffer.byteLength(text)} bytes, 1 domain, version ${version}, checksum ${checksum}`,
    );
    expect((await plane.run('sync show --out edge.json')).code).toBe(4);
    expect(await readFile(join(plane.folder, 'edge.json'), 'utf8')).toBe(text);
    await plane.ok('sync show --out edge.json --force --format ndjson');
    expect(await readFile(join(plane.folder, 'edge.json'), 'utf8')).toMatch(/\n\{"checksum":/);
    expect((await readdir(plane.folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('lets no control character out', async () => {
    for (const format of ['edge', 'ndjson']) {
      const { stdout } = await plane.ok(`sync show --format ${format}`);
      // oxlint-disable-next-line no-control-regex
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    }
  });

  it.each([
    ['sync show --domain shpo.example.com', 3, 'did you mean "shop.example.com"?'],
    ['sync show --domain b.example --team acme', 3, 'no domain "b.example"'],
    ['sync show --team nobody', 3, 'no team'],
    ['sync show --format xml', 2, 'edge, ndjson'],
    ['sync show --domain a..b', 2, 'a..b'],
    ['sync show --out .', 2, 'is a folder'],
    ['sync show --out missing/edge.json', 2, 'no folder'],
    ['sync show --out -', 2, 'leave --out away to write to stdout'],
    ["sync show --out ''", 2, 'leave --out away to write to stdout'],
  ])('%s: exit %i', async (command, code, message) => {
    const result = await plane.run(command);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(result.stderr.split('\n').length).toBeLessThanOrEqual(3);
  });

  it('of a store that holds nothing yet is empty', async () => {
    const empty = await controlPlane();
    await empty.ok('team add Acme --dry-run');
    const { stdout } = await empty.ok('sync show');
    expect(edgePayload.parse(JSON.parse(stdout))).toMatchObject({ version: 0, domains: [] });
  });
});
