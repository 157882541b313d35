import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical.ts';
import type { EdgeDomain } from './schema.ts';

/**
 * The checksum of a payload: SHA-256 of the lines `<hostname> <SHA-256 of the domain's RFC 8785 form>\n`, both in hex,
 * sorted by hostname. It is built domain by domain, so that it takes no memory.
 */
export interface Checksum {
  /** @throws RangeError: the domain does not come after the one before it. */
  add(domain: EdgeDomain): void;
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
      lines.update(`${hostname} ${sha256(canonicalJson(domain))}\n`);
    },
    digest: () => lines.digest('hex'),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
