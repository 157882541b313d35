import { createServer, type Server, type Socket } from 'node:net';
import type { Document } from 'bson';
import { hello } from '../commands/administration.ts';
import type { Engine } from '../commands/command.ts';
import { execute } from '../commands/execute.ts';
import { errorReply, ServerError } from '../server-error.ts';
import { MAX_MESSAGE, messageReply, OPCODE, parseMessage, parseQuery, queryReply } from './message.ts';

/** The listener of an opened store. */
export interface WireServer {
  close(): Promise<void>;
}

/** A socket path, for this process alone, or an address for others. */
export type Endpoint = { readonly path: string } | { readonly host: string; readonly port: number };

/**
 * Listens and answers the wire protocol. Commands of one connection run one after the other.
 * When the last connection is gone, cursors and sessions are ended: nobody can come back for them.
 */
export async function listen(engine: Engine, at: Endpoint): Promise<WireServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.unref();
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) engine.cursors.expire(true);
    });
    serve(socket, engine, ++connections);
  });
  await bind(server, at);
  if ('path' in at) server.unref();
  return {
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function bind(server: Server, at: Endpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function serve(socket: Socket, engine: Engine, connectionId: number): void {
  let last = Promise.resolve();
  readMessages(socket, (message) => {
    last = last
      .then(() => answer(message, engine, connectionId))
      .then((reply) => {
        if (reply && !socket.destroyed) socket.write(reply);
      })
      .catch(() => {
        socket.destroy();
      });
  });
}

/** Puts the chunks of a socket together to messages. A message of an impossible size ends the connection. */
function readMessages(socket: Socket, take: (message: Buffer) => void): void {
  let chunks: Buffer[] = [];
  let have = 0;
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    have += chunk.length;
    while (have >= 4) {
      if ((chunks[0] as Buffer).length < 4) chunks = [Buffer.concat(chunks)];
      const size = (chunks[0] as Buffer).readInt32LE(0);
      if (size < 16 || size > MAX_MESSAGE) {
        socket.destroy();
        return;
      }
      if (have < size) return;
      const all = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      take(all.subarray(0, size));
      chunks = have > size ? [all.subarray(size)] : [];
      have -= size;
    }
  });
}

async function answer(message: Buffer, engine: Engine, connectionId: number): Promise<Buffer | undefined> {
  const request = message.readInt32LE(4);
  const opcode = message.readInt32LE(12);
  if (opcode === OPCODE.message) {
    const { command, wantsReply } = parseMessage(message);
    const reply = await execute(engine, command, connectionId);
    return wantsReply ? messageReply(reply, request) : undefined;
  }
  if (opcode === OPCODE.query)
    return queryReply(helloOnly(parseQuery(message), engine, connectionId), request);
  throw new RangeError(`unknown opcode ${opcode}`);
}

function helloOnly(query: Document, engine: Engine, connectionId: number): Document {
  if (/^(hello|ismaster)$/i.test(Object.keys(query)[0] ?? '')) return hello(engine, connectionId);
  return errorReply(new ServerError(352, 'Unsupported OP_QUERY command: use OP_MSG'));
}
