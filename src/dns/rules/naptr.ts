import { quoted } from '../error.ts';
import { decodeOctets } from '../escapes.ts';
import type { ZoneRule } from '../zone.ts';

/** Delimiter, expression, delimiter, replacement, delimiter, flags (RFC 3402 3.2); no digit, flag or `\` delimits. */
const SUBSTITUTION = /^([^0-9i\\\0])((?:\\[^\0]|(?!\1)[^\\\0])*)\1((?:\\[^0\0]|(?!\1)[^\\\0])*)\1i*$/s;

/** A token of a POSIX extended regular expression: escape, bracket expression, bound, or a character. */
const TOKEN = /\\.|\[\^?\]?(?:\[([:.=])[^\]]*?\1\]|[^\]])*\]|\{[0-9]+(?:,[0-9]*)?\}|[^\\[]/gsy;
const REPETITION = /^(?:[*+?]|\{[0-9].*)$/;

/** How many groups a POSIX extended regular expression has; undefined where it is none (IEEE 1003.1 9.4). Bounds and ranges are not looked into. */
function groupsIn(expression: string): number | undefined {
  let groups = 0;
  let open = 0;
  let end = 0;
  // What stands in front: nothing yet, what can be repeated, or what cannot.
  let before: 'start' | 'atom' | 'repeated' = 'start';
  for (const { 0: token, index } of expression.matchAll(TOKEN)) {
    end = index + token.length;
    if (token === '|' || REPETITION.test(token)) {
      if (before === 'start' || (before === 'repeated' && token !== '|')) return undefined;
      before = token === '|' ? 'start' : 'repeated';
    } else if (token === '(') {
      groups += 1;
      open += 1;
      before = 'start';
    } else {
      if (/^\\[1-9]/.test(token) && Number(token[1]) > groups) return undefined;
      // One that closes nothing stands for itself.
      if (token === ')' && open > 0) open -= 1;
      before = token === '^' || token === '$' ? 'repeated' : 'atom';
    }
  }
  return end < expression.length || open > 0 || before === 'start' ? undefined : groups;
}

/** What is wrong with the regexp of a NAPTR, undefined where nothing is. */
function faultIn(regexp: string): string | undefined {
  if (regexp === '') return undefined;
  const [, , expression, replacement] = SUBSTITUTION.exec(regexp) ?? [];
  if (expression === undefined || replacement === undefined)
    return 'is not an expression and a replacement between delimiters';
  const groups = groupsIn(expression);
  if (groups === undefined) return 'has no valid expression';
  const most = Math.max(0, ...[...replacement.matchAll(/\\(.)/gs)].map(([, digit]) => Number(digit) || 0));
  return most > groups ? `refers to group ${most}, and its expression has ${groups}` : undefined;
}

/** Rules on NAPTR. */
export const naptrRules: readonly ZoneRule[] = [
  {
    id: 'naptr-regexp',
    level: 'strict',
    summary:
      'The regexp of NAPTR is empty or a substitution, such as !^.*$!sip:info@example.com! (RFC 3402 3.2)',
    check(zone, report) {
      for (const entry of zone.servedOf('NAPTR')) {
        const regexp = decodeOctets(String(entry.data['regexp'])).toString('latin1');
        const fault = faultIn(regexp);
        if (fault === undefined) continue;
        report(
          entry,
          `${zone.full(entry.name)} NAPTR has the regexp ${quoted(regexp)}, which ${fault}`,
          'Write it such as !^.*$!sip:info@example.com!, in a file with each \\ doubled.',
        );
      }
    },
  },
];
