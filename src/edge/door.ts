import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { NetgoatError } from '../errors.ts';
import { DEFLATE } from './protocol/deflate.ts';
import { PROTOCOL } from './protocol/frames.ts';

/** An address to listen on; port 0 takes one that is free. */
export interface Address {
  host: string;
  port: number;
}

/** Why somebody is not let in, as HTTP says it. */
export interface Refusal {
  status: 400 | 401 | 403 | 503;
  message: string;
}

export interface DoorOptions<Visitor> extends Address {
  /** PEM texts; without them it is plain ws and http. */
  tls: { cert: string; key: string } | null;
  /** Bytes of one message, uncompressed. */
  maxPayload: number;
  /** Whether pings are answered; they are by default. */
  autoPong?: boolean;
  /** What plain HTTP is answered; without it, that this is for WebSockets. */
  request?: RequestListener;
  /** Says who asks for an upgrade, or why they get none. */
  admit(request: IncomingMessage): Promise<Visitor | { refused: Refusal }>;
  /** Is given each socket that was let in. */
  meet(socket: WebSocket, visitor: Visitor, request: IncomingMessage): void;
}

/** A door that the other side comes to. */
export interface Door {
  /** With the port that it really has. */
  readonly url: string;
  /** Lets nobody in any more; who is in stays. */
  shut(): void;
  /** Shows everybody out who is still in. */
  close(): Promise<void>;
}

/** A head of a request is small and comes at once; slow ones would hold sockets for nothing. */
const HEAD_WITHIN_MS = 10_000;
const MOST_CONNECTIONS = 12_000;
/** What a peer may put into many small pieces: fragments of a message, chunks of the socket. */
const MOST_FRAGMENTS = 4_096;

/**
 * Listens for peers that speak netgoat.edge.v1.
 * @throws NetgoatError usage: the address is taken or not this machine's, or the certificate does not fit the key.
 */
export async function openDoor<Visitor>(options: DoorOptions<Visitor>): Promise<Door> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxPayload,
    maxFragments: MOST_FRAGMENTS,
    perMessageDeflate: DEFLATE,
    autoPong: options.autoPong ?? true,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  const server = serverOf(options.tls);
  server.headersTimeout = HEAD_WITHIN_MS;
  server.requestTimeout = HEAD_WITHIN_MS;
  server.maxConnections = MOST_CONNECTIONS;
  let open = true;
  server.on('request', options.request ?? onlySockets);
  server.on('upgrade', (request, socket, head) => {
    // Who goes away meanwhile is not worth a word.
    socket.on('error', () => undefined);
    void (async () => {
      const visitor = open ? await admitted(options, request) : { refused: closing };
      if (isRefused(visitor)) return refuse(socket, visitor.refused);
      sockets.handleUpgrade(request, socket, head, (opened) => options.meet(opened, visitor, request));
    })();
  });
  await listening(server, options);
  return {
    url: urlOf(server, options),
    shut: () => {
      open = false;
      server.close();
    },
    close: async () => {
      server.close();
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => sockets.close(resolve));
    },
  };
}

const closing: Refusal = { status: 503, message: 'it is being stopped' };

function serverOf(tls: DoorOptions<never>['tls']): Server {
  if (tls === null) return createServer();
  try {
    return createSecureServer(tls);
  } catch (error) {
    // What OpenSSL calls it, without where in its code.
    const { message, reason: why = message } = error as Error & { reason?: string };
    throw new NetgoatError('usage', `the certificate and its key cannot be used: ${why}`, { cause: error });
  }
}

/** Why an address cannot be listened on, and what to do then. */
const NOT_LISTENING: Record<string, [string, string]> = {
  EADDRINUSE: ['something listens there already', 'end that, or take another port; port 0 is a free one'],
  EADDRNOTAVAIL: ['that is no address of this machine', 'give one that it has, such as 127.0.0.1 or 0.0.0.0'],
  EACCES: ['this user may not', 'ports below 1024 are for privileged users; take another'],
  ENOTFOUND: ['there is no host of this name', 'give an address of this machine'],
};

async function listening(server: Server, { host, port }: Address): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const [why = message, hint] = NOT_LISTENING[code] ?? [];
    const more = hint === undefined ? { cause: error } : { hint, cause: error };
    throw new NetgoatError('usage', `cannot listen on ${host}:${port}: ${why}`, more);
  }
}

function urlOf(server: Server, { host, tls }: Address & Pick<DoorOptions<never>, 'tls'>): string {
  const { port } = server.address() as AddressInfo;
  return `${tls === null ? 'ws' : 'wss'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const onlySockets: RequestListener = (_, response) => {
  response.writeHead(426, { Upgrade: 'websocket' }).end();
};

async function admitted<V>(
  options: DoorOptions<V>,
  request: IncomingMessage,
): Promise<V | { refused: Refusal }> {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim());
  if (!offered.includes(PROTOCOL)) {
    return { refused: { status: 400, message: `it speaks the subprotocol ${PROTOCOL} only` } };
  }
  try {
    return await options.admit(request);
  } catch {
    return { refused: { status: 503, message: 'it cannot look up who you are; try again' } };
  }
}

function isRefused<V>(visitor: V | { refused: Refusal }): visitor is { refused: Refusal } {
  return typeof visitor === 'object' && visitor !== null && 'refused' in visitor;
}

const REASONS = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  503: 'Service Unavailable',
} as const;

function refuse(socket: Duplex, { status, message }: Refusal): void {
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(message)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${message}`);
}

/** The token that a request shows; null without one. */
export function bearerOf({ headers }: IncomingMessage): string | null {
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}
