import { DnsError } from '../../src/dns/error.ts';

/** The rule that a call breaks; 'accepted' where it breaks none. An error of another kind goes on up. */
export function ruleOf(call: () => unknown): string {
  try {
    call();
    return 'accepted';
  } catch (error) {
    if (error instanceof DnsError) return error.rule;
    throw error;
  }
}
