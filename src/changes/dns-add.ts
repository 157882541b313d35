import type { z } from 'zod';
import type { Store } from '../database/store.ts';
import type { Place } from '../dns/master-file/file-record.ts';
import { setKey } from '../dns/zone.ts';
import { NetgoatError } from '../errors.ts';
import type { DNSRecord } from '../models/dns-record.ts';
import type { Access } from '../queries/access.ts';
import { readRecord, recordOptions, setOptions } from './dns-inputs.ts';
import type { newRecords, RecordInput } from './dns-inputs.ts';
import { eachLocated } from './located.ts';
import type { Plan } from './plan.ts';
import { copyZone, newRecord, planZone, refuseDuplicates, unserved, withOptions } from './zone.ts';
import type { SetOptions, ZoneCopy } from './zone.ts';
import { adoptServers } from './zone-servers.ts';

/** Values to add to one set, which are read when it is their turn; of many, `line` is where they stand. */
export interface RecordSource {
  line?: number;
  read(): RecordInput;
}

/**
 * New records, as one set of Changes. One that joins a set takes its TTL and flags; where others are given, they
 * become those of the whole set.
 * @throws NetgoatError conflict: a record is there already; usage: what was typed, or the zone after it, breaks a
 * rule, or two lines differ in what they say of one set. Of many lines all that are wrong are named.
 */
export async function addRecords(
  store: Store,
  access: Access,
  input: z.output<typeof newRecords> & { records: readonly RecordSource[] },
): Promise<Plan> {
  const additions = new Additions(await copyZone(store, access, input.domain));
  eachLocated(
    input.records,
    ({ line }) => (line === undefined ? undefined : `line ${line}`),
    ({ line, read }) => additions.add(read(), line),
  );
  const plan = await planZone(store, additions.zone(), input);
  return { ...plan, warnings: [...plan.warnings, ...additions.advice] };
}

/** What is said of a set, and on which lines. */
interface Said {
  options: SetOptions;
  lines: Map<keyof SetOptions, number | undefined>;
}

const IN_WORDS: Record<keyof SetOptions, (said: SetOptions) => string> = {
  ttl: ({ ttl }) => `has the TTL ${ttl}`,
  proxied: ({ proxied }) => (proxied === true ? 'is proxied' : 'is not proxied'),
  enabled: ({ enabled }) => (enabled === true ? 'is served' : 'is not served'),
};

/** A zone, and what comes to it. */
class Additions {
  readonly #zone: ZoneCopy;
  /** Of whole sets; one may have thousands of records, and is gone over once. */
  readonly #said = new Map<string, Said>();
  readonly #lines = new Map<DNSRecord, number>();
  readonly #advice = new Set<string>();

  constructor(zone: ZoneCopy) {
    this.#zone = zone;
  }

  get advice(): ReadonlySet<string> {
    return this.#advice;
  }

  /** Adds values to their set. @param line where they were read. */
  add(input: RecordInput, line: number | undefined): void {
    const zone = this.#zone;
    const { name, type, values } = readRecord(zone, input);
    adoptServers(zone, name, type);
    const options = setOptions(input);
    const set = zone.sets.get(setKey(name, type)) ?? [];
    const own = { ...options, ...recordOptions(input) };
    const added = values.map((value) => newRecord(zone, name, type, value, own));
    refuseDuplicates(set, added, (record) => this.#lines.get(record));
    const said = this.#say(name, type, options, line);
    for (const advice of unserved(zone, set, said)) this.#advice.add(advice);
    set.push(...added);
    zone.sets.set(setKey(name, type), set);
    if (line !== undefined) for (const record of added) this.#lines.set(record, line);
  }

  /** The zone with all of it in, each set as was said of it. */
  zone(): ZoneCopy {
    const places = new Map<DNSRecord, Place>();
    for (const [key, set] of this.#zone.sets) {
      const options = this.#said.get(key)?.options;
      const next = options === undefined ? set : set.map((record) => withOptions(record, options));
      for (const [at, record] of set.entries()) {
        const line = this.#lines.get(record);
        if (line !== undefined) places.set(next[at]!, { file: 'stdin', line, column: 1 });
      }
      this.#zone.sets.set(key, next);
    }
    return places.size === 0 ? this.#zone : { ...this.#zone, places };
  }

  /** Takes what is said of a set; gives all that is. @throws NetgoatError usage: another line says otherwise. */
  #say(name: string, type: string, options: SetOptions, line: number | undefined): SetOptions {
    const key = setKey(name, type);
    const said: Said = this.#said.get(key) ?? { options: {}, lines: new Map() };
    for (const option of Object.keys(options) as (keyof SetOptions)[]) {
      if (said.options[option] !== undefined && said.options[option] !== options[option]) {
        const words = IN_WORDS[option];
        const before = `${words(said.options)} on line ${said.lines.get(option)}`;
        throw new NetgoatError('usage', `the set ${name} ${type} ${before}, and ${words(options)} here`, {
          hint: 'what is said of a record of a set holds for all of it: say the same on each line, or say it once',
        });
      }
      if (!said.lines.has(option)) said.lines.set(option, line);
    }
    said.options = { ...said.options, ...options };
    if (Object.keys(said.options).length > 0) this.#said.set(key, said);
    return said.options;
  }
}
