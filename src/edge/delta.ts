import type { Delta, EdgeState } from './protocol/offer.ts';

/** What became of domains: their line as it is now, null for one that is gone. */
export type Changed = ReadonlyMap<string, string | null>;

/** Half of everything is more work for a node as a delta than the whole is. */
const WORTH = 0.5;
const FEW = 100;
/** Characters of domains that a delta holds in memory. */
const MOST = 16 * 1024 * 1024;

/** The delta from a base that these changes make. */
export function deltaOf(base: number, changed: Changed): Delta {
  const names = [...changed.keys()].toSorted();
  return {
    base,
    upserts: names.flatMap((name) => changed.get(name) ?? []),
    deletes: names.filter((name) => changed.get(name) === null),
  };
}

/**
 * The delta that brings a base to a state, of the domains that were touched between.
 * @param names hostnames, those that are gone too.
 * @returns null where a snapshot is the better answer.
 */
export async function deltaOfNames(
  base: number,
  state: EdgeState,
  names: ReadonlySet<string>,
): Promise<Delta | null> {
  if (names.size > FEW && names.size > state.count * WORTH) return null;
  const changed = new Map<string, string | null>([...names].map((name) => [name, null]));
  let size = 0;
  for await (const line of state.lines()) {
    const hostname = hostnameOf(line);
    if (!names.has(hostname)) continue;
    size += line.length;
    if (size > MOST) return null;
    changed.set(hostname, line);
  }
  return deltaOf(base, changed);
}

const HOSTNAME = /^\{"hostname":"([^"\\]+)"/;

/** The hostname of a domain's line: it is the first field of the schema, and has nothing to escape. */
export function hostnameOf(line: string): string {
  const [, hostname] = HOSTNAME.exec(line) ?? [];
  return hostname ?? (JSON.parse(line) as { hostname: string }).hostname;
}
