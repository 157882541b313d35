import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical.ts';
import type { EdgeDomain } from './schema.ts';

/**
 * The checksum of a payload: SHA-256 of the lines `<hostname> <SHA-256 of the domain's RFC 8785 form>\n`, both in hex,
 * sorted by hostname. It is built domain by domain, so that it takes no memory.
 */
export interface Checksum {
  /**
   * @returns the line's own hash, of the domain alone.
   * @throws RangeError: the domain does not come after the one before it.
   */
  add(domain: EdgeDomain): string;
  /** The checksum of what was added; nothing can be added afterwards. */
  digest(): string;
}

/** The checksum of no domains, to add them to. */
export function newChecksum(): Checksum {
  const lines = createHash('sha256');
  let last = '';
  return {
    add: (domain) => {
      const { hostname } = domain;
      if (hostname <= last) throw new RangeError(`domain ${hostname} comes after ${last}: not sorted`);
      last = hostname;
      const hash = domainHash(domain);
      lines.update(`${hostname} ${hash}\n`);
      return hash;
    },
    digest: () => lines.digest('hex'),
  };
}

/** SHA-256 of the domain's RFC 8785 form, in hex. */
export function domainHash(domain: EdgeDomain): string {
  return createHash('sha256').update(canonicalJson(domain), 'utf8').digest('hex');
}

/** The hashes of domains that come and go one by one: a changed domain costs one hash, and the checksum one pass. */
export class DomainHashes {
  readonly #hashes = new Map<string, string>();
  /** Null after a hostname came or went. */
  #sorted: string[] | null = null;

  get size(): number {
    return this.#hashes.size;
  }

  clear(): void {
    this.#hashes.clear();
    this.#sorted = null;
  }

  set(hostname: string, hash: string): void {
    if (!this.#hashes.has(hostname)) this.#sorted = null;
    this.#hashes.set(hostname, hash);
  }

  /** @returns whether it was there. */
  delete(hostname: string): boolean {
    const there = this.#hashes.delete(hostname);
    if (there) this.#sorted = null;
    return there;
  }

  get(hostname: string): string | undefined {
    return this.#hashes.get(hostname);
  }

  /** The checksum of all of them. */
  digest(): string {
    this.#sorted ??= [...this.#hashes.keys()].toSorted();
    const lines = createHash('sha256');
    for (const hostname of this.#sorted) lines.update(`${hostname} ${this.#hashes.get(hostname)}\n`);
    return lines.digest('hex');
  }
}
