import type { PushWatch } from '../../edge/push/job.ts';
import type { PushRow } from '../../edge/push/row.ts';
import type { Progress } from '../../output/progress.ts';
import { inert } from '../../output/sanitize.ts';

const SHOWN_URLS = 20;
const MEBIBYTE = 1024 * 1024;

/** What is known of a push while it runs: what a terminal shows of it, and what is said when it is interrupted. */
export class PushWatcher implements PushWatch {
  readonly #urls: readonly string[];
  readonly #version: number;
  readonly #progress: Progress;
  readonly #warn: (line: string) => void;
  readonly #begun = new Set<string>();
  readonly #bytes = new Map<string, number>();
  readonly #led = new Set<string>();
  readonly #rows = new Map<string, PushRow>();

  constructor(urls: readonly string[], version: number, progress: Progress, warn: (line: string) => void) {
    [this.#urls, this.#version, this.#progress, this.#warn] = [urls, version, progress, warn];
    this.#show();
  }

  began(url: string): void {
    this.#begun.add(url);
  }

  ledBack(url: string, node: string, from: number): void {
    if (this.#led.has(url)) return;
    this.#led.add(url);
    this.#progress.clear();
    this.#warn(inert(`${node} (${url}) runs version ${from}, and is led back to version ${this.#version}`));
  }

  sent(url: string, bytes: number): void {
    this.#bytes.set(url, bytes);
    this.#show();
  }

  done(row: PushRow): void {
    this.#rows.set(row.url, row);
    this.#show();
  }

  /** Lines for stderr: what is known of each edge now that nobody will hear its answer. */
  interrupted(): string {
    const rows = [...this.#rows.values()];
    const acked = rows.filter(({ result }) => result === 'acked').length;
    const open = this.#urls.filter((url) => !this.#rows.has(url));
    const unknown = [
      ...rows.filter(({ result }) => result === 'unknown').map(({ url }) => url),
      ...open.filter((url) => this.#begun.has(url)),
    ];
    const untouched = open.filter((url) => !this.#begun.has(url));
    const what = `error: interrupted: ${acked} of ${this.#urls.length} edges confirmed version ${this.#version}\n`;
    return `${what}${named('  unknown, it may run either version: ', unknown)}${named('  was sent nothing: ', untouched)}`;
  }

  #show(): void {
    const bytes = [...this.#bytes.values()].reduce((sum, each) => sum + each, 0);
    const sent = bytes < MEBIBYTE ? '' : `, ${Math.round(bytes / MEBIBYTE)} MiB sent`;
    this.#progress.report(`Pushing version ${this.#version}${sent}`, this.#rows.size, this.#urls.length);
  }
}

function named(what: string, urls: readonly string[]): string {
  if (urls.length === 0) return '';
  const more = urls.length > SHOWN_URLS ? [`and ${urls.length - SHOWN_URLS} more`] : [];
  return `${what}${[...urls.slice(0, SHOWN_URLS), ...more].map(inert).join(', ')}\n`;
}
