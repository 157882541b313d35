import type { Report } from '../reports.ts';
import type { Block } from './blocks.ts';
import { newEntry } from './entry.ts';
import { readJsonLog } from './json-log.ts';
import { readNcsa } from './ncsa.ts';
import type { Tally } from './tally.ts';
import { Clock } from './times.ts';

/** A report that stood in a line. */
export interface FoundReport {
  line: number;
  /** The name of the node that made it; undefined where it names none. */
  node: string | undefined;
  report: Report;
}

/** Looks whether JSON is a report, and whether it is as it should be. */
export type ReadReport = (
  json: Record<string, unknown>,
) => { node?: string; report: Report } | { fault: string } | null;

/** Told of the lines of a log. */
export interface LineSink {
  tally: Tally;
  addReport(found: FoundReport): void;
  addMalformed(line: number, why: string, text: string): void;
}

const [NEWLINE, RETURN, BRACE] = ['\n', 13, 123] as const;
const MOST_SHOWN = 120;

/** Looks whether a line is one that tells a log from others: it says when something happened. */
export function tellsOfRequest(now: () => Date): (line: string) => boolean {
  const [entry, clock] = [newEntry(), new Clock(now)];
  return (line) => line.charCodeAt(0) === BRACE || readNcsa(line, entry, clock) === null;
}

/** Reads the lines of a log, each by itself: reports, JSON access logs, NCSA access logs. */
export class LineReader {
  /** Those that were read, empty ones left out. */
  lines = 0;
  /** The number of the last line. */
  number: number;
  readonly #clock: Clock;
  readonly #readReport: ReadReport;
  readonly #sink: LineSink;
  readonly #entry = newEntry();

  /** @param number lines before the first one that is read. */
  constructor(
    number: number,
    { clock, readReport, sink }: { clock: Clock; readReport: ReadReport; sink: LineSink },
  ) {
    this.number = number;
    this.#clock = clock;
    this.#readReport = readReport;
    this.#sink = sink;
  }

  read({ kind, bytes }: Block): void {
    if (kind === 'part' || kind === 'left') return;
    if (kind === 'lines') return this.#readLines(bytes);
    this.number += 1;
    if (kind === 'rest') return;
    this.lines += 1;
    this.#sink.addMalformed(this.number, 'it is longer than 1 MiB', '');
  }

  /** In a text of one byte a character, so that a place in it is one in the bytes. */
  #readLines(bytes: Buffer): void {
    const text = bytes.toString('latin1');
    for (let start = 0; start < text.length;) {
      const newline = text.indexOf(NEWLINE, start);
      const next = newline < 0 ? text.length : newline + 1;
      let end = newline < 0 ? text.length : newline;
      if (end > start && text.charCodeAt(end - 1) === RETURN) end -= 1;
      this.number += 1;
      if (end > start) {
        this.lines += 1;
        const why =
          text.charCodeAt(start) === BRACE
            ? this.#readJson(bytes.toString('utf8', start, end))
            : this.#readLog(text.slice(start, end));
        if (why !== null) {
          this.#sink.addMalformed(
            this.number,
            why,
            bytes.toString('utf8', start, Math.min(end, start + MOST_SHOWN)),
          );
        }
      }
      start = next;
    }
  }

  #readLog(line: string): string | null {
    const why = readNcsa(line, this.#entry, this.#clock);
    if (why === null) this.#sink.tally.add(this.#entry);
    return why;
  }

  #readJson(line: string): string | null {
    let json: Record<string, unknown>;
    try {
      json = JSON.parse(line) as Record<string, unknown>;
    } catch {
      return 'it is not JSON';
    }
    const report = this.#readReport(json);
    if (report !== null) {
      if ('fault' in report) return report.fault;
      this.#sink.addReport({ line: this.number, node: report.node, report: report.report });
      return null;
    }
    const why = readJsonLog(json, this.#entry, this.#clock);
    if (why === null) this.#sink.tally.add(this.#entry);
    return why;
  }
}
