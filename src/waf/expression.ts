import { parse } from './parser.ts';
import { tokenize } from './tokens.ts';
import { checkCondition } from './types.ts';
import { WafError } from './waf-error.ts';

const LONGEST = 4096;

/**
 * Checks a WAF rule's expression: that it is one of the subset of expr-lang described in docs/waf-expressions.md, and
 * so compiles on every edge. Throws WafError with the place of the first fault.
 */
export function checkExpression(source: string): void {
  if (source.length > LONGEST) {
    throw new WafError(
      `the expression is longer than ${LONGEST} characters`,
      LONGEST + 1,
      'split it into several rules',
    );
  }
  if (source.trim() === '')
    throw new WafError('the expression is empty', 1, 'for example: Path startsWith "/admin"');
  checkCondition(parse(tokenize(source)));
}
