/*
 * Many edge nodes in one process, to measure what they are sent and when: each confirms what comes with the checksum
 * that was sent, without looking at the domains. `fleet.ts URL COUNT FILE`; the bearer token is in NETGOAT_EDGE_TOKEN.
 * It prints one line of JSON for each ACK; the last frame of the first node is left in FILE. With `--raw PARTS` they
 * are sockets of no protocol, which answer every so many messages.
 */
import { writeFileSync } from 'node:fs';
import { WebSocket } from 'ws';

const [url = '', count = '1', file = '', raw, parts = '1'] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${process.env['NETGOAT_EDGE_TOKEN'] ?? ''}` };
const ANSWER = 'a'.repeat(250);

for (let at = 0; at < Number(count); at += 1) {
  if (raw === '--raw') answerEvery(Number(parts));
  else beNode(`edge-${at}`);
}

function answerEvery(messages: number): void {
  const socket = new WebSocket(url);
  let received = 0;
  socket.on('message', () => {
    received += 1;
    if (received % messages === 0) socket.send(ANSWER);
  });
}

function beNode(node: string): void {
  const socket = new WebSocket(url, 'netgoat.edge.v1', { headers });
  let [bytes, nonces] = [0, 0];
  const say = (type: string, data: object): void => {
    const timestamp = new Date().toISOString();
    socket.send(JSON.stringify({ type, nonce: `${node}-${(nonces += 1)}`, timestamp, data }));
  };
  socket.on('open', () => say('hello', { node, version: null, checksum: null }));
  socket.on('message', (message: Buffer) => {
    bytes += message.length;
    const { type, nonce, data } = headOf(message);
    if (data.part !== data.parts) return;
    say('ack', { re: nonce, version: data.version, checksum: data.checksum });
    if (node === 'edge-0') writeFileSync(file, message);
    const { version } = data;
    process.stdout.write(`${JSON.stringify({ node, by: type, version, bytes, at: Date.now() })}\n`);
    bytes = 0;
  });
  socket.on('close', (code, reason) => {
    // Revoked at the end of the measurement.
    if (code !== 1008) process.stderr.write(`${node} was closed: ${code} ${reason.toString()}\n`);
  });
}

interface Head {
  type: string;
  nonce: string;
  data: { version: number; checksum: string; part?: number; parts?: number };
}

/** A part's own fields stand before its domains, which need not be parsed. */
function headOf(message: Buffer): Head {
  const text = message.toString('utf8', 0, 1_000);
  const end = /,"(?:domains|base)":/.exec(text)?.index;
  return JSON.parse(end === undefined ? message.toString() : `${text.slice(0, end)}}}`) as Head;
}
