import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Stats } from 'node:fs';
import { NetgoatError } from '../errors.ts';
import { openRegular } from '../regular-file.ts';
import { SCHEMA } from './schema.ts';
import type { Signature } from './schema.ts';

/** What is signed of a payload: its checksum stands for the domains, and its version for when. */
export interface Signed {
  readonly version: number;
  readonly checksum: string;
}

/** Signs with one private key. */
export type Signer = (of: Signed) => Signature;

/** Says whether a signature is that of one public key over this version and checksum. */
export interface Verifier {
  (of: Signed, signature: Signature): boolean;
  /** The id of the key, as signatures name it. */
  readonly key: string;
}

/** Ed25519 keys are 120 bytes in PEM. */
const MOST_BYTES = 64 * 1024;

/**
 * A signer with an Ed25519 private key in PEM (PKCS#8), as `openssl genpkey -algorithm ed25519` makes it.
 * @param path absolute.
 * @param warn is told of a key that others can read.
 * @throws NetgoatError usage: the file cannot be read, or holds something else.
 */
export async function loadSigner(path: string, warn: (line: string) => void): Promise<Signer> {
  const { text, stat } = await readKey(path);
  const secret = privateKey(path, text);
  if ((stat.mode & 0o044) !== 0 && process.platform !== 'win32') {
    warn(`${path} holds a private key and others can read it: chmod 600 ${path}`);
  }
  const key = keyId(createPublicKey(secret));
  return (of) => ({
    algorithm: 'ed25519',
    key,
    value: sign(null, textOf(of), secret).toString('base64'),
  });
}

/**
 * A verifier with an Ed25519 public key in PEM, as `openssl pkey -in FILE -pubout` makes it.
 * @param path absolute.
 * @throws NetgoatError usage: the file cannot be read, or holds something else.
 */
export async function loadVerifier(path: string): Promise<Verifier> {
  const { text } = await readKey(path);
  const open = publicKey(path, text);
  const key = keyId(open);
  const verifier = (of: Signed, signature: Signature): boolean => {
    const value = Buffer.from(signature.value, 'base64');
    // One signature has one spelling: base64 leaves four bits over.
    const isCanonical = value.toString('base64') === signature.value;
    return signature.key === key && isCanonical && verify(null, textOf(of), open, value);
  };
  return Object.assign(verifier, { key });
}

/** The schema's name first, so that a signature is good for nothing else. */
function textOf({ version, checksum }: Signed): Buffer {
  return Buffer.from(`${SCHEMA}\n${version}\n${checksum}\n`, 'utf8');
}

function keyId(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

async function readKey(path: string): Promise<{ text: string; stat: Stats }> {
  const { file, stat } = await openRegular(path, path);
  try {
    if (stat.size > MOST_BYTES) throw new NetgoatError('usage', `${path} is too large for a key`);
    return { text: await file.readFile('utf8'), stat };
  } finally {
    await file.close();
  }
}

const PRIVATE = /^-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/m;
const ENCRYPTED = /^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: .*ENCRYPTED/m;
const PUBLIC = /^-----BEGIN (?:[A-Z0-9]+ )*PUBLIC KEY-----/m;

const MAKE_PRIVATE = '`openssl genpkey -algorithm ed25519 -out sign.pem` makes one';
const MAKE_PUBLIC = '`openssl pkey -in sign.pem -pubout -out verify.pem` takes it out of a private key';

function privateKey(path: string, text: string): KeyObject {
  if (PUBLIC.test(text) && !PRIVATE.test(text)) {
    throw new NetgoatError('usage', `${path} is a public key, and signing takes the private one`, {
      hint: MAKE_PRIVATE,
    });
  }
  if (ENCRYPTED.test(text)) {
    throw new NetgoatError('usage', `${path} is protected by a passphrase, which cannot be asked for here`, {
      hint: '`openssl pkey -in FILE -out sign.pem` writes it without one; keep that file to yourself',
    });
  }
  return ed25519(path, 'private', PRIVATE.test(text) ? () => createPrivateKey(text) : null, MAKE_PRIVATE);
}

function publicKey(path: string, text: string): KeyObject {
  // Node would derive the public key, and a private key has no business where signatures are only checked.
  if (PRIVATE.test(text)) {
    throw new NetgoatError('usage', `${path} is a private key, and checking takes the public one`, {
      hint: MAKE_PUBLIC,
    });
  }
  return ed25519(path, 'public', PUBLIC.test(text) ? () => createPublicKey(text) : null, MAKE_PUBLIC);
}

/** @param parse null where the text has no such key in it. */
function ed25519(path: string, which: string, parse: (() => KeyObject) | null, hint: string): KeyObject {
  if (parse === null) throw new NetgoatError('usage', `${path} is no ${which} key in PEM`, { hint });
  let key: KeyObject;
  try {
    key = parse();
  } catch (error) {
    throw new NetgoatError('usage', `${path} is a damaged ${which} key`, { hint, cause: error });
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  const found = key.asymmetricKeyType ?? 'unknown';
  throw new NetgoatError('usage', `${path} is a key of the type ${found}, not ed25519`, { hint });
}
