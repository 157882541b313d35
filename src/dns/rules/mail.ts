import { relativeName } from '../names.ts';
import type { Entry, NameSets, Zone, ZoneRule } from '../zone.ts';
import { isCut, isSpfInPieces, SPF, textOf } from './texts.ts';

const DMARC = /^v=DMARC1\s*(?:;|$)/i;
const SPF_LOOKUPS = 10;

/** The TXT records at a name that are of one kind, and what they say. */
function texts(sets: NameSets | undefined, kind: RegExp): { entry: Entry; text: string }[] {
  return (sets?.get('TXT') ?? [])
    .filter((entry) => /^"v=/i.test(entry.value))
    .map((entry) => ({ entry, text: textOf(entry) }))
    .filter(({ text }) => kind.test(text));
}

/**
 * How many DNS look-ups evaluating an SPF record costs (RFC 7208 4.6.4). Includes are followed inside the zone
 * only; what others publish is theirs. Counting stops past the limit, so that includes in a circle end.
 */
function spfLookups(zone: Zone, spf: string, spent = 0): number {
  let count = spent;
  for (const term of spf.toLowerCase().split(/ +/).slice(1)) {
    if (count > SPF_LOOKUPS) break;
    const included = /^(?:[-+~?]?include:|redirect=)(.+)$/.exec(term)?.[1];
    if (included !== undefined || /^[-+~?]?(?:a|mx|ptr|exists)(?:$|[:/])/.test(term)) count += 1;
    const name = included === undefined ? undefined : relativeName(`${included}.`, zone.origin);
    const next = name === undefined ? undefined : texts(zone.lookup(name).sets, SPF)[0];
    if (next !== undefined) count = spfLookups(zone, next.text, count);
  }
  return count;
}

function isNullMx(sets: NameSets | undefined): boolean {
  const set = sets?.get('MX') ?? [];
  return set.length > 0 && set.every((entry) => entry.data['exchange'] === '.');
}

/** Whether text-unquoted is about an SPF record here, so that nobody is told to add one that is there in pieces. */
function hasSpfInPieces(sets: NameSets | undefined): boolean {
  return sets?.get('TXT')?.some(isSpfInPieces) ?? false;
}

function dmarcTag(record: string, tag: string): string | undefined {
  const found = record.split(';').map((part) => part.split('=').map((side) => side.trim()));
  return found.find(([name]) => name?.toLowerCase() === tag)?.[1]?.toLowerCase();
}

/** Advice on mail: who may send, and what a zone without mail says. */
export const mailRules: readonly ZoneRule[] = [
  {
    id: 'spf-single',
    level: 'advice',
    summary: 'A name has one SPF record; a domain that takes mail has one (RFC 7208 3.2)',
    check(zone, report) {
      for (const [name, sets] of zone.served) {
        const [first, second, ...others] = texts(sets, SPF).map(({ entry }) => entry);
        if (second !== undefined) {
          report(second, `${zone.full(name)} has ${others.length + 2} SPF records`, 'Merge them into one.', [
            first!,
            ...others,
          ]);
        }
        const [mx] = sets.get('MX') ?? [];
        if (name !== '@' || first !== undefined || hasSpfInPieces(sets)) continue;
        if (mx !== undefined && !isNullMx(sets)) {
          report(
            { ...mx, type: 'TXT' },
            `${zone.origin} has MX but no SPF record`,
            'Add a TXT such as "v=spf1 mx -all".',
          );
        }
      }
    },
  },
  {
    id: 'spf-lookups',
    level: 'advice',
    summary: 'An SPF record costs at most 10 look-ups (RFC 7208 4.6.4)',
    check(zone, report) {
      for (const [name, sets] of zone.served) {
        for (const { entry, text } of texts(sets, SPF)) {
          if (spfLookups(zone, text) <= SPF_LOOKUPS) continue;
          report(
            entry,
            `The SPF record of ${zone.full(name)} costs more than ${SPF_LOOKUPS} look-ups`,
            'Name addresses by ip4 and ip6, and drop includes that are not used.',
          );
        }
      }
    },
  },
  {
    id: 'dmarc',
    level: 'advice',
    summary: 'A _dmarc name has one DMARC record, with p= none, quarantine or reject (RFC 7489 6.3)',
    check(zone, report) {
      for (const [name, sets] of zone.served) {
        if (name !== '_dmarc' && !name.startsWith('_dmarc.')) continue;
        const records = texts(sets, DMARC);
        const [first, second, ...others] = records.map(({ entry }) => entry);
        const [txt] = sets.get('TXT') ?? [];
        if (second !== undefined) {
          report(
            second,
            `${zone.full(name)} has ${records.length} DMARC records`,
            'Keep one; receivers ignore several.',
            [first!, ...others],
          );
        } else if (first === undefined && txt !== undefined) {
          report(
            txt,
            `${zone.full(name)} has a TXT, but no DMARC record`,
            'It begins with v=DMARC1; and has p=none, p=quarantine or p=reject.',
          );
        }
        for (const { entry, text } of records) {
          if (isCut(entry) || /^(?:none|quarantine|reject)$/.test(dmarcTag(text, 'p') ?? '')) continue;
          report(
            entry,
            `The DMARC record of ${zone.full(name)} has no policy`,
            'Add p=none, p=quarantine or p=reject.',
          );
        }
      }
    },
  },
  {
    id: 'no-mail',
    level: 'advice',
    summary: 'A zone without mail says so thrice: MX `0 .`, "v=spf1 -all", and DMARC p=reject',
    check(zone, report) {
      const apex = zone.served.get('@');
      const nullMx = isNullMx(apex) ? apex!.get('MX')![0] : undefined;
      const sendsNone = texts(apex, SPF).find(({ text }) => /^v=spf1 +-all *$/i.test(text))?.entry;
      const [says] = [nullMx, sendsNone].flatMap((entry) => entry ?? []);
      if (says === undefined || (nullMx === undefined && apex?.has('MX'))) return;
      const reject = texts(zone.served.get('_dmarc'), DMARC).some(
        ({ text }) => dmarcTag(text, 'p') === 'reject',
      );
      const missing = [
        ...(nullMx ? [] : ['the MX `0 .`']),
        ...(sendsNone || hasSpfInPieces(apex) ? [] : ['the TXT "v=spf1 -all"']),
        ...(reject ? [] : ['the TXT "v=DMARC1; p=reject" at _dmarc']),
      ];
      if (missing.length === 0) return;
      report(
        { name: '@', ...(says.place === undefined ? {} : { place: says.place }) },
        `${zone.origin} has no mail, but does not say so in full`,
        `Add ${missing.join(' and ')}.`,
      );
    },
  },
];
