import { WebSocket } from 'ws';
import { DEFLATE } from './protocol/deflate.ts';
import { openChannel } from './protocol/channel.ts';
import type { Channel } from './protocol/channel.ts';
import { PROTOCOL } from './protocol/frames.ts';

export interface DialOptions {
  /** Shown on the upgrade. */
  token?: string | undefined;
  /** Certificates in PEM that are trusted instead of the system's. */
  ca?: string | undefined;
  /** Takes any certificate. */
  insecure?: boolean;
  /** How long the upgrade may take. */
  withinMs: number;
  /** Of one message. */
  maxPayload: number;
  signal?: AbortSignal;
  /** Whether pings are answered; they are by default. */
  autoPong?: boolean;
  /** Of the channel, see there. */
  pingEveryMs?: number;
}

/** Nobody who speaks the protocol was reached at a URL. */
export class Unreached extends Error {
  override readonly name = 'Unreached';
  /** The status of an HTTP answer that was no upgrade. */
  readonly status: number | null;

  constructor(message: string, status: number | null = null, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

/**
 * Opens a channel to a URL. It follows no redirect: the token is for this URL alone.
 * @throws Unreached: nobody answered, in time, with an upgrade to this protocol; or it was called off.
 */
export function dial(url: string, options: DialOptions): Promise<Channel> {
  const { pingEveryMs } = options;
  const channel = pingEveryMs === undefined ? {} : { pingEveryMs };
  return dialSocket(url, PROTOCOL, options, (socket) => openChannel(socket, channel));
}

/**
 * The same for a WebSocket that speaks another protocol, or none (null).
 * @param take is given the socket as soon as it is open: the peer's first frame may have come along with the upgrade.
 */
export async function dialSocket<T>(
  url: string,
  protocol: string | null,
  options: DialOptions,
  take: (socket: WebSocket) => T,
): Promise<T> {
  const { token, ca, insecure, withinMs, maxPayload, signal, autoPong } = options;
  const socket = new WebSocket(url, protocol ?? [], {
    perMessageDeflate: DEFLATE,
    maxPayload,
    autoPong: autoPong ?? true,
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    ...(ca === undefined ? {} : { ca }),
    rejectUnauthorized: insecure !== true,
  });
  // Not ws's own, which starts anew with every byte that comes.
  const late = setTimeout(() => socket.emit('error', new Late()), withinMs);
  const callOff = () => socket.terminate();
  signal?.addEventListener('abort', callOff);
  try {
    return await opened(socket, protocol ?? 'a WebSocket', take);
  } catch (error) {
    socket.terminate();
    throw error;
  } finally {
    clearTimeout(late);
    signal?.removeEventListener('abort', callOff);
  }
}

class Late extends Error {
  readonly code = 'ETIMEDOUT';
  override readonly message = 'it did not answer with an upgrade in time';
}

function opened<T>(socket: WebSocket, wanted: string, take: (socket: WebSocket) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    let status: number | null = null;
    let answered: string | undefined;
    socket.once('unexpected-response', (request, response) => {
      status = response.statusCode ?? 0;
      answered = `it answered ${status}${wordsOf(status)}, not with an upgrade to ${wanted}`;
      response.resume();
      request.destroy();
      socket.terminate();
    });
    socket.on('error', (error) => reject(new Unreached(answered ?? wordsOfError(error), status, error)));
    socket.once('close', () => reject(new Unreached(answered ?? 'the connection was closed', status)));
    socket.once('open', () => resolve(take(socket)));
  });
}

const WORDS: Record<number, string> = {
  200: ' (a plain page)',
  404: ' (there is nothing at this path)',
  401: ' (the token is missing or not known)',
  403: ' (the token may not do this)',
};

function wordsOf(status: number): string {
  return WORDS[status] ?? (status >= 300 && status < 400 ? ' (a redirect, which is not followed)' : '');
}

/** What Node and ws say in words that are not about this protocol, or not at all. */
const ERRORS: Record<string, string> = {
  'Server sent no subprotocol': `it does not speak ${PROTOCOL}`,
  'Server sent an invalid subprotocol': `it does not speak ${PROTOCOL}`,
  'socket hang up': 'it closed the connection before an answer',
  EPROTO: 'it does not speak TLS',
  HPE_INVALID_CONSTANT: 'it does not speak HTTP',
  ECONNREFUSED: 'nobody listens there (ECONNREFUSED)',
  ECONNRESET: 'it closed the connection before an answer (ECONNRESET)',
  ENOTFOUND: 'there is no such host (ENOTFOUND)',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is signed by itself, not by an authority that is trusted here',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by an authority that is not trusted here',
};

function wordsOfError(error: Error & { code?: string }): string {
  return ERRORS[error.message] ?? ERRORS[error.code ?? ''] ?? (error.message || String(error.code));
}
