import { MINUTE_MS } from '../traffic.ts';

const MOST_SHOWN = 5;

/** A line that could not be read. */
export interface Malformed {
  line: number;
  why: string;
  /** How it begins. */
  text: string;
}

/** What came of reading a log. */
export interface Summary {
  /** Lines that were read, empty ones left out. */
  lines: number;
  /** Requests that were counted. */
  counted: number;
  /** Reports that were counted, and those that had been before. */
  reports: number;
  reportsAgain: number;
  malformed: number;
  /** Requests of hosts that have no domain within reach. */
  unknownHosts: number;
  /** Bytes that had been counted before. */
  again: number;
  /** Bytes that had been counted before and were counted once more. */
  repeated: number;
  /** Bytes of a last line that lacks its end. */
  left: number;
  domains: { domain: string; requests: number }[];
  /** The first and the last minute of which something was counted. */
  from: Date | null;
  to: Date | null;
  /** Some of what was not counted. */
  shown: { malformed: Malformed[]; unknownHosts: string[] };
}

/** Adds up what comes of reading a log. */
export class Totals {
  lines = 0;
  counted = 0;
  reports = 0;
  reportsAgain = 0;
  malformed = 0;
  again = 0;
  repeated = 0;
  left = 0;
  #unknown = 0;
  readonly #malformed: Malformed[] = [];
  readonly #unknownHosts = new Set<string>();
  readonly #domains = new Map<string, number>();
  #first = Infinity;
  #last = -Infinity;

  /** @param text how the line begins. */
  addMalformed(line: number, why: string, text: string): void {
    this.malformed += 1;
    if (this.#malformed.length < MOST_SHOWN) this.#malformed.push({ line, why, text });
  }

  addUnknown(host: string, requests: number): void {
    this.#unknown += requests;
    if (this.#unknownHosts.size < MOST_SHOWN) this.#unknownHosts.add(host);
  }

  addCounted(domain: string, requests: number): void {
    this.counted += requests;
    this.#domains.set(domain, (this.#domains.get(domain) ?? 0) + requests);
  }

  /** Milliseconds since 1970. */
  addTime(ms: number): void {
    this.#first = Math.min(this.#first, ms);
    this.#last = Math.max(this.#last, ms);
  }

  summary(): Summary {
    const domains = [...this.#domains].map(([domain, requests]) => ({ domain, requests }));
    return {
      lines: this.lines,
      counted: this.counted,
      reports: this.reports,
      reportsAgain: this.reportsAgain,
      malformed: this.malformed,
      again: this.again,
      repeated: this.repeated,
      left: this.left,
      unknownHosts: this.#unknown,
      domains: domains.toSorted((a, b) => b.requests - a.requests || (a.domain < b.domain ? -1 : 1)),
      from: minuteOf(this.#first),
      to: minuteOf(this.#last),
      shown: { malformed: this.#malformed, unknownHosts: [...this.#unknownHosts] },
    };
  }
}

function minuteOf(ms: number): Date | null {
  return Number.isFinite(ms) ? new Date(Math.floor(ms / MINUTE_MS) * MINUTE_MS) : null;
}
