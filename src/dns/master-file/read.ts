import { about, DnsError, quoted } from '../error.ts';
import { absoluteName, relativeName, resolveName } from '../names.ts';
import type { RecordType } from '../record-type.ts';
import type { Token } from '../tokens.ts';
import { obey } from './directives.ts';
import type { Entry } from './entries.ts';
import { EntryScanner } from './entries.ts';
import type { FileRecord, Problem } from './file-record.ts';
import { GeneratedText } from './generate.ts';
import { hasPairsType, isOwnerless, nameOf, readHead, ttlOf, typeOf } from './head.ts';
import type { Head } from './head.ts';
import { linesOf } from './lines.ts';
import type { Chunks } from './lines.ts';
import { Problems } from './problems.ts';
import { lastOf } from './state.ts';
import type { Last, Source, State } from './state.ts';

/**
 * Opens a file that `$INCLUDE` names, from the file that names it.
 * @throws DnsError `include-refused`, which shows nothing of what is in it.
 */
export type Include = (path: string, from: string) => Promise<{ file: string; chunks: Chunks }>;

interface ReadOptions {
  /** The zone, and the first origin. */
  origin: string;
  /** The name of the file, for messages. */
  file: string;
  /** Without it `$INCLUDE` is refused. */
  include?: Include;
  /** The TTL of records for which the file has none. */
  fallbackTtl?: number;
  /** How many problems are kept. */
  mostProblems?: number;
  /** Types whose records are left out whatever their data, named as the file names them, in capitals. */
  skipTypes?: ReadonlySet<string>;
}

/** What a master file came to, beside its records. */
interface Reading {
  problems: Problem[];
  /** How many more there are. */
  unlisted: number;
  /** The first `$TTL`. */
  defaultTtl: number | undefined;
  /** How many records were left out, by type. */
  skipped: Map<string, number>;
}

/**
 * Reads a master file (RFC 1035 5, RFC 2308 4, and `$GENERATE` of BIND), record by record; memory does not grow with
 * the file. It reads on after an error, so that all are known at once.
 * @param take is given each record; with any problem the file as a whole is none.
 */
export async function readMasterFile(
  chunks: Chunks,
  options: ReadOptions,
  take: (record: FileRecord) => void,
): Promise<Reading> {
  const reader = new Reader(options, take);
  await reader.readFile({
    file: options.file,
    chunks,
    origin: options.origin,
    last: {},
    depth: 0,
    above: [],
  });
  return reader.reading();
}

const MOST_PROBLEMS = 50;

/** Reads the records of a zone out of its files; directives are obeyed by directives.ts. */
export class Reader {
  readonly #options: ReadOptions;
  readonly #take: (record: FileRecord) => void;
  readonly #problems: Problems;
  readonly #skipped = new Map<string, number>();
  readonly generated = new GeneratedText();
  #firstTtl: number | undefined;
  #defaultTtl: number | undefined;

  constructor(options: ReadOptions, take: (record: FileRecord) => void) {
    this.#options = options;
    this.#take = take;
    this.#problems = new Problems(options.mostProblems ?? MOST_PROBLEMS);
  }

  reading(): Reading {
    return {
      problems: this.#problems.kept,
      unlisted: this.#problems.unlisted,
      defaultTtl: this.#firstTtl,
      skipped: this.#skipped,
    };
  }

