import { quoted } from '../error.ts';
import { nearest } from '../nearest.ts';
import type { ZoneRule } from '../zone.ts';
import { hasSpfInPieces, isNullMx } from './spf.ts';
import { isCut, SPF, texts } from './texts.ts';

const DMARC = /^v=DMARC1\s*(?:;|$)/i;
const POLICIES = ['none', 'quarantine', 'reject'];

function dmarcTag(record: string, tag: string): string | undefined {
  const found = record.split(';').map((part) => part.split('=').map((side) => side.trim()));
  return found.find(([name]) => name?.toLowerCase() === tag)?.[1]?.toLowerCase();
}

/** Advice on mail: what becomes of forged mail, and what a zone without mail says. */
export const mailRules: readonly ZoneRule[] = [
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
          const policy = dmarcTag(text, 'p') ?? '';
          if (isCut(entry) || POLICIES.includes(policy)) continue;
          const near = nearest(policy, POLICIES);
          report(
            entry,
            `The DMARC record of ${zone.full(name)} has ${policy === '' ? 'no policy' : `the policy ${quoted(policy)}, which is none`}`,
            near === undefined ? 'Write p=none, p=quarantine or p=reject.' : `Did you mean p=${near}?`,
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
