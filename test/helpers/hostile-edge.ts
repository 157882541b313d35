import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { PROTOCOL } from '../../src/edge/protocol/frames.ts';

interface Hostile {
  url: string;
  /** The heads of the requests that came. */
  requests: string[];
}

/** A peer that does with the bytes of a connection what it likes. */
export async function rawServer(talk: (socket: Socket) => void): Promise<Hostile> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => requests.push(data.toString('latin1')));
    talk(socket);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: await listening(server), requests };
}

/** A peer that answers each request with these bytes. */
export function answering(bytes: string): Promise<Hostile> {
  return rawServer((socket) => socket.once('data', () => socket.end(bytes)));
}

/** A peer that takes the upgrade and then says what it likes. */
export async function socketServer(
  talk: (socket: WebSocket, request: IncomingMessage) => void,
  protocols: readonly string[] = [PROTOCOL],
): Promise<Hostile> {
  const requests: string[] = [];
  const server = createServer();
  const sockets = new WebSocketServer({
    server,
    perMessageDeflate: true,
    handleProtocols: (offered) => protocols.find((each) => offered.has(each)) ?? false,
  });
  sockets.on('connection', (socket, request) => {
    requests.push(JSON.stringify(request.headers));
    socket.on('error', () => undefined);
    talk(socket, request);
  });
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
  });
  return { url: await listening(server), requests };
}

/** A frame as a text. */
export function frame(type: string, data: object): string {
  return JSON.stringify({ type, nonce: `${type}-1`, timestamp: new Date().toISOString(), data });
}

/** What a fresh node says first. */
export const hello = (node = 'hostile') => frame('hello', { node, version: null, checksum: null });

async function listening(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
