import { Resolver } from 'node:dns/promises';
import { NetgoatError } from '../errors.ts';

const NOT_THERE = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * Looks up the TXT records of a name in the DNS.
 * @param name absolute, without the final dot.
 * @param resolvers addresses (`192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:53`); the system's where there are none.
 * @param timeout of one try, in seconds; there are two.
 * @returns the texts, each record's strings joined; empty where the name or the type is not there.
 * @throws NetgoatError failed: no resolver answered; usage: a resolver is no address.
 */
export async function lookUpTxt(
  name: string,
  resolvers: readonly string[],
  timeout: number,
): Promise<string[]> {
  const resolver = new Resolver({ timeout: timeout * 1000, tries: 2 });
  if (resolvers.length > 0) useServers(resolver, resolvers);
  try {
    return (await resolver.resolveTxt(name)).map((strings) => strings.join(''));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (NOT_THERE.has(code)) return [];
    throw new NetgoatError('failed', `the DNS did not answer for TXT ${name} (${code})`, {
      hint: 'try another resolver with --resolver, or a longer --timeout',
      cause: error,
    });
  }
}

function useServers(resolver: Resolver, resolvers: readonly string[]): void {
  try {
    resolver.setServers(resolvers);
  } catch (error) {
    throw new NetgoatError('usage', 'a resolver must be an IP address, with a port if it is not 53', {
      cause: error,
    });
  }
}
