import { timingSafeEqual, createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { NetgoatError } from '../../errors.ts';
import { MOST_FROM_CONTROL, PROTOCOL } from '../protocol/frames.ts';

/** Where an edge is pushed to. */
export interface Listening {
  host: string;
  port: number;
  /** What one who connects must show, if anything. */
  token: string | undefined;
  /** PEM texts; without them it is plain ws. */
  tls: { cert: string; key: string } | null;
  autoPong: boolean;
}

/** A door that control planes come to. */
export interface Door {
  /** With the port that it really has. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Listens for control planes.
 * @param meet is given each socket that speaks netgoat.edge.v1 and has shown the token.
 * @throws NetgoatError usage: the address is taken or not this machine's, or the certificate does not fit the key.
 */
export async function listen(
  { host, port, token, tls, autoPong }: Listening,
  meet: (socket: WebSocket, request: IncomingMessage) => void,
): Promise<Door> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_FROM_CONTROL,
    perMessageDeflate: true,
    autoPong,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  const server = serverOf(tls);
  server.on('request', (_, response) => response.writeHead(426, { Upgrade: 'websocket' }).end());
  server.on('upgrade', (request, socket, head) => {
    const refusal = refusalOf(request, token);
    if (refusal !== null) return refuse(socket, refusal);
    sockets.handleUpgrade(request, socket, head, (opened) => meet(opened, request));
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new NetgoatError('usage', `cannot listen on ${host}:${port}: ${(error as Error).message}`, {
      hint: 'port 0 takes one that is free',
      cause: error,
    });
  }
  const { port: real } = server.address() as AddressInfo;
  return {
    url: `${tls === null ? 'ws' : 'wss'}://${host.includes(':') ? `[${host}]` : host}:${real}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await new Promise((resolve) => sockets.close(resolve));
    },
  };
}

function serverOf(tls: Listening['tls']): Server {
  if (tls === null) return createServer();
  try {
    return createSecureServer(tls);
  } catch (error) {
    throw new NetgoatError(
      'usage',
      `the certificate and its key cannot be used: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

const REASONS = { 400: 'Bad Request', 401: 'Unauthorized' } as const;

function refusalOf(request: IncomingMessage, token: string | undefined): keyof typeof REASONS | null {
  if (token !== undefined) {
    const shown = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (shown === undefined || !timingSafeEqual(digest(shown), digest(token))) return 401;
  }
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim());
  return offered.includes(PROTOCOL) ? null : 400;
}

function refuse(socket: Duplex, status: keyof typeof REASONS): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status} ${REASONS[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
