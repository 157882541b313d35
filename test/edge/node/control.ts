import { WebSocketServer } from 'ws';
import { onTestFinished } from 'vitest';
import { newChecksum } from '../../../src/edge/checksum.ts';
import { dial } from '../../../src/edge/dial.ts';
import { openChannel } from '../../../src/edge/protocol/channel.ts';
import type { Channel } from '../../../src/edge/protocol/channel.ts';
import { ControlEnd } from '../../../src/edge/protocol/control.ts';
import type { Brought, Held, ReportTaker } from '../../../src/edge/protocol/control.ts';
import { PROTOCOL } from '../../../src/edge/protocol/frames.ts';
import type { Delta, EdgeState } from '../../../src/edge/protocol/offer.ts';
import type { EdgeDomain } from '../../../src/edge/schema.ts';
import type { Signer } from '../../../src/edge/signature.ts';

/** A state of these domains, which need not be sorted. */
export function stateOf(version: number, domains: readonly EdgeDomain[]): EdgeState {
  const sorted = domains.toSorted((a, b) => (a.hostname < b.hostname ? -1 : 1));
  const checksum = newChecksum();
  for (const domain of sorted) checksum.add(domain);
  return {
    version,
    checksum: checksum.digest(),
    count: sorted.length,
    lines: async function* () {
      for (const domain of sorted) yield JSON.stringify(domain);
    },
  };
}

/** A control plane that has reached a node. */
export interface Control {
  channel: Channel;
  hello: Held & { node: string };
  bring(state: EdgeState, delta?: Delta | null, answerWithinMs?: number): Promise<Brought>;
}

async function meet(channel: Channel, sign: Signer | undefined, taker?: ReportTaker): Promise<Control> {
  const end = new ControlEnd(channel, taker);
  const hello = await end.hello(5_000);
  let held: Held = hello;
  return {
    channel,
    hello,
    bring: async (state, delta = null, answerWithinMs = 10_000) => {
      const brought = await end.bring(held, state, delta, { answerWithinMs, sign });
      if (brought.result === 'acked') held = { version: state.version, checksum: state.checksum };
      return brought;
    },
  };
}

/** Reaches a node that listens; the connection ends with the test. */
export async function reach(url: string, options: { token?: string; sign?: Signer } = {}): Promise<Control> {
  const channel = await dial(url, { token: options.token, withinMs: 5_000, maxPayload: 1024 * 1024 });
  onTestFinished(() => channel.close(1000, ''));
  return meet(channel, options.sign);
}

/** A control plane that nodes dial, which ends with the test. */
export async function serve(taker?: ReportTaker): Promise<{ url: string; met(): Promise<Control> }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => PROTOCOL });
  await new Promise((resolve) => server.once('listening', resolve));
  const channels: Channel[] = [];
  let wake: () => void = () => undefined;
  server.on('connection', (socket) => {
    channels.push(openChannel(socket));
    wake();
  });
  onTestFinished(async () => {
    for (const client of server.clients) client.terminate();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as { port: number };
  return {
    url: `ws://127.0.0.1:${port}`,
    met: async () => {
      for (;;) {
        const channel = channels.shift();
        if (channel !== undefined) return meet(channel, undefined, taker);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