  async readFile(source: Source): Promise<void> {
    const { file, depth } = source;
    const state: State = { source, origin: source.origin, last: source.last };
    const scanner = new EntryScanner(hasPairsType);
    const attempt = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        this.#problems.add(error, file, scanner.line, depth > 0);
      }
    };
    let entry: Entry | undefined;
    try {
      for await (const lines of linesOf(source.chunks)) {
        for (const line of lines) {
          entry = undefined;
          attempt(() => (entry = scanner.push(line)));
          if (entry === undefined) continue;
          if (isDirective(entry)) await this.#directive(entry, state);
          else this.#record(entry, state);
        }
      }
    } catch (error) {
      this.#problems.add(error, file, scanner.line + 1, depth > 0);
    }
    attempt(() => scanner.end());
  }

  #record(entry: Entry, state: State): void {
    try {
      this.give(readHead(entry.tokens, isOwnerless(entry.tokens, entry)), entry, state);
    } catch (error) {
      this.#problem(error, entry, state);
    }
  }

  /**
   * Reads a record of its words and hands it on.
   * @param entry the lines that it comes from.
   * @throws DnsError
   */
  give({ owner, ttl, type: word, value }: Head, entry: Entry, state: State): void {
    const { origin, source } = state;
    const last = lastOf(state, entry);
    if (owner !== undefined) last.owner = about(owner, () => resolveName(nameOf(owner), origin));
    const full = last.owner;
    if (full === undefined) {
      throw new DnsError('owner-missing', 'The first record has no name', 'Begin its line with the name.');
    }
    // One from above stands nowhere in the line.
    const name = owner ?? { text: full, line: entry.line, column: 1 };
    const nameInZone = (): string => about(name, () => this.#inZone(full));
    if (ttl !== undefined) last.ttl = ttlOf(ttl);
    if (this.skips(word)) {
      nameInZone();
      this.#countSkipped(word.text.toUpperCase());
      return;
    }
    const type = typeOf(word);
    const seconds = ttl === undefined ? this.#inheritedTtl(last, type, value, entry) : last.ttl!;
    const data = about(value[0] ?? word, () => type.read(value, { origin, source: 'file' }));
    this.#take({
      name: nameInZone(),
      type: type.name,
      data,
      ttl: seconds,
      ttlIsOne: ttl?.text === '1',
      remark: entry.remark,
      enabled: entry.enabled,
      place: {
        file: source.file,
        line: entry.line,
        column: 1,
        ...(source.depth > 0 ? { included: true } : {}),
      },
    });
  }

  /** Whether records of the type that a word names are left out; the records after them are what they would be. */
  skips({ text, quoted: inQuotes }: Token): boolean {
    return !inQuotes && this.#options.skipTypes?.has(text.toUpperCase()) === true;
  }

  #countSkipped(type: string): void {
    this.#skipped.set(type, (this.#skipped.get(type) ?? 0) + 1);
  }

  /** The TTL of records from here on that have none of their own. */
  setTtl(seconds: number): void {
    this.#defaultTtl = seconds;
    this.#firstTtl ??= seconds;
  }

  /** What opens included files, where they are allowed. */
  get include(): Include | undefined {
    return this.#options.include;
  }

  /** Errors that know no word of their own are about the whole line. */
  #problem(error: unknown, entry: Entry, { source }: State): void {
    const located = error instanceof DnsError ? error.about({ ...entry, column: 1 }) : error;
    this.#problems.add(located, source.file, entry.line, source.depth > 0);
  }

  /** The name as stored. */
  #inZone(absolute: string): string {
    const name = relativeName(absolute, this.#options.origin);
    if (name !== undefined) return name;
    const zone = absoluteName('@', this.#options.origin);
    throw new DnsError(
      'name-outside-zone',
      `${quoted(absolute)} is not in the zone ${zone}`,
      'Take it out, or is the origin another?',
    );
  }

  /** That of `$TTL`, that of the record above; of a SOA its minimum, as BIND does (RFC 1035 3.3.13). */
  #inheritedTtl(last: Last, type: RecordType, value: readonly Token[], { enabled }: Entry): number {
    const inherited = this.#defaultTtl ?? last.ttl;
    if (inherited !== undefined) return inherited;
    const minimum = type.name === 'SOA' && value.length === type.fields.length ? value.at(-1) : undefined;
    if (minimum !== undefined) {
      const seconds = ttlOf(minimum);
      if (enabled) this.#defaultTtl = seconds;
      return seconds;
    }
    if (this.#options.fallbackTtl !== undefined) return this.#options.fallbackTtl;
    throw new DnsError('ttl-missing', 'The record has no TTL, and none is known', 'Begin with $TTL 300.');
  }

  async #directive(entry: Entry, state: State): Promise<void> {
    try {
      await obey(entry, state, this);
    } catch (error) {
      this.#problem(error, entry, state);
    }
  }
}

function isDirective({ blank, enabled, tokens }: Entry): boolean {
  return !(blank && enabled) && tokens[0]!.text.startsWith('$') && !tokens[0]!.quoted;
}
