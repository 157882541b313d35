import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { detourOf } from '../../src/observe/probes/connect-to.ts';
import { probe } from '../../src/observe/probes/probe.ts';
import { certificateFor } from '../helpers/certificates.ts';

const HOST = 'shop.example.com';
const KNOWN = { status: 'Active', issuer: null, notBefore: null, notAfter: null, fingerprint: null } as const;

let folder: string;
let secrets: { cert: Buffer; key: Buffer };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netgoat-hostile-'));
  const { cert, key } = await certificateFor(folder, `DNS:${HOST}`);
  secrets = { cert: await readFile(cert), key: await readFile(key) };
});

afterAll(async () => rm(folder, { recursive: true, force: true }));

/** Probes a server that treats its connections so. */
async function probed(treat: (socket: Socket) => void, { speaksTls = true, timeoutMs = 30_000 } = {}) {
  const sockets = new Set<Socket>();
  const taken = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    treat(socket);
  };
  const server = speaksTls ? tls.createServer(secrets, taken) : net.createServer(taken);
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return probe({ hostname: HOST, tls: KNOWN }, { timeoutMs, detour: detourOf([`::127.0.0.1:${port}`]) });
}

function repeatedly(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 20);
  socket.once('close', () => clearInterval(timer));
}

/** Where nothing comes there is no other way than to wait. */
function limitOf(words: string): { timeoutMs?: number } {
  return words.endsWith(' within 1 s') ? { timeoutMs: 1_000 } : {};
}

describe('a probe of a server', () => {
  it.each<[string, (socket: Socket) => void, string]>([
    ['closes at once', (socket) => socket.end(), 'it closed the connection before an answer'],
    ['says nothing', () => undefined, 'it did not answer within 1 s'],
    ['speaks something else', (socket) => socket.write('220 mail ready\r\n'), 'it does not speak HTTP'],
    [
      'begins an answer',
      (socket) => socket.write('HTTP/1.1 200 OK\r\nServer: s'),
      'it did not answer within 1 s',
    ],
    [
      'drips a head without end',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        repeatedly(socket, 'A: b\r\n');
      },
      'it did not answer within 1 s',
    ],
    [
      'sends a head without end',
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nA: ${'b'.repeat(100_000)}`),
      'the head of its answer is too long',
    ],
    [
      'says to go on, and on',
      (socket) => repeatedly(socket, 'HTTP/1.1 100 Continue\r\n\r\n'),
      'it did not answer within 1 s',
    ],
    [
      'changes to another protocol that nobody has asked for',
      (socket) =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
      'it closed the connection before an answer',
    ],
  ])('that %s: it is down, and its certificate was seen', async (_, treat, words) => {
    const { up, text, certificate } = await probed(treat, limitOf(words));
    expect(text).toContain(words);
    expect(up).toBe(false);
    expect(certificate?.subjectAltName).toBe(`DNS:${HOST}`);
  });

  it('that sends a page without end: it is up, and nobody reads it', async () => {
    const { up, text } = await probed((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      repeatedly(socket, 'more'.repeat(1_000));
    });
    expect(text).toContain('answered 200');
    expect(up).toBe(true);
  });

  it.each<[string, (socket: Socket) => void, string]>([
    ['takes no handshake', () => undefined, 'it did not finish the TLS handshake within 1 s'],
    ['resets it', (socket) => socket.resetAndDestroy(), 'it closed the connection before an answer'],
    ['closes within it', (socket) => socket.end(), 'it closed the connection before an answer'],
    ['answers it with a page', (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'), 'it does not speak TLS'],
  ])('that %s: it is down', async (_, treat, words) => {
    const { up, text, certificate } = await probed(treat, { speaksTls: false, ...limitOf(words) });
    expect(text).toContain(words);
    expect({ up, certificate }).toEqual({ up: false, certificate: null });
  });
});
