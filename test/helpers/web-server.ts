import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A web server on loopback. */
export interface WebServer {
  readonly port: number;
  /** What it answers from now on; null: it takes requests and says nothing. */
  answer(status: number | null, headers?: Record<string, string>): void;
  /** Does something first, when the next request comes. */
  before(work: () => Promise<unknown>): void;
  /** The heads of the requests that came, `GET shop.example.com /`. */
  readonly requests: string[];
  /** Shows another certificate from now on. */
  renew(certificate: { cert: string; key: string }): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one, which ends with the test; over TLS where it is given a certificate. */
export async function webServer(certificate?: { cert: string; key: string }): Promise<WebServer> {
  let answer: { status: number; headers: Record<string, string> } | null = { status: 200, headers: {} };
  let before = async (): Promise<unknown> => undefined;
  const requests: string[] = [];
  const listener: http.RequestListener = ({ method, url, headers }, response) => {
    requests.push(`${method} ${headers.host} ${url}`);
    void before().then(() => {
      if (answer !== null) response.writeHead(answer.status, answer.headers).end('a page');
    });
  };
  const server =
    certificate === undefined
      ? http.createServer(listener)
      : https.createServer(await contents(certificate), listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  onTestFinished(stop);
  return {
    port: (server.address() as AddressInfo).port,
    answer: (status, headers = {}) => {
      answer = status === null ? null : { status, headers };
    },
    before: (work) => {
      before = work;
    },
    requests,
    renew: async (other) => (server as https.Server).setSecureContext(await contents(other)),
    stop,
  };
}

async function contents({
  cert,
  key,
}: {
  cert: string;
  key: string;
}): Promise<{ cert: Buffer; key: Buffer }> {
  return { cert: await readFile(cert), key: await readFile(key) };
}
