import type { Session, Store } from '../database/store.ts';
import { newChecksum } from './checksum.ts';
import { mergedDomains } from './merge.ts';
import { readWhole } from './read-whole.ts';
import type { EdgeScope } from './scope.ts';
import { Spool } from './spool.ts';

/** The merged state of a scope at one version, kept apart from the store so that a slow reader holds nothing up. */
export interface Payload {
  readonly version: number;
  readonly checksum: string;
  /** How many domains it has. */
  readonly count: number;
  /** Each domain as one line of JSON, sorted by hostname; can be read again. */
  lines(): AsyncIterable<string>;
  close(): Promise<void>;
}

/** Is told each domain's hash as it is read; from the beginning where the store has to be read again. */
export interface HashTaker {
  clear(): void;
  set(hostname: string, hash: string): void;
}

/**
 * Reads the payload of a scope: all of one state of the store, see `readWhole`.
 * @throws NetgoatError conflict: as `readWhole`; failed: a stored document is damaged.
 */
export async function readPayload(store: Store, scope: EdgeScope, hashes?: HashTaker): Promise<Payload> {
  const spool = new Spool();
  try {
    return await readWhole(store, scope, async (session, version) => {
      await spool.clear();
      hashes?.clear();
      return gather(store, scope, version, spool, session, hashes);
    });
  } catch (error) {
    await spool.clear();
    throw error;
  }
}

async function gather(
  store: Store,
  scope: EdgeScope,
  version: number,
  spool: Spool,
  session: Session,
  hashes: HashTaker | undefined,
): Promise<Payload> {
  const checksum = newChecksum();
  let count = 0;
  for await (const domain of mergedDomains(store, scope, session)) {
    const hash = checksum.add(domain);
    hashes?.set(domain.hostname, hash);
    count += 1;
    await spool.add(JSON.stringify(domain));
  }
  return {
    version,
    checksum: checksum.digest(),
    count,
    lines: () => spool.lines(),
    close: () => spool.clear(),
  };
}
