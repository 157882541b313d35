import { quoted } from '../../dns/error.ts';
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
  // A provider may have types of its own, as URL: what is no type of the file is told as `0 FOO`.
  if (/^[A-Z][A-Z0-9-]*$/.test(type)) return type;
  throw new NetgoatError('usage', `--skip-type: ${quoted(word)} is no record type`, {
    hint: 'such as LOC, TYPE29, or dnssec for all that a signer makes',
  });
}

function spelledOtherwise(type: string): string[] {
  const number = numbers[type];
  return number === undefined ? [names.get(type)].filter((name) => name !== undefined) : [`TYPE${number}`];
}

/**
 * How much was left out, a line; '' where nothing was to be.
 * @param words after --skip-type.
 */
export function skippedLine(skipped: ReadonlyMap<string, number>, words: readonly string[]): string {
  const counts = [...skipped].map(([type, count]) => `${count} ${type}`);
  const none = words
    .map((word) => word.toUpperCase())
    .filter((word) => ![...skippedTypes([word])].some((type) => skipped.has(type)));
  const told = [...counts, ...none.map((word) => `0 ${word}`)];
  return told.length === 0 ? '' : `Left out: ${told.join(', ')} (--skip-type)\n`;
}
