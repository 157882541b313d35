import { relativeName } from '../names.ts';
import type { Entry, NameSets, Zone, ZoneRule } from '../zone.ts';
import { isSpfInPieces, SPF, texts } from './texts.ts';

const MOST_LOOKUPS = 10;
/** Counting ends here: what includes itself has no end. */
const COUNTED = 100;
const NAME_LENGTH = 253;

/** What costs a look-up (RFC 7208 4.6.4), and the domain whose record is evaluated too. */
const COSTS = /^(?:[-+~?]?include:(.+)|redirect=(.+)|[-+~?]?(?:a|mx|ptr|exists)(?:$|[:/]))/;

/** The SPF record of a name. */
interface Spf {
  readonly entry: Entry;
  /** What of it costs a look-up: the stored name that is included, undefined for what lies outside or is none. */
  readonly costs: readonly (string | undefined)[];
}

function costsOf(zone: Zone, text: string): Spf['costs'] {
  const terms = text.toLowerCase().split(/ +/).slice(1);
  const all = terms.findIndex((term) => /^[-+~?]?all$/.test(term));
  // What stands behind `all` is never reached, and a redirect beside it is ignored (RFC 7208 5.1, 6.1).
  const used = all < 0 ? terms : terms.slice(0, all).filter((term) => !term.startsWith('redirect='));
  return used
    .flatMap((term) => {
      const found = COSTS.exec(term);
      if (found === null) return [];
      const domain = (found[1] ?? found[2] ?? '').replace(/\.$/, '');
      return [domain.length > NAME_LENGTH ? undefined : relativeName(`${domain}.`, zone.origin)];
    })
    .slice(0, COUNTED);
}

/** Finds the SPF record that answers for a name; of several the first, for spf-single reports the others. */
function spfFinder(zone: Zone): (name: string) => Spf | undefined {
  const known = new Map<string, Spf | undefined>();
  return (name) => {
    const { name: owner, sets } = zone.lookup(name);
    if (!known.has(owner)) {
      const [first] = texts(sets, SPF);
      known.set(owner, first && { entry: first.entry, costs: costsOf(zone, first.text) });
    }
    return known.get(owner);
  };
}

/**
 * How many look-ups evaluating an SPF record costs. Includes are followed inside the zone only; what others publish
 * is theirs.
 */
function lookups(spf: Spf | undefined, find: (name: string) => Spf | undefined, spent = 0): number {
  let count = spent;
  for (const included of spf?.costs ?? []) {
    if (count >= COUNTED) break;
    count += 1;
    if (included !== undefined) count = lookups(find(included), find, count);
  }
  return count;
}

/** Whether a name says that it takes no mail (RFC 7505). */
export function isNullMx(sets: NameSets | undefined): boolean {
  const set = sets?.get('MX') ?? [];
  return set.length > 0 && set.every((entry) => entry.data['exchange'] === '.');
}

/** Whether text-unquoted is about an SPF record here, so that nobody is told to add one that is there in pieces. */
export function hasSpfInPieces(sets: NameSets | undefined): boolean {
  return sets?.get('TXT')?.some(isSpfInPieces) ?? false;
}

/** Advice on who may send mail. */
export const spfRules: readonly ZoneRule[] = [
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
      const find = spfFinder(zone);
      for (const [name, sets] of zone.served) {
        const spf = sets.has('TXT') ? find(name) : undefined;
        const count = lookups(spf, find);
        if (spf === undefined || count <= MOST_LOOKUPS) continue;
        report(
          spf.entry,
          `The SPF record of ${zone.full(name)} costs ${count} look-ups${count < COUNTED ? '' : ' or more'}: include, a, mx, ptr, exists and redirect, those of what it includes too`,
          `Only ${MOST_LOOKUPS} are made: name addresses by ip4 and ip6, and drop includes that are not used.`,
        );
      }
    },
  },
];
