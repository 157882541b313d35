import { quoted } from '../../dns/error.ts';
import { nearest } from '../../dns/nearest.ts';
import { otherTypes, signingTypes } from '../../dns/other-types.ts';
import { parseType, recordTypeNames } from '../../dns/record.ts';
import { SOA } from '../../dns/types/soa.ts';
import { NetgoatError } from '../../errors.ts';
import type { OptionSpec } from '../spec.ts';

export const skipTypeFlag: OptionSpec = {
  flags: '--skip-type <type>',
  description:
    'leave out the records of a type that is not kept, such as LOC, or with dnssec all that a signer makes; ' +
    'may be repeated',
  repeat: true,
};

/** All that a signer makes. */
const DNSSEC = 'DNSSEC';

const numbers: Readonly<Record<string, number>> = { ...otherTypes, ...signingTypes };
const names = new Map(Object.entries(numbers).map(([name, number]) => [`TYPE${number}`, name]));

/**
 * The types that words after --skip-type name, in capitals, by name and by number (RFC 3597 5).
 * @throws NetgoatError usage: one is kept, or is no type. DnsError: its number is none of a record.
 */
export function skippedTypes(words: readonly string[]): Set<string> {
  const types = words
    .map((word) => word.toUpperCase())
    .flatMap((word) => (word === DNSSEC ? Object.keys(signingTypes) : skippable(word)));
  return new Set(types.flatMap((type) => [type, ...spelledOtherwise(type)]));
}

function skippable(word: string): string {
  const isNumber = /^TYPE[0-9]+$/.test(word);
  const type = isNumber ? parseType(word) : word;
  if (type === SOA.name || recordTypeNames.includes(type)) {
    throw new NetgoatError('usage', `--skip-type: records of type ${type} are kept, and none is left out`, {
      hint: 'take those that are not wanted out of the file',
    });
  }
  if (isNumber || Object.hasOwn(numbers, type)) return type;
  const near = nearest(word, [DNSSEC, ...Object.keys(numbers)]);
  throw new NetgoatError('usage', `--skip-type: ${quoted(word)} is no record type`, {
    hint:
      near === undefined
        ? 'such as LOC, TYPE29, or dnssec for all that a signer makes'
        : `did you mean ${near}?`,
  });
}

function spelledOtherwise(type: string): string[] {
  const number = numbers[type];
  return number === undefined ? [names.get(type)].filter((name) => name !== undefined) : [`TYPE${number}`];
}

/** How much was left out, a line; '' where nothing was. */
export function skippedLine(skipped: ReadonlyMap<string, number>): string {
  const counts = [...skipped].map(([type, count]) => `${count} ${type}`);
  return counts.length === 0 ? '' : `Left out: ${counts.join(', ')} (--skip-type)\n`;
}
