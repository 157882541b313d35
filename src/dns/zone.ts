import type { Place } from './master-file/file-record.ts';
import { absoluteName, relativeName } from './names.ts';
import type { RecordData } from './record-type.ts';

/** A record as the rules see it: a stored owner (relative, `@` for the apex) and typed data. */
export interface ZoneRecord {
  name: string;
  type: string;
  data: RecordData;
  ttl: number;
  proxied: boolean;
  enabled: boolean;
  /** Where it stands, if it comes from a file. */
  place?: Place | undefined;
}

/** error: refused always. strict: refused unless allowed by its rule's id. advice: a warning. */
export type Level = 'error' | 'strict' | 'advice';

export interface Finding {
  rule: string;
  level: Level;
  name: string;
  type?: string;
  message: string;
  hint?: string;
  /** The line at fault, of what comes from a file: of two that do not go together the later one. */
  place?: Place;
  /** The other lines that have to do with it. */
  related?: Place[];
}

/** What the records of a set have in common, as the key of a map: those of one name and type (RFC 2181 5). */
export function setKey(name: string, type: string): string {
  return `${name} ${type}`;
}

/** A record that could be read, with its canonical value. */
export interface Entry extends ZoneRecord {
  readonly value: string;
}

/** The records of one name by type. */
export type NameSets = ReadonlyMap<string, readonly Entry[]>;

const NOTHING: NameSets = new Map();

/** The name one label up, `@` above a single label; escaped dots are no separators. */
function parentName(name: string): string {
  for (let at = 0; at < name.length; at += 1) {
    if (name[at] === '\\') at += 1;
    else if (name[at] === '.') return name.slice(at + 1);
  }
  return '@';
}

/** A zone made ready for the rules: every look-up costs a few labels, whatever the number of records. */
export class Zone {
  readonly origin: string;
  /** All records by name and type. */
  readonly stored: ReadonlyMap<string, NameSets>;
  /** The enabled ones, which are what a resolver sees. */
  readonly served: ReadonlyMap<string, NameSets>;
  /** Names in the zone that NS records point to, whose addresses may be glue. */
  readonly nameServers: ReadonlySet<string>;
  readonly #servedOf: ReadonlyMap<string, readonly Entry[]>;
  readonly #delegated: boolean;
  /** The served names and the empty names between them and the apex (RFC 4592 2.2.2). */
  readonly #existing = new Set<string>(['@']);

  constructor(entries: readonly Entry[], origin: string) {
    this.origin = origin.replace(/\.$/, '');
    this.stored = byName(entries);
    this.served = entries.every(({ enabled }) => enabled)
      ? this.stored
      : byName(entries.filter(({ enabled }) => enabled));
    this.#servedOf = byType(this.served);
    this.#delegated = this.servedOf('NS').some(({ name }) => name !== '@');
    this.nameServers = new Set(this.targets('NS').map(({ name }) => name));
    for (const served of this.served.keys()) {
      for (let name = served; !this.#existing.has(name); name = parentName(name)) this.#existing.add(name);
    }
  }

  /** The name in full, as a message shows it. */
  full(name: string): string {
    return absoluteName(name, this.origin).slice(0, -1) || '.';
  }

  /** The served records of a type with all names. */
  servedOf(type: string): readonly Entry[] {
    return this.#servedOf.get(type) ?? [];
  }

  /** The served records of a type whose target lies in this zone, with that target as a stored name. */
  targets(type: string, field = 'target'): { entry: Entry; name: string }[] {
    return this.servedOf(type).flatMap((entry) => {
      const name = relativeName(String(entry.data[field]), this.origin);
      return name === undefined ? [] : [{ entry, name }];
    });
  }

  /** What a resolver gets for a name: its own sets, or those of the wildcard that covers it (RFC 4592 3.3). */
  lookup(name: string): { name: string; sets: NameSets } {
    if (this.#existing.has(name)) return { name, sets: this.served.get(name) ?? NOTHING };
    let encloser = parentName(name);
    while (!this.#existing.has(encloser)) encloser = parentName(encloser);
    const wildcard = encloser === '@' ? '*' : `*.${encloser}`;
    return { name: wildcard, sets: this.served.get(wildcard) ?? NOTHING };
  }

  /** The delegation nearest the apex that a name lies at or under: the name of its NS records. */
  delegation(name: string): string | undefined {
    if (!this.#delegated) return undefined;
    let cut: string | undefined;
    for (let at = name; at !== '@'; at = parentName(at)) if (this.served.get(at)?.has('NS')) cut = at;
    return cut;
  }
}

/** The records of each type, name by name. */
function byType(names: ReadonlyMap<string, NameSets>): Map<string, Entry[]> {
  const types = new Map<string, Entry[]>();
  for (const sets of names.values()) {
    for (const [type, set] of sets) {
      let entries = types.get(type);
      if (entries === undefined) types.set(type, (entries = []));
      for (const entry of set) entries.push(entry);
    }
  }
  return types;
}

function byName(entries: readonly Entry[]): Map<string, Map<string, Entry[]>> {
  const names = new Map<string, Map<string, Entry[]>>();
  for (const entry of entries) {
    let sets = names.get(entry.name);
    if (sets === undefined) names.set(entry.name, (sets = new Map<string, Entry[]>()));
    const set = sets.get(entry.type);
    if (set === undefined) sets.set(entry.type, [entry]);
    else set.push(entry);
  }
  return names;
}

const TYPES_LISTED = 5;

/** The types of some sets as a message lists them: a name may have thousands. */
export function typesOf(sets: NameSets): string {
  const types: string[] = [];
  for (const type of sets.keys()) {
    if (types.length === TYPES_LISTED) return `${types.join(', ')}, ${sets.size - TYPES_LISTED} more`;
    types.push(type);
  }
  return types.join(', ');
}

/** What a finding is about: a record, or a name with the record that shows what is wrong there. */
type About = Pick<Finding, 'name' | 'type' | 'place'>;

/**
 * Takes what a rule found: what it is about, what is wrong, the way out, and the other records of the matter, of which
 * the first few are taken. Where each of many findings has many of them, they are not to be copied for it.
 */
export type Report = (about: About, message: string, hint?: string, others?: Iterable<Entry>) => void;

/** The records of some sets one after the other, without a copy of what may be many. */
export function* inTurn(sets: Iterable<readonly Entry[]>): Generator<Entry> {
  for (const set of sets) yield* set;
}

/** A rule over a whole zone. */
export interface ZoneRule {
  readonly id: string;
  readonly level: Level;
  readonly summary: string;
  check(zone: Zone, report: Report): void;
}
