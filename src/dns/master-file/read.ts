import { about, DnsError, quoted } from '../error.ts';
import { absoluteName, relativeName, resolveName } from '../names.ts';
import type { RecordData, RecordType } from '../record-type.ts';
import { tokenize } from '../tokens.ts';
import type { Token } from '../tokens.ts';
import type { Entry } from './entries.ts';
import { EntryScanner } from './entries.ts';
import type { FileRecord, Problem } from './file-record.ts';
import { fill, numbersOf, readRange, readTemplate, valueText } from './generate.ts';
import { endsInPairsType, readHead, ttlOf, typeOf } from './head.ts';
import { linesOf } from './lines.ts';
import type { Chunks } from './lines.ts';
import { Problems } from './problems.ts';

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
}

/** What a master file came to, beside its records. */
interface Reading {
  problems: Problem[];
  /** How many more there are. */
  unlisted: number;
  /** The first `$TTL`. */
  defaultTtl: number | undefined;
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
  await reader.readFile({ file: options.file, chunks, origin: options.origin, depth: 0, above: [] });
  return reader.reading();
}

const MOST_DEPTH = 8;
const MOST_PROBLEMS = 50;

/** One of the files: the zone's own or an included one. */
interface Source {
  file: string;
  chunks: Chunks;
  origin: string;
  /** The owner of the record before, which a first line that begins with a blank takes over, as in BIND. */
  owner?: string | undefined;
  depth: number;
  /** The files that led here. */
  above: readonly string[];
}

/** What a line may change for those after it. */
interface State {
  readonly source: Source;
  origin: string;
  /** The owner of the record above, in full. */
  owner: string | undefined;
}

