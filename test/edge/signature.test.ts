import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signature } from '../../src/edge/schema.ts';
import { loadSigner, loadVerifier } from '../../src/edge/signature.ts';

let folder: string;
const of = { version: 7, checksum: 'a'.repeat(64) };
const silent = (): void => undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netgoat-test-'));
  const pair = generateKeyPairSync('ed25519');
  await keep('private.pem', pemOf(pair.privateKey));
  await keep('public.pem', pemOf(pair.publicKey));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

async function keep(name: string, text: string): Promise<string> {
  await writeFile(at(name), text, { mode: 0o600 });
  return at(name);
}

function pemOf(key: KeyObject): string {
  return String(key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }));
}

describe('a signature', () => {
  it('fits the schema and is that of its key', async () => {
    const made = (await loadSigner(at('private.pem'), silent))(of);
    const verifies = await loadVerifier(at('public.pem'));
    expect(signature.parse(made)).toEqual(made);
    expect(made.key).toBe(verifies.key);
    expect(verifies(of, made)).toBe(true);
  });

  it('names the key by the SHA-256 of its DER, as openssl writes it', async () => {
    const der = Buffer.from(
      (await readFile(at('public.pem'), 'utf8')).replaceAll(/-----.*-----|\n/g, ''),
      'base64',
    );
    const { key } = await loadVerifier(at('public.pem'));
    expect(key).toBe(createHash('sha256').update(der).digest('hex'));
  });

  it('can be checked with openssl over the documented text', async () => {
    const { value } = (await loadSigner(at('private.pem'), silent))(of);
    await writeFile(at('text'), `netgoat.edge/1\n7\n${of.checksum}\n`);
    await writeFile(at('value'), Buffer.from(value, 'base64'));
    const args = ['pkeyutl', '-verify', '-rawin', '-pubin', '-inkey', at('public.pem')];
    const said = execFileSync('openssl', [...args, '-in', at('text'), '-sigfile', at('value')]);
    expect(String(said)).toContain('Verified Successfully');
  });

  it('is of one version, one checksum, one key and one spelling', async () => {
    const made = (await loadSigner(at('private.pem'), silent))(of);
    const verifies = await loadVerifier(at('public.pem'));
    const other = await keep('other.pem', pemOf(generateKeyPairSync('ed25519').publicKey));
    expect(verifies({ ...of, version: 8 }, made)).toBe(false);
    expect(verifies({ ...of, checksum: 'b'.repeat(64) }, made)).toBe(false);
    expect((await loadVerifier(other))(of, made)).toBe(false);
    expect((await loadVerifier(other))(of, { ...made, key: (await loadVerifier(other)).key })).toBe(false);
    expect(verifies(of, { ...made, key: '0'.repeat(64) })).toBe(false);
    // RFC 4648 3.5: the last character has four bits that belong to nothing.
    const last = made.value.at(-3)!;
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const spelled = `${made.value.slice(0, -3)}${digits[digits.indexOf(last) + 1]}==`;
    expect(Buffer.from(spelled, 'base64')).toEqual(Buffer.from(made.value, 'base64'));
    expect(verifies(of, { ...made, value: spelled })).toBe(false);
  });
});

describe('a key file', () => {
  const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

  it.each<[string, () => string, RegExp]>([
    ['no PEM', () => 'hello\n', /no private key in PEM/],
    ['an empty one', () => '', /no private key in PEM/],
    ['of RSA', () => pemOf(rsa().privateKey), /type rsa, not ed25519/],
    ['of a curve', () => pemOf(ec().privateKey), /type ec, not ed25519/],
    ['of X25519', () => pemOf(generateKeyPairSync('x25519').privateKey), /type x25519, not ed25519/],
    ['public', () => pemOf(generateKeyPairSync('ed25519').publicKey), /is a public key/],
    [
      'damaged',
      () => '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
      /is a damaged private key/,
    ],
    ['too large', () => 'x'.repeat(70_000), /too large for a key/],
  ])('to sign that is %s is refused', async (_what, text, message) => {
    await expect(loadSigner(await keep('wrong.pem', text()), silent)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
  });

  it('with a passphrase is refused', async () => {
    const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
    const pem = String(generateKeyPairSync('ed25519').privateKey.export(options));
    await expect(loadSigner(await keep('locked.pem', pem), silent)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('passphrase'),
    });
  });

  it.each<[string, () => string, RegExp]>([
    ['no PEM', () => 'hello\n', /no public key in PEM/],
    ['of RSA', () => pemOf(rsa().publicKey), /type rsa, not ed25519/],
    ['private', () => pemOf(generateKeyPairSync('ed25519').privateKey), /is a private key/],
    ['damaged', () => '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n', /damaged public key/],
  ])('to check that is %s is refused', async (_what, text, message) => {
    await expect(loadVerifier(await keep('wrong.pem', text()))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
  });

  it.each<[string, (path: string) => Promise<unknown>, RegExp]>([
    ['missing', async () => undefined, /there is no such file/],
    ['a folder', (path) => mkdir(path), /it is a folder/],
    ['a named pipe', async (path) => execFileSync('mkfifo', [path]), /no regular file/],
  ])('that is %s is refused', async (what, make, message) => {
    const path = at(`key-${what.replaceAll(' ', '-')}`);
    await make(path);
    for (const load of [() => loadSigner(path, silent), () => loadVerifier(path)]) {
      await expect(load()).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringMatching(message),
      });
    }
  });

  it.skipIf(process.platform === 'win32')('that others can read is warned of', async () => {
    const path = await keep('open.pem', await readFile(at('private.pem'), 'utf8'));
    const warned: string[] = [];
    await loadSigner(path, (line) => warned.push(line));
    expect(warned).toEqual([]);
    for (const mode of [0o640, 0o604]) {
      await chmod(path, mode);
      await loadSigner(path, (line) => warned.push(line));
    }
    expect(warned).toEqual(
      Array(2).fill(`${path} holds a private key and others can read it: chmod 600 ${path}`),
    );
    const open = await keep('open-public.pem', await readFile(at('public.pem'), 'utf8'));
    await chmod(open, 0o644);
    await expect(loadSigner(open, (line) => warned.push(line))).rejects.toThrow('is a public key');
    expect(warned).toHaveLength(2);
  });
});
