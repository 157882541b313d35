import { createPrivateKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { duration } from '../../changes/inputs.ts';
import type { Context } from '../../context.ts';
import type { Address, DoorOptions } from '../../edge/door.ts';
import { NetgoatError } from '../../errors.ts';
import { readInput } from '../input-files.ts';
import type { OptionSpec, RawInput } from '../spec.ts';

const MOST_PEM = 1024 * 1024;
const MOST_TOKEN = 4 * 1024;

/** Milliseconds, of what is typed as `200ms` or as other durations are. */
export const period = z.string().transform((text, context) => {
  if (/^\d{1,9}ms$/.test(text)) return parseInt(text, 10);
  const seconds = duration.safeParse(text);
  if (seconds.success) return seconds.data * 1_000;
  context.addIssue({ code: 'custom', message: `"${text}" is no time such as 30s, 500ms or 5m` });
  return z.NEVER;
});

/** The certificate and key of one who listens. */
export const tlsOptions: readonly OptionSpec[] = [
  { flags: '--cert <file>', description: 'listen by TLS, with this certificate (PEM)' },
  { flags: '--key <file>', description: 'and its private key' },
];

/** The texts of --cert and --key; null without them. @throws NetgoatError usage: one of them, or not readable. */
export async function tlsOf(context: Context, { cert, key }: RawInput): Promise<DoorOptions<never>['tls']> {
  if (cert === undefined && key === undefined) return null;
  if (cert === undefined || key === undefined) {
    const [given, missing] = key === undefined ? ['--cert', '--key'] : ['--key', '--cert'];
    throw new NetgoatError('usage', `${missing} is missing: --cert and --key go together`, {
      hint: `give the ${TLS_FILES[missing as keyof typeof TLS_FILES]} that goes with ${given}`,
    });
  }
  const tls = { cert: await readPem(context, cert), key: await readPem(context, key) };
  checkPair(tls, { cert: String(cert), key: String(key) });
  return tls;
}

const TLS_FILES = { '--cert': 'certificate', '--key': 'private key' } as const;

const bad = (message: string, hint: string) => new NetgoatError('usage', message, { hint });
const hasKey = (text: string) => /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(text);

/** What TLS would refuse in words of OpenSSL, in ours. @throws NetgoatError usage */
function checkPair(pem: { cert: string; key: string }, path: { cert: string; key: string }): void {
  const isLocked = /-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED/m.test(pem.key);
  if (!pem.cert.includes('-----BEGIN CERTIFICATE-----')) {
    const what = hasKey(pem.cert) ? 'a private key and no certificate' : 'no certificate in PEM';
    throw bad(
      `--cert ${path.cert} holds ${what}`,
      'give the certificate to --cert, its private key to --key',
    );
  }
  if (isLocked) throw bad(`--key ${path.key} is locked by a passphrase`, 'give a key without one');
  if (!hasKey(pem.key)) {
    const what = pem.key.includes('CERTIFICATE')
      ? 'a certificate and no private key'
      : 'no private key in PEM';
    throw bad(`--key ${path.key} holds ${what}`, 'give the certificate to --cert, its private key to --key');
  }
  const certificate = read(() => new X509Certificate(pem.cert));
  if (certificate === null)
    throw bad(`--cert ${path.cert} is damaged`, 'give the certificate as it was issued');
  const key = read(() => createPrivateKey(pem.key));
  if (key === null) throw bad(`--key ${path.key} is damaged`, 'give the key as it was made');
  if (certificate.checkPrivateKey(key)) return;
  throw bad(
    `--key ${path.key} is not the key of the certificate in --cert ${path.cert}`,
    'in a file of several certificates, that of the server comes first',
  );
}

function read<T>(of: () => T): T | null {
  try {
    return of();
  } catch {
    return null;
  }
}

/** The text of a PEM file that a flag names. */
function readPem(context: Context, path: unknown): Promise<string> {
  return readInput(context, String(path), MOST_PEM);
}

/** Where --listen says. @throws NetgoatError usage: it is no HOST:PORT. */
export function addressOf(text: string): Address {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && Number(port) <= 65_535) return { host, port: Number(port) };
  throw new NetgoatError('usage', `--listen takes HOST:PORT, not "${text}"`, {
    hint: 'for example: 127.0.0.1:8787, or [::1]:0 for a free port',
  });
}

/** A header takes no more than this; what it would not take Node would name in its error. */
const TOKEN = /^[\x21-\x7e]+$/;

/**
 * The token that edges are shown, if there is one: of --token-file, NETGOAT_EDGE_TOKEN or the rc file.
 * @throws NetgoatError usage: the file cannot be read, or what is there is no token.
 */
export async function edgeTokenOf(context: Context, { tokenFile }: RawInput): Promise<string | undefined> {
  const token =
    tokenFile === undefined
      ? await context.config.edgeToken()
      : (await readInput(context, String(tokenFile), MOST_TOKEN)).trim();
  if (token === undefined || (token === '' && tokenFile === undefined)) return undefined;
  context.config.secrets.push(token);
  if (TOKEN.test(token)) return token;
  const from = tokenFile === undefined ? 'NETGOAT_EDGE_TOKEN or the rc file' : String(tokenFile);
  throw new NetgoatError('usage', `the token of ${from} is empty or has other characters than a token`, {
    hint: 'it is one line of visible ASCII characters, as `netgoat user token create` prints it',
  });
}

/** The certificates that --ca names. @throws NetgoatError usage: the file cannot be read, or holds none. */
export async function certificates(context: Context, path: string): Promise<string> {
  const text = await readInput(context, path, MOST_PEM);
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new NetgoatError('usage', `${path} holds no certificate in PEM`);
}
