import { hostnameOf } from '../delta.ts';
import type { Changed } from '../delta.ts';

/** Lines of domains, sorted by hostname, with what changed since put in its place. */
export async function* overlaid(lines: AsyncIterable<string>, changed: Changed): AsyncGenerator<string> {
  const names = [...changed.keys()].toSorted();
  let at = 0;
  for await (const line of lines) {
    if (at === names.length) {
      yield line;
      continue;
    }
    const hostname = hostnameOf(line);
    for (; at < names.length && names[at]! < hostname; at += 1) yield* present(changed.get(names[at]!));
    if (names[at] === hostname) yield* present(changed.get(names[at++]!));
    else yield line;
  }
  for (; at < names.length; at += 1) yield* present(changed.get(names[at]!));
}

/** Changes after changes: the newer ones win. */
export function changedBoth(older: Changed, newer: Changed): Changed {
  return newer.size === 0 ? older : new Map([...older, ...newer]);
}

/** The characters that the lines take. */
export function sizeOf(changed: Changed): number {
  let size = 0;
  for (const [hostname, line] of changed) size += hostname.length + (line?.length ?? 0);
  return size;
}

function* present(line: string | null | undefined): Generator<string> {
  if (line != null) yield line;
}
