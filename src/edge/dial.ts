import { WebSocket } from 'ws';
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
}

/** Nobody who speaks netgoat.edge.v1 was reached at a URL. */
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
export async function dial(url: string, options: DialOptions): Promise<Channel> {
  const { token, ca, insecure, withinMs, maxPayload, signal, autoPong } = options;
  const socket = new WebSocket(url, PROTOCOL, {
    handshakeTimeout: withinMs,
    maxPayload,
    autoPong: autoPong ?? true,
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    ...(ca === undefined ? {} : { ca }),
    rejectUnauthorized: insecure !== true,
  });
  const callOff = () => socket.terminate();
  signal?.addEventListener('abort', callOff);
  try {
    return await opened(socket);
  } finally {
    signal?.removeEventListener('abort', callOff);
  }
}

function opened(socket: WebSocket): Promise<Channel> {
  return new Promise((resolve, reject) => {
    let status: number | null = null;
    let answered: string | undefined;
    socket.once('unexpected-response', (request, response) => {
      status = response.statusCode ?? 0;
      answered = `it answered ${status}${wordsOf(status)}, not with an upgrade to ${PROTOCOL}`;
      response.resume();
      request.destroy();
      socket.terminate();
    });
    socket.on('error', (error) => reject(new Unreached(answered ?? error.message, status, error)));
    socket.once('close', () => reject(new Unreached(answered ?? 'the connection was closed', status)));
    // At once: the peer's first frame may have come along with the upgrade.
    socket.once('open', () => resolve(openChannel(socket)));
  });
}

const WORDS: Record<number, string> = {
  200: ' (a plain page)',
  401: ' (the token is missing or not known)',
  403: ' (the token may not do this)',
};

function wordsOf(status: number): string {
  return WORDS[status] ?? (status >= 300 && status < 400 ? ' (a redirect, which is not followed)' : '');
}
