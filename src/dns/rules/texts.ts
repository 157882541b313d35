import { quoted } from '../error.ts';
import { decodeOctets } from '../escapes.ts';
import type { Entry, NameSets, ZoneRule } from '../zone.ts';

export const SPF = /^v=spf1(?: |$)/i;
/** The version of a list of tags, which is nothing without the tags. */
const VERSION_ALONE = /^v=(?:DMARC1|DKIM1|STSv1|TLSRPTv1|BIMI1)$/i;
/** Where a domain agrees to get the DMARC reports of another, by the version alone (RFC 7489 7.1). */
const REPORTS = /(?:^|\.)_report\._dmarc(?:\.|$)/;

/** The text of a TXT record, an octet a character. */
function textOf(entry: Entry): string {
  return stringsOf(entry)
    .map((part) => decodeOctets(part).toString('latin1'))
    .join('');
}

function stringsOf(entry: Entry): string[] {
  return entry.data['strings'] as string[];
}

/** The TXT records at a name that are of one kind, and what they say. */
export function texts(sets: NameSets | undefined, kind: RegExp): { entry: Entry; text: string }[] {
  return (sets?.get('TXT') ?? [])
    .filter((entry) => /^"v=/i.test(entry.value))
    .map((entry) => ({ entry, text: textOf(entry) }))
    .filter(({ text }) => kind.test(text));
}

/** Whether a TXT would be SPF if blanks stood between its strings; none do (RFC 7208 3.3). */
export function isSpfInPieces(entry: Entry): boolean {
  return /^"v=spf1/i.test(entry.value) && stringsOf(entry).length > 1 && !SPF.test(textOf(entry));
}

/** Whether a TXT breaks off where its first `;` would be. */
export function isCut(entry: Entry): boolean {
  return /^"v=/i.test(entry.value) && VERSION_ALONE.test(textOf(entry)) && !REPORTS.test(entry.name);
}

/** Rules on what texts become that stand without quotes. */
export const textRules: readonly ZoneRule[] = [
  {
    id: 'text-unquoted',
    level: 'advice',
    summary: 'A text with blanks or ; stands in quotes: else its words are joined, or it ends there',
    check(zone, report) {
      for (const entry of zone.servedOf('TXT')) {
        if (isSpfInPieces(entry)) {
          report(
            entry,
            `${zone.full(entry.name)} TXT says ${quoted(textOf(entry))}: its strings are joined without blanks, and quotes are missing`,
            `Put the whole text in quotes: ${quoted(stringsOf(entry).join(' '))}.`,
          );
        } else if (isCut(entry)) {
          report(
            entry,
            `${zone.full(entry.name)} TXT says no more than ${quoted(textOf(entry))}: outside of quotes a ; begins a comment`,
            'Put the whole text in quotes.',
          );
        }
      }
    },
  },
];
