import { generateKeyPairSync } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { edgePayload } from '../../src/edge/schema.ts';
import { loadVerifier } from '../../src/edge/signature.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

let plane: ControlPlane;

beforeAll(async () => {
  plane = await controlPlane();
  const pair = generateKeyPairSync('ed25519');
  const keep = async (name: string, text: string | Buffer) =>
    writeFile(join(plane.folder, name), text, { mode: 0o600 });
  await keep('sign.pem', pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await keep('verify.pem', pair.publicKey.export({ type: 'spki', format: 'pem' }));
  await plane.ok('team add Acme');
  await plane.ok('domain add shop.example.com --team acme');
  await plane.ok('domain add a.example --team acme');
  await plane.ok('domain add off.example --team acme --disabled');
  await plane.ok('dns add shop.example.com @ NS ns1.example.net. ns2.example.net.');
  await plane.ok('dns add shop.example.com @ A 192.0.2.1 --proxied');
  await plane.ok('dns add shop.example.com @ MX "10 mail.example.net."');
  await plane.ok('dns add shop.example.com www A 192.0.2.11 192.0.2.10 --ttl 5m');
  await plane.ok(['dns', 'add', 'shop.example.com', 'txt', 'TXT', 'one; "two" ; \\ three']);
  await plane.ok('dns add shop.example.com alias ALIAS other.example.net.');
  await plane.ok('dns add a.example @ A 192.0.2.7');
});

describe('sync show --sign-key', () => {
  it.each([
    ['edge', (text: string) => JSON.parse(text)],
    ['ndjson', (text: string) => JSON.parse(text.trimEnd().split('\n').at(-1)!)],
  ])('signs the version and the checksum in %s', async (format, read) => {
    const { stdout, stderr } = await plane.ok(`sync show --format ${format} --sign-key sign.pem`);
    const { version } = edgePayload.parse(JSON.parse((await plane.ok('sync show')).stdout));
    const { checksum, signature } = read(stdout);
    const verifies = await loadVerifier(join(plane.folder, 'verify.pem'));
    expect(verifies({ version, checksum }, signature)).toBe(true);
    expect(stderr).toBe('');
  });

  it('puts the signature behind the checksum, and changes nothing else', async () => {
    const now = new Date('2026-03-01T12:00:00Z');
    const signed = JSON.parse((await plane.ok('sync show --sign-key sign.pem', { now })).stdout);
    const { signature, ...rest } = signed;
    expect(edgePayload.safeParse(signed).success).toBe(true);
    expect(Object.keys(signed)).toEqual([
      'schema',
      'version',
      'generatedAt',
      'checksum',
      'signature',
      'domains',
    ]);
    expect(signature.algorithm).toBe('ed25519');
    expect(`${JSON.stringify(rest, null, 2)}\n`).toBe((await plane.ok('sync show', { now })).stdout);
  });

  it.skipIf(process.platform === 'win32')('warns of a key that others can read', async () => {
    const path = join(plane.folder, 'open.pem');
    await writeFile(path, await readFile(join(plane.folder, 'sign.pem')));
    await chmod(path, 0o644);
    const { stderr } = await plane.ok('sync show --sign-key open.pem');
    expect(stderr).toBe(`warning: ${path} holds a private key and others can read it: chmod 600 ${path}\n`);
  });

  it.each([
    ['sync show --format zone --sign-key sign.pem', 2, 'the format zone has no place for a signature'],
    ['sync show --sign-key verify.pem', 2, 'is a public key'],
    ['sync show --sign-key none.pem', 2, 'there is no such file'],
    ['sync show --sign-key .', 2, 'it is a folder'],
    ["sync show --sign-key ''", 2, 'it is a folder'],
  ])('%s: exit %i', async (command, code, message) => {
    const result = await plane.run(command);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(result.stderr.split('\n').length).toBeLessThanOrEqual(3);
  });
});

describe('sync show --format zone', () => {
  it('is the master file that dns export writes, where all is enabled and nothing is remarked', async () => {
    const { stdout, stderr } = await plane.ok('sync show --format zone --domain shop.example.com');
    expect(stdout).toBe((await plane.ok('dns export shop.example.com')).stdout);
    expect(stdout).toContain('192.0.2.10');
    expect(stderr).toBe('');
  });

  it('is every enabled domain, each with its own origin and SOA', async () => {
    const { stdout, stderr } = await plane.ok('sync show --format zone');
    const zones = stdout.split('\n\n');
    expect(zones).toHaveLength(2);
    expect(zones.map((zone) => /^\$ORIGIN (.*)$/m.exec(zone)?.[1])).toEqual([
      'a.example.',
      'shop.example.com.',
    ]);
    for (const zone of zones) expect(zone.match(/\tSOA\t/g)).toHaveLength(1);
    expect(zones[0]).toBe((await plane.ok('dns export a.example')).stdout.trimEnd());
    expect(stderr).toBe('warning: a zone has no name servers: ns.invalid. stands in for them\n');
  });

  it('leaves out what the edges are not sent', async () => {
    await plane.ok('domain add b.example --team acme');
    await plane.ok('dns add b.example @ A 192.0.2.1 --comment "for nobody" --tag secret');
    await plane.ok('dns add b.example old A 192.0.2.2 --disabled');
    const { stdout } = await plane.ok('sync show --format zone --domain b.example');
    expect(stdout).toContain('192.0.2.1');
    expect(stdout).not.toMatch(/192\.0\.2\.2|for nobody|secret/);
    expect((await plane.ok('sync show --format zone --domain off.example')).stdout).toBe('');
    await plane.ok('domain remove b.example --yes');
  });

  it('writes a file, and says how many zones are in it', async () => {
    const { stdout, stderr } = await plane.ok('sync show --format zone --out all.zone');
    expect(stdout).toBe('');
    expect(stderr).toMatch(/Wrote .*all\.zone: \d+ bytes, 2 zones, version \d+\n$/);
    const text = await readFile(join(plane.folder, 'all.zone'), 'utf8');
    expect(text).toBe((await plane.ok('sync show --format zone')).stdout);
  });
});
