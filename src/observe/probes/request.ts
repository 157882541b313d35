import type { X509Certificate } from 'node:crypto';
import type { LookupAddress } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** How one request ended. */
export interface Answer {
  /** The status of the answer; null where there was none. */
  status: number | null;
  /** Why there was no answer, in words. */
  why: string;
  /** Whether anybody took the connection. */
  connected: boolean;
  /** What the handshake showed, whoever signed it and whatever came of the request. */
  certificate: X509Certificate | null;
  /** Why the system would not trust it, as OpenSSL names it; null if it would, or was shown none. */
  untrusted: string | null;
}

/** Where a request goes, and what it asks for. */
interface Asked {
  scheme: 'http' | 'https';
  /** As it is named to the server, in the handshake and in the request. */
  hostname: string;
  addresses: readonly LookupAddress[];
  port: number;
  withinMs: number;
}

/** An address that does not answer by then is left for the next one. */
const NEXT_ADDRESS_MS = 2_000;

/**
 * Asks a server for its first page. No redirect is followed and no body read. Any certificate will do: what is wrong
 * with it is for the alert on certificates to say.
 */
export function request({ scheme, hostname, addresses, port, withinMs }: Asked): Promise<Answer> {
  const seen: Answer = { status: null, why: '', connected: false, certificate: null, untrusted: null };
  let phase: keyof typeof LATE = 'connect';
  return new Promise((resolve) => {
    const sent = (scheme === 'https' ? https : http).request({
      host: hostname,
      servername: hostname,
      port,
      path: '/',
      // A detour leads elsewhere, and the server is not to know.
      headers: { Host: hostname, 'User-Agent': 'netgoat', Accept: '*/*', Connection: 'close' },
      agent: false,
      rejectUnauthorized: false,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
      lookup: (_name, options, found) => {
        if (options.all) found(null, [...addresses]);
        else found(null, addresses[0]!.address, addresses[0]!.family);
      },
    } as https.RequestOptions);
    const end = (rest: Partial<Answer>): void => {
      clearTimeout(timer);
      resolve({ ...seen, ...rest });
      sent.destroy();
    };
    const timer = setTimeout(() => end({ why: `${LATE[phase]} within ${withinMs / 1_000} s` }), withinMs);
    sent.once('socket', (socket: Socket) => {
      socket.once('connect', () => {
        seen.connected = true;
        phase = scheme === 'https' ? 'handshake' : 'answer';
      });
      socket.once('secureConnect', () => {
        seen.certificate = certificateOf(socket as TLSSocket);
        seen.untrusted = untrustedOf(socket as TLSSocket);
        phase = 'answer';
      });
    });
    sent.once('response', ({ statusCode }) => end({ status: statusCode ?? null }));
    sent.on('error', (error) => end({ why: wordsOfError(error) }));
    sent.once('close', () => end({ why: CLOSED }));
    sent.end();
  });
}

/** The certificate of the peer; none where its times are no times. */
function certificateOf(socket: TLSSocket): X509Certificate | null {
  const shown = socket.getPeerX509Certificate();
  if (shown === undefined) return null;
  return [shown.validFrom, shown.validTo].some((time) => Number.isNaN(Date.parse(time))) ? null : shown;
}

/** That a certificate has ended or is for other names is seen in itself. */
const SEEN_OTHERWISE: readonly string[] = [
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
];

function untrustedOf({ authorized, authorizationError }: TLSSocket): string | null {
  // It is a text, whatever its type says.
  const why = String(authorizationError ?? '');
  return authorized || why === '' || SEEN_OTHERWISE.includes(why) ? null : why;
}

const CLOSED = 'it closed the connection before an answer';

/** Why there is no handshake where something else is spoken. */
export const NO_TLS = 'it does not speak TLS';

/** What had not come in time. */
const LATE = {
  connect: 'nobody took the connection',
  handshake: 'it did not finish the TLS handshake',
  answer: 'it did not answer',
};

const WORDS: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there (ECONNREFUSED)',
  ECONNRESET: `${CLOSED} (ECONNRESET)`,
  EPIPE: `${CLOSED} (EPIPE)`,
  EHOSTUNREACH: 'there is no way to its address (EHOSTUNREACH)',
  ENETUNREACH: 'there is no way to its address (ENETUNREACH)',
  ETIMEDOUT: 'nobody took the connection (ETIMEDOUT)',
  ENOTFOUND: 'the DNS has no address for it (ENOTFOUND)',
  EAI_AGAIN: 'the DNS did not answer (EAI_AGAIN)',
  EDNSLATE: 'the DNS did not answer in time',
  HPE_HEADER_OVERFLOW: 'the head of its answer is too long',
};

const LONGEST = 200;

/** What Node says of a connection, in words for an operator. */
export function wordsOfError(error: Error & { code?: string }): string {
  // Of several addresses, the last says most: one that cannot be reached from here comes first.
  if (error instanceof AggregateError && error.errors.length > 0) return wordsOfError(error.errors.at(-1));
  const code = error.code ?? '';
  if (WORDS[code] !== undefined) return WORDS[code];
  if (code === 'EPROTO') return handshakeWords(error.message);
  if (code.startsWith('HPE_')) return `it does not speak HTTP (${code})`;
  return code || error.message.slice(0, LONGEST);
}

/** OpenSSL's reason stands between colons before the place in its source: `…:wrong version number:…/ssl3_record.c:350:`. */
function handshakeWords(message: string): string {
  const reason = /:([^:]+):[^:]*\.c:\d+:/.exec(message)?.[1];
  if (reason === 'wrong version number') return NO_TLS;
  return `the TLS handshake failed${reason === undefined ? '' : ` (${reason})`}`;
}
