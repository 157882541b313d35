import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request as it came, byte for byte. */
export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** How a receiver answers: a status, with headers, `endless` with a body that never ends, `never` not at all. */
type Answer = number | 'never' | 'endless' | { status: number; headers: Record<string, string> };

/** A server that takes webhooks. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** The next so many requests; waits for them. */
  next(count?: number): Promise<Received[]>;
  /** The answers to the requests that follow, the last one for all after. */
  answer(...answers: Answer[]): void;
  stop(): Promise<void>;
}

/** Starts a receiver, which takes everything until it is told otherwise; it ends with the test. */
export async function startReceiver(): Promise<Receiver> {
  let answers: Answer[] = [204];
  let given = 0;
  const received: Received[] = [];
  let wake: (() => void)[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { method = '', url: path = '', headers } = request;
      received.push({ method, path, headers, body });
      for (const woken of wake.splice(0)) woken();
      give(response, answers.length > 1 ? answers.shift()! : answers[0]!);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  onTestFinished(stop);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    next: async (count = 1) => {
      while (received.length < given + count) await new Promise<void>((woken) => wake.push(woken));
      given += count;
      return received.slice(given - count, given);
    },
    answer: (...next) => {
      answers = next;
    },
    stop,
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function give(response: ServerResponse, answer: Answer): void {
  if (answer === 'never') return;
  if (typeof answer === 'object') return void response.writeHead(answer.status, answer.headers).end();
  if (typeof answer === 'number') return void response.writeHead(answer).end();
  response.on('error', () => undefined);
  const more = (): void => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536, 'x')));
  };
  response.on('drain', more);
  response.writeHead(200);
  more();
}