class Reader {
  readonly #options: ReadOptions;
  readonly #take: (record: FileRecord) => void;
  readonly #problems: Problems;
  #firstTtl: number | undefined;
  #defaultTtl: number | undefined;
  #lastTtl: number | undefined;

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
    };
  }

  async readFile(source: Source): Promise<void> {
    const { file, depth } = source;
    const state: State = { source, origin: source.origin, owner: source.owner };
    const scanner = new EntryScanner(endsInPairsType);
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
      const { owner, ttl, type: word, value } = readHead(entry.tokens, entry.blank);
      if (owner !== undefined) state.owner = about(owner, () => resolveName(nameOf(owner), state.origin));
      if (state.owner === undefined) {
        throw new DnsError('owner-missing', 'The first record has no name', 'Begin its line with the name.');
      }
      const type = typeOf(word);
      const seconds = this.#ttl(ttl, type, value);
      const data = about(value[0] ?? word, () => type.read(value, { origin: state.origin, source: 'file' }));
      const at = owner ?? entry.tokens[0];
      this.#give(
        { name: about(at, () => this.#inZone(state.owner!)), type, data, ttl: seconds },
        entry,
        state,
        ttl,
      );
    } catch (error) {
      this.#problem(error, entry, state);
    }
  }

  #give(
    { name, type, data, ttl }: { name: string; type: RecordType; data: RecordData; ttl: number },
    entry: Entry,
    { source }: State,
    written: Token | undefined,
  ): void {
    this.#take({
      name,
      type: type.name,
      data,
      ttl,
      ttlIsOne: written?.text === '1',
      remark: entry.remark,
      enabled: entry.enabled,
      place: { file: source.file, line: entry.line, column: 1 },
    });
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

  /** Its own, that of `$TTL`, that of the record above; of a SOA its minimum, as BIND does (RFC 1035 3.3.13). */
  #ttl(written: Token | undefined, type: RecordType, value: readonly Token[]): number {
    if (written !== undefined) return (this.#lastTtl = ttlOf(written));
    const inherited = this.#defaultTtl ?? this.#lastTtl;
    if (inherited !== undefined) return inherited;
    const minimum = type.name === 'SOA' && value.length === type.fields.length ? value.at(-1) : undefined;
    if (minimum !== undefined) return (this.#defaultTtl = ttlOf(minimum));
    if (this.#options.fallbackTtl !== undefined) return this.#options.fallbackTtl;
    throw new DnsError('ttl-missing', 'The record has no TTL, and none is known', 'Begin with $TTL 300.');
  }

  async #directive(entry: Entry, state: State): Promise<void> {
    const [word, ...given] = entry.tokens as [Token, ...Token[]];
    try {
      switch (word.text.toUpperCase()) {
        case '$ORIGIN': {
          const [name] = exactly(given, 1, '$ORIGIN NAME') as [Token];
          state.origin = about(name, () => resolveName(nameOf(name), state.origin));
          break;
        }
        case '$TTL': {
          const [ttl] = exactly(given, 1, '$TTL TIME') as [Token];
          this.#defaultTtl = ttlOf(ttl);
          this.#firstTtl ??= this.#defaultTtl;
          break;
        }
        case '$INCLUDE':
          await this.#include(given, state);
          break;
        case '$GENERATE':
          this.#generate(given, entry, state);
          break;
        default:
          throw new DnsError(
            'directive-unknown',
            `There is no directive ${quoted(word.text)}`,
            'There are $ORIGIN, $TTL, $INCLUDE and $GENERATE; a name that begins with $ is written \\$.',
          ).about(word);
      }
    } catch (error) {
      this.#problem(error, entry, state);
    }
  }

  async #include(given: readonly Token[], state: State): Promise<void> {
    const [path, name] = given;
    if (path === undefined || given.length > 2) throw misused('$INCLUDE FILE [ORIGIN]', given);
    const { include } = this.#options;
    const { source } = state;
    const refuse = (message: string, hint?: string): DnsError =>
      new DnsError('include-refused', message, hint).about(path);
    if (include === undefined) {
      throw refuse('$INCLUDE is not allowed', '--allow-include lets it read files beside this one.');
    }
    if (source.depth >= MOST_DEPTH) throw refuse(`$INCLUDE goes deeper than ${MOST_DEPTH} files`);
    const origin =
      name === undefined ? state.origin : about(name, () => resolveName(nameOf(name), state.origin));
    const opened = await include(path.text, source.file).catch((error: unknown) => {
      throw error instanceof DnsError ? error.about(path) : error;
    });
    const above = [...source.above, source.file];
    if (above.includes(opened.file)) throw refuse('The file includes itself');
    await this.readFile({ ...opened, origin, owner: state.owner, depth: source.depth + 1, above });
  }

  /** `$GENERATE` range owner [TTL] [class] type value. */
  #generate(given: readonly Token[], entry: Entry, state: State): void {
    const [first, ...record] = given;
    if (first === undefined || record.length < 3) {
      throw misused('$GENERATE START-STOP[/STEP] OWNER [TTL] [CLASS] TYPE VALUE', given);
    }
    const range = readRange(first);
    const {
      owner,
      ttl,
      type: word,
      value,
    } = readHead(record, false) as { owner: Token } & ReturnType<typeof readHead>;
    const type = typeOf(word);
    const [names, values] = [readTemplate(owner.text), readTemplate(valueText(value))];
    const seconds = this.#ttl(ttl, type, []);
    for (const number of numbersOf(range)) {
      state.owner = about(owner, () => resolveName(fill(names, number), state.origin));
      const tokens = tokenize(fill(values, number), type.pairs);
      const data = about(value[0] ?? word, () => {
        return type.read(placed(tokens, value[0] ?? word), { origin: state.origin, source: 'file' });
      });
      const name = about(owner, () => this.#inZone(state.owner!));
      this.#give({ name, type, data, ttl: seconds }, entry, state, ttl);
    }
  }
}

/** Words that a directive made stand where the directive has them. */
function placed(tokens: readonly Token[], { line, column }: Token): Token[] {
  return tokens.map((token) => ({ ...token, line, column }));
}

function isDirective({ blank, tokens }: Entry): boolean {
  return !blank && tokens[0]!.text.startsWith('$') && !tokens[0]!.quoted;
}

/** The text of a word that is a name; one in quotes is none. */
function nameOf({ text, quoted: inQuotes }: Token): string {
  if (!inQuotes) return text;
  throw new DnsError('name-characters', `The name ${quoted(text)} stands in quotes`, 'Take them off.');
}

function exactly(given: readonly Token[], count: number, usage: string): readonly Token[] {
  if (given.length !== count) throw misused(usage, given);
  return given;
}

function misused(usage: string, given: readonly Token[]): DnsError {
  return new DnsError('directive-invalid', `It is ${usage}`).about(given.at(-1));
}
