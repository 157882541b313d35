import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChannelClosed } from '../protocol/channel.ts';
import type { Channel } from '../protocol/channel.ts';
import { MOST_FROM_EDGE, MOST_REPORTED, newFrame } from '../protocol/frames.ts';
import type { EdgeReportData } from '../protocol/frames.ts';
import type { NodeEvent } from './events.ts';
import type { NodeStore } from './node-store.ts';

type Reported = EdgeReportData['domains'][number];

/** What a node makes up. */
export interface MadeUp {
  readonly everyMs: number;
  /** How many 502s in a row each domain answers; null for a few, now and then. */
  readonly streak: number | null;
}

/**
 * Reports made-up traffic of the domains that a node holds, one report at a time: it is sent again, as the same, until
 * the control plane has answered it, over another connection too.
 */
export class Reporter {
  readonly #store: NodeStore;
  readonly #made: MadeUp;
  readonly #say: (event: NodeEvent) => void;
  #from = new Date();
  /** Of the window that is being reported. */
  #reports: AsyncGenerator<EdgeReportData> | null = null;
  #pending: EdgeReportData | null = null;
  #nonce = '';
  #answered = new AbortController();

  constructor(store: NodeStore, made: MadeUp, say: (event: NodeEvent) => void) {
    this.#store = store;
    this.#made = made;
    this.#say = say;
  }

  /** Reports on a channel until it is gone. */
  async run(channel: Channel, gone: AbortSignal): Promise<void> {
    try {
      for (;;) {
        const report = (this.#pending ??= await this.#next(gone));
        const frame = newFrame('report', report);
        this.#nonce = frame.nonce;
        this.#answered = new AbortController();
        const { signal } = this.#answered;
        await channel.send(frame);
        this.#say({ event: 'reported', reportId: report.reportId, domains: report.domains.length });
        if (!signal.aborted) await once(signal, 'abort', { signal: gone });
      }
    } catch (error) {
      // The channel has ended; what is pending waits for the next one.
      if (!gone.aborted && !(error instanceof ChannelClosed)) throw error;
    }
  }

  /** The control plane has a report. */
  taken(reportId: string): void {
    if (this.#pending?.reportId !== reportId) return;
    this.#say({ event: 'report-taken', reportId });
    this.#done();
  }

  /** The control plane refused the frame of this nonce: if it was a report, it is not sent again. */
  refused(nonce: string, message: string): void {
    if (this.#pending === null || nonce !== this.#nonce) return;
    this.#say({ event: 'report-refused', reportId: this.#pending.reportId, message });
    this.#done();
  }

  async close(): Promise<void> {
    await this.#reports?.return(undefined);
  }

  #done(): void {
    this.#pending = null;
    this.#answered.abort();
  }

  async #next(gone: AbortSignal): Promise<EdgeReportData> {
    for (;;) {
      const { value } = (await this.#reports?.next()) ?? {};
      if (value !== undefined) return value as EdgeReportData;
      await sleep(this.#made.everyMs, undefined, { signal: gone });
      const to = new Date();
      const window = { from: this.#from.toISOString(), to: to.toISOString() };
      this.#reports = reportsOf(this.#store, window, this.#made.streak);
      this.#from = to;
    }
  }
}

/** As many reports as the domains take. */
async function* reportsOf(
  store: NodeStore,
  window: EdgeReportData['window'],
  streak: number | null,
): AsyncGenerator<EdgeReportData> {
  let domains: Reported[] = [];
  let size = 0;
  const report = (): EdgeReportData => ({ reportId: randomUUID(), window, domains });
  for await (const { domain } of store.domains()) {
    const made = traffic(domain.hostname, streak);
    domains.push(made);
    size += JSON.stringify(made).length;
    if (domains.length < MOST_REPORTED && size < MOST_FROM_EDGE / 2) continue;
    yield report();
    [domains, size] = [[], 0];
  }
  if (domains.length > 0) yield report();
}

/** Numbers that fit together: each request has one status, and none is blocked, cached or failed without being there. */
function traffic(hostname: string, streak: number | null): Reported {
  const [found, blocked, failed] = [1 + randomInt(1_000), randomInt(20), streak ?? randomInt(5)];
  const status = { '200': found, '403': blocked, '502': failed };
  const requests = found + blocked + failed;
  return {
    hostname,
    requests,
    bytesIn: requests * randomInt(200, 800),
    bytesOut: requests * randomInt(500, 20_000),
    status,
    cacheHits: randomInt(found + 1),
    wafBlocked: blocked,
    badGatewayStreak: streak ?? randomInt(failed + 1),
  };
}
