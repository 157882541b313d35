import { setKey } from '../dns/zone.ts';
import { NetgoatError } from '../errors.ts';
import type { DNSRecord } from '../models/dns-record.ts';
import type { Domain, Zone } from '../models/domain.ts';
import { zoneHead } from '../queries/zone-head.ts';

/** What `--allow` lifts beside the strict rules. */
export const safetyLimits = ['mass-delete', 'mass-update', 'apex-ns', 'empty-zone'] as const;

type SafetyLimit = (typeof safetyLimits)[number];

/** From so many records on, a share of them may not go or change at once. */
const SMALL_ZONE = 10;
const MOST_PERCENT = 30;

/** A zone at one time. */
interface ZoneState {
  records: readonly DNSRecord[];
  zone: Zone;
}

/** How many records of a zone go and how many change; a value that is replaced within its set is changed. */
interface Extent {
  deletes: number;
  updates: number;
}

/**
 * Why a change of a zone is refused that is larger than a slip should be able to make: the message has the figures of
 * every limit that is broken, the hint the `--allow` that lift them. Undefined where none is.
 */
export function safetyRefusal(
  domain: Pick<Domain, 'hostname' | 'zoneRevision'>,
  before: ZoneState,
  after: ZoneState,
  allow: readonly string[],
): NetgoatError | undefined {
  const servers = (state: ZoneState) => serversText({ ...domain, zone: state.zone }, state.records);
  const [from, to] = [servers(before), servers(after)];
  const broken = [...brokenLimits(before.records, after.records, from !== '' && from !== to)];
  const refused = broken.filter(({ limit }) => !allow.includes(limit));
  if (refused.length === 0) return undefined;
  const limits = refused.map(({ limit }) => limit);
  return new NetgoatError('safety', `${domain.hostname}: ${refused.map(({ reason }) => reason).join('; ')}`, {
    hint: `if that is meant, add ${limits.map((limit) => `--allow ${limit}`).join(' ')}`,
    details: { limits },
  });
}

function* brokenLimits(
  before: readonly DNSRecord[],
  after: readonly DNSRecord[],
  serversChange: boolean,
): Generator<{ limit: SafetyLimit; reason: string }> {
  const total = before.length;
  if (total > 0 && after.length === 0) {
    yield { limit: 'empty-zone', reason: `this removes the last of its ${total} records` };
  }
  if (serversChange) yield { limit: 'apex-ns', reason: 'this changes the NS records of the apex' };
  if (total < SMALL_ZONE) return;
  const { deletes, updates } = extentOf(before, after);
  const share = (count: number) =>
    `${count} of ${total} records (${Math.round((count * 100) / total)} %, the limit is ${MOST_PERCENT} %)`;
  if (deletes * 100 > total * MOST_PERCENT) {
    yield { limit: 'mass-delete', reason: `this removes ${share(deletes)}` };
  }
  if (updates * 100 > total * MOST_PERCENT) {
    yield { limit: 'mass-update', reason: `this changes ${share(updates)}` };
  }
}

/** The name servers of the apex, wherever they are kept; '' where there are none. */
function serversText(
  domain: Pick<Domain, 'hostname' | 'zone' | 'zoneRevision'>,
  records: readonly DNSRecord[],
): string {
  const { from, ttl, targets } = zoneHead(domain, records).ns;
  return from === 'placeholder' ? '' : [ttl, ...targets].join(' ');
}

/** Two states of a zone without the records that are the same in both; most are, where a large zone changes a little. */
export function untouchedApart(
  before: readonly DNSRecord[],
  after: readonly DNSRecord[],
): { before: readonly DNSRecord[]; after: readonly DNSRecord[] } {
  const [from, to] = [new Set(before), new Set(after)];
  return {
    before: before.filter((record) => !to.has(record)),
    after: after.filter((record) => !from.has(record)),
  };
}

function extentOf(stored: readonly DNSRecord[], next: readonly DNSRecord[]): Extent {
  const { before, after } = untouchedApart(stored, next);
  const kept = new Map(after.map((record) => [String(record._id), record]));
  const fresh = countBySet(after, new Set(before.map(({ _id }) => String(_id))));
  const extent = { deletes: 0, updates: 0 };
  for (const record of before) {
    const changed = kept.get(String(record._id));
    if (changed !== undefined) {
      if (differs(record, changed)) extent.updates += 1;
      continue;
    }
    const key = setKey(record.name, record.type);
    const replacements = fresh.get(key) ?? 0;
    fresh.set(key, replacements - 1);
    extent[replacements > 0 ? 'updates' : 'deletes'] += 1;
  }
  return extent;
}

function countBySet(records: readonly DNSRecord[], except: ReadonlySet<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const record of records) {
    if (except.has(String(record._id))) continue;
    const key = setKey(record.name, record.type);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Whether what a resolver or an edge sees of a record moves; a comment is no matter of safety. */
function differs(before: DNSRecord, after: DNSRecord): boolean {
  return before.ttl !== after.ttl || before.proxied !== after.proxied || before.enabled !== after.enabled;
}
