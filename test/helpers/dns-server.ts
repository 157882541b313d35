import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

/** A DNS server on loopback that answers TXT questions from a table, NXDOMAIN to others; gives its address. */
export async function dnsServer(texts: Map<string, string[]>): Promise<{ address: string; close(): void }> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => socket.send(answer(query, texts), port, address));
  await new Promise<void>((listening) => socket.bind(0, '127.0.0.1', listening));
  return { address: `127.0.0.1:${(socket.address() as AddressInfo).port}`, close: () => socket.close() };
}

function answer(query: Buffer, texts: Map<string, string[]>): Buffer {
  let end = 12;
  const labels: string[] = [];
  while (query[end]! > 0) {
    labels.push(query.toString('latin1', end + 1, end + 1 + query[end]!));
    end += query[end]! + 1;
  }
  const question = query.subarray(12, end + 5);
  const records = (texts.get(labels.join('.').toLowerCase()) ?? []).map((text) =>
    txtRecord(Buffer.from(text)),
  );
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(records.length > 0 ? 0x8180 : 0x8183, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, question, ...records]);
}

/** Name: a pointer to the question; type TXT, class IN, TTL 1. */
function txtRecord(text: Buffer): Buffer {
  const head = Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 1, 0, text.length + 1, text.length]);
  return Buffer.concat([head, text]);
}
