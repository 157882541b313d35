import { DnsError } from '../../src/dns/error.ts';

/** The DnsError that a call throws, undefined where it throws none. An error of another kind goes on up. */
export function errorOf(call: () => unknown): DnsError | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof DnsError) return error;
    throw error;
  }
}

/** The rule that a call breaks; 'accepted' where it breaks none. */
export function ruleOf(call: () => unknown): string {
  return errorOf(call)?.rule ?? 'accepted';
}
