import type { Part } from './transfer.ts';

/** What a node refuses on purpose, and in which words. */
export class NackRule {
  readonly #message: string;
  readonly #versions: ReadonlySet<number>;
  readonly #hostnames: ReadonlySet<string>;
  /** Of the transfer that is coming in. */
  #seen = new Set<string>();

  /** @param only these versions, or what has one of these hostnames in it; where both are empty, everything. */
  constructor(message: string, only: { versions: readonly number[]; hostnames: readonly string[] }) {
    this.#message = message;
    this.#versions = new Set(only.versions);
    this.#hostnames = new Set(only.hostnames);
  }

  /** Takes note of what a part brings. */
  look(part: Part): void {
    if (part.part === 1) this.#seen = new Set();
    for (const { hostname } of part.type === 'snapshot' ? part.domains : part.upserts) {
      if (this.#hostnames.has(hostname)) this.#seen.add(hostname);
    }
  }

  /** The errors to refuse a version with; null to take it. */
  refusalOf(version: number): { hostname?: string; message: string }[] | null {
    const message = this.#message;
    const seen = [...this.#seen];
    this.#seen = new Set();
    if (seen.length > 0) return seen.map((hostname) => ({ hostname, message }));
    const isAny = this.#versions.size === 0 && this.#hostnames.size === 0;
    return isAny || this.#versions.has(version) ? [{ message }] : null;
  }
}
