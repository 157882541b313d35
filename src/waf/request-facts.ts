import type { Node } from './parser.ts';
import { WafError } from './waf-error.ts';

/**
 * Refuses a header name that no request can have: names reach a rule in HTTP's canonical spelling (Go's
 * net/textproto), and Host is not among them. Anything else than a literal key of Headers passes.
 */
export function checkHeaderName(map: Node, key: Node): void {
  if (map.kind !== 'name' || map.name !== 'Headers' || key.kind !== 'string') return;
  const canonical = canonicalHeader(key.value);
  if (canonical === 'Host')
    throw new WafError('Host is not among the headers', key.column, 'use the variable Host');
  if (canonical === key.value) return;
  throw new WafError(`no request has a header spelt "${key.value}"`, key.column, `write "${canonical}"`);
}

/** Refuses to compare Host with a text that it can never hold: it comes in lower case, without a port. */
export function checkHostText(node: Extract<Node, { kind: 'binary' }>): void {
  if (!['==', '!=', 'contains', 'startsWith', 'endsWith', 'in'].includes(node.operator)) return;
  if (node.left.kind !== 'name' || node.left.name !== 'Host') return;
  const texts = node.right.kind === 'list' ? node.right.items : [node.right];
  for (const text of texts) {
    if (text.kind !== 'string' || !/[A-Z]/.test(text.value)) continue;
    throw new WafError('Host is always in lower case', text.column, `write "${text.value.toLowerCase()}"`);
  }
}

function canonicalHeader(name: string): string {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) return name;
  return name.replace(/[^-]+/g, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
}
