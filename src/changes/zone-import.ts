import type { Store } from '../database/store.ts';
import type { FileRecord, Place } from '../dns/master-file/file-record.ts';
import type { Remark } from '../dns/master-file/remark.ts';
import { recordType, valueHash } from '../dns/record.ts';
import { setKey } from '../dns/zone.ts';
import { letSignalsIn } from '../interruption.ts';
import type { DNSRecord } from '../models/dns-record.ts';
import type { Zone } from '../models/domain.ts';
import type { Access } from '../queries/access.ts';
import { apexServers } from '../queries/zone-check.ts';
import { zoneHead } from '../queries/zone-head.ts';
import { saidProxied } from '../queries/zone-reading.ts';
import type { RemarkedRecord } from '../queries/zone-reading.ts';
import type { Plan } from './plan.ts';
import { importHead, partHead, serialNotice } from './zone-import-head.ts';
import type { FileHead, ImportMode } from './zone-import-head.ts';
import type { Guard, JudgedRecord } from './zone-rules.ts';
import { copyZone, newRecord, planZone, withOptions } from './zone.ts';
import type { ZoneCopy } from './zone.ts';

/** A master file that was read, and how it is to become the zone. */
export interface ZoneImport extends Guard {
  domain: string;
  records: readonly RemarkedRecord[];
  /** The file's `$TTL`. */
  defaultTtl: number | undefined;
  /**
   * `merge` adds values, and what the file says of a set counts for all of it; with `replace` the zone becomes the
   * file; `exact` does so too, and a line without a remark then says that the record has none.
   */
  mode: ImportMode;
  /** Takes the SOA, the NS of the apex and the default TTL too, which are left alone otherwise. */
  withApexNs: boolean;
  /** Of new sets that could be proxied and say nothing of it. */
  proxied?: boolean;
}

/**
 * The plan that brings a master file into a zone.
 * @throws NetgoatError usage: the zone would break a rule, whose findings name the lines.
 */
export async function planZoneFile(store: Store, access: Access, input: ZoneImport): Promise<Plan> {
  const zone = await copyZone(store, access, input.domain);
  const { head, records } = partHead(input.records, input.defaultTtl);
  const incoming = new Incoming(zone, input, head);
  incoming.take([...incoming.apexRecords(), ...records]);
  await letSignalsIn();
  const plan = await planZone(store, incoming.copy(), input);
  return { ...plan, warnings: [...plan.warnings, ...incoming.notices()] };
}

/** A zone on its way to what a file says. */
class Incoming {
  readonly #zone: ZoneCopy;
  readonly #input: ZoneImport;
  readonly #head: FileHead<RemarkedRecord>;
  /** What the zone says of itself afterwards. */
  readonly #next: Zone;
  readonly #places = new Map<DNSRecord, Place>();
  /** How many records have each of Cloudflare's own tags. */
  readonly #dropped = new Map<string, number>();
  /** The name servers of the file that the zone itself is to hold, and not records. */
  readonly #servers: readonly RemarkedRecord[];

  constructor(zone: ZoneCopy, input: ZoneImport, head: FileHead<RemarkedRecord>) {
    const { domain, stored } = zone;
    this.#zone = zone;
    this.#input = input;
    this.#head = head;
    this.#next = input.withApexNs ? importHead(zone, head, input.mode) : domain.zone;
    const fromRecords = zoneHead(domain, stored).ns.from === 'records';
    this.#servers = fromRecords || !input.withApexNs ? [] : head.servers.filter(({ enabled }) => enabled);
  }

