import { lookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';

/** The system's resolver keeps one of Node's four threads busy for as long as it takes, and others want one as well. */
const AT_ONCE = 3;

let free = AT_ONCE;
const waiting: (() => void)[] = [];

/**
 * The addresses of a host, as the system knows them. The time counts from when it is asked: that other names take
 * theirs is no fault of this one.
 * @throws what the resolver says; ETIMEDOUT: it said nothing in time.
 */
export async function addressesOf(host: string, withinMs: number): Promise<LookupAddress[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  await turn();
  // Given up or not, the thread is busy until the resolver answers.
  const found = lookup(host, { all: true }).finally(release);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = Object.assign(new Error('no answer in time'), { code: 'EDNSLATE' });
    timer = setTimeout(() => reject(error), withinMs);
  });
  found.catch(() => undefined);
  try {
    return await Promise.race([found, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function turn(): Promise<void> {
  if (free > 0) free -= 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
}

function release(): void {
  const next = waiting.shift();
  if (next === undefined) free += 1;
  else next();
}
