import { NetgoatError } from '../../errors.ts';
import { addTraffic } from '../../models/analytics-data.ts';
import type { Traffic } from '../../models/analytics-data.ts';
import { MINUTE_MS } from '../traffic.ts';
import type { Increment } from '../traffic.ts';
import type { Hosts, Owner } from './hosts.ts';
import type { FoundReport, LineSink } from './lines.ts';
import type { Malformed, Totals } from './summary.ts';
import { Tally } from './tally.ts';

/** What a chunk may come to before it is written. */
const MOST = { bytes: 32 * 1024 * 1024, cells: 5_000, reports: 200 } as const;

/** What was read of a log and is not yet written. */
export class Chunk implements LineSink {
  readonly tally = new Tally();
  /** The number of the first line in it. */
  since: number;
  readonly #strict: boolean;
  readonly #totals: Totals;
  #reports: FoundReport[] = [];

  constructor(totals: Totals, strict: boolean, since: number) {
    this.since = since;
    this.#totals = totals;
    this.#strict = strict;
  }

  addReport(found: FoundReport): void {
    this.#reports.push(found);
  }

  /** @throws NetgoatError usage: every line is to be one that counts. */
  addMalformed(line: number, why: string, text: string): void {
    if (this.#strict) throw malformed({ line, why, text }, this.since);
    this.#totals.addMalformed(line, why, text);
  }

  /** Whether it is to be written before more is read. */
  isFull(bytes: number): boolean {
    return bytes >= MOST.bytes || this.tally.cells >= MOST.cells || this.#reports.length >= MOST.reports;
  }

  /** What is to be counted; the chunk is empty then. */
  async take(hosts: Hosts): Promise<{ increments: Increment[]; reports: FoundReport[] }> {
    const reports = this.#reports;
    this.#reports = [];
    const traffic = this.tally.take();
    const owners = await hosts.resolve(traffic.keys());
    const sums = new Map<string, Increment>();
    for (const [host, minutes] of traffic) {
      const owner = owners.get(host) ?? null;
      const requests = [...minutes.values()].reduce((sum, each) => sum + each.requests, 0);
      if (owner === null) {
        this.#totals.addUnknown(host, requests);
        continue;
      }
      this.#totals.addCounted(owner.hostname, requests);
      for (const [minute, each] of minutes) {
        this.#totals.addTime(minute * MINUTE_MS);
        add(sums, owner, minute, each);
      }
    }
    return { increments: [...sums.values()], reports };
  }
}

/** Several hosts may belong to one domain. */
function add(
  sums: Map<string, Increment>,
  { _id: domainId, teamId }: Owner,
  minute: number,
  traffic: Traffic,
): void {
  const key = `${String(domainId)} ${minute}`;
  const sum = sums.get(key);
  if (sum !== undefined) return addTraffic(sum.traffic, traffic);
  const bucket = new Date(minute * MINUTE_MS);
  sums.set(key, { teamId, domainId, granularity: 'minute', bucket, traffic });
}

/** The error for a line that does not count where each is to. */
function malformed({ line, why, text }: Malformed, since: number): NetgoatError {
  return new NetgoatError('usage', `line ${line}: ${why}${text === '' ? '' : `: ${text}`}`, {
    hint: `nothing was counted from line ${since} on; without --strict such lines are passed over`,
  });
}