  /** The NS of the apex that become records: where such are there already, and what is disabled. */
  apexRecords(): RemarkedRecord[] {
    if (!this.#input.withApexNs) return [];
    const ofZone = new Set(this.#servers);
    return this.#head.servers.filter((record) => !ofZone.has(record));
  }

  /** Brings the records of the file in. */
  take(records: readonly RemarkedRecord[]): void {
    const proxied = saidProxied(records);
    const lines = new Map<string, RemarkedRecord[]>();
    for (const record of records) {
      for (const tag of record.said.dropped) this.#dropped.set(tag, (this.#dropped.get(tag) ?? 0) + 1);
      const key = setKey(record.name, record.type);
      const set = lines.get(key);
      if (set) set.push(record);
      else lines.set(key, [record]);
    }
    const { sets } = this.#zone;
    if (this.#input.mode !== 'merge') {
      for (const [key, [first]] of sets) if (!lines.has(key) && !this.#isKept(first)) sets.delete(key);
    }
    for (const [key, set] of lines) {
      const stored = sets.get(key) ?? [];
      sets.set(key, this.#nextSet(stored, set, this.#silent(set[0]!.type, stored, proxied.get(key))));
    }
  }

  /** The zone as it is to be, for `planZone`. */
  copy(): ZoneCopy {
    const { soas } = this.#head;
    // One SOA at the apex is the zone's own; the rules are to see others, and one that is somewhere else.
    const isFine = soas.length <= 1 && soas.every(({ name }) => name === '@');
    const taken = this.#next.apexNs.length > 0 ? this.#servers : [];
    const named = new Set(taken.map(({ data }) => data['target']));
    const records = this.#zone.sets.get(setKey('@', 'NS')) ?? [];
    const others = apexServers({ zone: this.#next }, records).filter(
      ({ value }) => !named.has(value['target']),
    );
    // A zone without name servers has those of the file to the SOAs that are shown: they are not what is wrong there.
    const isServed = taken.length + records.length + others.length > 0;
    const servers = isFine || isServed ? taken : this.#head.servers;
    return {
      ...this.#zone,
      zone: this.#next,
      places: this.#places,
      beside: [...[...(isFine ? [] : soas), ...servers].map(judgedLine), ...others],
    };
  }

  /** What was in the file and is not taken. */
  notices(): string[] {
    const serial = this.#input.withApexNs ? serialNotice(this.#zone, this.#head) : [];
    const remarks = this.#servers.some(({ remark }) => remark !== '');
    const lost = remarks ? ['the comments behind the NS of the domain itself are not kept'] : [];
    const dropped = [...this.#dropped].map(
      ([tag, count]) =>
        `${count} record${count === 1 ? ' has' : 's have'} the tag ${tag}, which means nothing here and is left out`,
    );
    return [...dropped, ...lost, ...serial];
  }

  /** Whether a set that the file has nothing of stays although the zone becomes the file. */
  #isKept(first: DNSRecord | undefined): boolean {
    if (first === undefined || !isApexServer(first)) return false;
    return !this.#input.withApexNs || (this.#input.mode === 'replace' && this.#head.servers.length === 0);
  }

  /** @param proxied of lines that do not say. */
  #nextSet(stored: readonly DNSRecord[], lines: readonly RemarkedRecord[], proxied: boolean): DNSRecord[] {
    const held = new Map(stored.map((record) => [record.valueHash, record]));
    const next: DNSRecord[] = [];
    const [first] = lines as [RemarkedRecord];
    for (const line of lines) {
      const hash = valueHash(line.type, line.data);
      const current = held.get(hash);
      held.delete(hash);
      const record = this.#nextRecord(current, line, hash, proxied);
      this.#places.set(record, line.place);
      next.push(record);
    }
    // Name servers come as a whole: those of two providers do not mix.
    if (this.#input.mode !== 'merge' || isApexServer(first)) return next;
    const { ttl, proxied: isProxied, enabled } = next[0]!;
    const common = { ttl, proxied: isProxied, enabled };
    return [...[...held.values()].map((record) => withOptions(record, common)), ...next];
  }

  #nextRecord(
    current: DNSRecord | undefined,
    line: RemarkedRecord,
    hash: string,
    proxied: boolean,
  ): DNSRecord {
    const exact = this.#input.mode === 'exact';
    const { name, type, data, ttl, ttlIsOne, enabled, remark, said } = line;
    const options = {
      ttl: ttlIsOne ? this.#next.defaultTtl : ttl,
      proxied: said.proxied ?? proxied,
      enabled,
      ...(exact || remark !== '' ? { comment: said.comment } : {}),
      ...(exact || said.annotated ? { tags: tagsOf(current, said) } : {}),
    };
    if (current !== undefined) return withOptions(current, options);
    return newRecord(this.#zone, name, type, data, { ...options, valueHash: hash });
  }

  /** Of a line that does not say: as another line of the set says, as the set is, or as new ones are to be. */
  #silent(type: string, [beside]: readonly DNSRecord[], told: boolean | undefined): boolean {
    if (this.#input.mode === 'exact') return false;
    const fresh = this.#input.proxied === true && recordType(type).proxiable === true;
    return told ?? beside?.proxied ?? fresh;
  }
}

function isApexServer({ name, type }: Pick<DNSRecord, 'name' | 'type'>): boolean {
  return name === '@' && type === 'NS';
}

/** The list that is there where it says the same, so that the record counts as untouched. */
function tagsOf(current: DNSRecord | undefined, { tags }: Remark): string[] {
  return current !== undefined && current.tags.join('\0') === tags.join('\0') ? current.tags : [...tags];
}

function judgedLine({ name, type, data, ttl, enabled, place }: FileRecord): JudgedRecord {
  return { name, type, value: data, ttl, proxied: false, enabled, place };
}
