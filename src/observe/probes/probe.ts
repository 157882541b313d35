import type { X509Certificate } from 'node:crypto';
import type { Domain } from '../../models/domain.ts';
import { addressesOf } from './addresses.ts';
import type { Detour } from './connect-to.ts';
import { NO_TLS, request, wordsOfError } from './request.ts';
import type { Answer } from './request.ts';

/** How domains are probed. */
export interface ProbeOptions {
  /** How long each step may take: the name, and then the answer. */
  timeoutMs: number;
  detour: Detour;
}

/** What a probe has seen of a domain. */
export interface Seen {
  /** Whether anybody answered with a status below 500. */
  up: boolean;
  /** What was asked, and what came. */
  text: string;
  /** What the handshake showed; null where there was none. */
  certificate: X509Certificate | null;
  /** Why the system would not trust that one. */
  untrusted: string | null;
  /** Why there was no handshake. */
  why: string;
}

const PORTS = { https: 443, http: 80 } as const;
type Scheme = keyof typeof PORTS;

/** An answer below this is the site's own business, a redirect or a page that asks for a password. */
const SERVER_ERROR = 500;

/**
 * Asks a domain for its first page over TLS. One whose TLS has yet to come is asked over HTTP where nobody listens
 * for TLS, or who listens does not speak it.
 */
export async function probe(
  { hostname, tls }: Pick<Domain, 'hostname' | 'tls'>,
  options: ProbeOptions,
): Promise<Seen> {
  const secure = await ask('https', hostname, options);
  const shown = seenOf(secure);
  const isYetToCome = tls.status === 'Pending' && tls.notAfter === null;
  const hasTls = secure.connected && secure.why !== NO_TLS;
  if (hasTls || !secure.found || !isYetToCome) return shown;
  const plain = await ask('http', hostname, options);
  const { up, text } = seenOf(plain);
  return { ...shown, up, text: plain.connected ? text : `${shown.text}, nor ${text}` };
}

/** What was asked, the answer, and whether the name had an address. */
type Asked = Answer & { what: string; found: boolean };

async function ask(scheme: Scheme, hostname: string, { timeoutMs, detour }: ProbeOptions): Promise<Asked> {
  const meant = { host: hostname, port: PORTS[scheme] };
  const { host, port } = detour(meant);
  const isDirect = host === meant.host && port === meant.port;
  const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const what = `${scheme}://${hostname}/${isDirect ? '' : ` at ${place}`}`;
  try {
    const addresses = await addressesOf(host, timeoutMs);
    const answer = await request({ scheme, hostname, addresses, port, withinMs: timeoutMs });
    return { ...answer, what, found: true };
  } catch (error) {
    const why = wordsOfError(error as Error);
    return { status: null, why, connected: false, certificate: null, untrusted: null, what, found: false };
  }
}

function seenOf({ what, status, why, certificate, untrusted }: Asked): Seen {
  const text = status === null ? `${what}: ${why}` : `${what} answered ${status}`;
  return { up: status !== null && status < SERVER_ERROR, text, certificate, untrusted, why };
}
