import type { Plan } from '../changes/plan.ts';
import type { Context } from '../context.ts';
import type { Store } from '../database/store.ts';
import type { Access } from '../queries/access.ts';
import type { item, Outcome } from './outcome.ts';

/** An argument of a command, in commander's words; a missing one is asked for on a terminal. */
export interface ArgumentSpec {
  /** camelCase; the key in the input. */
  name: string;
  description: string;
  optional?: boolean;
  variadic?: boolean;
  choices?: readonly string[];
}

/** An option of a command; `flags` is commander's notation, `--cache-ttl <time>` becomes `cacheTtl`. */
export interface OptionSpec {
  flags: string;
  description: string;
  required?: boolean;
  choices?: readonly string[];
  /** May be given several times; the input holds a list. */
  repeat?: boolean;
}

/** Arguments and options by name, as typed: texts, lists of texts, true or false. */
export type RawInput = Record<string, unknown>;

/** What a command's code is given. */
export interface Call {
  readonly store: Store;
  readonly access: Access;
  readonly context: Context;
}

interface Common {
  name: string;
  summary: string;
  args?: readonly ArgumentSpec[];
  options?: readonly OptionSpec[];
  /** Whole command lines; the first is shown in help as the example. */
  examples: readonly string[];
  aliases?: readonly string[];
  /** Not listed in the help of its noun; it has its own. */
  hidden?: true;
}

/** A command that reads. */
export interface ReadSpec extends Common {
  effect: 'read';
  /** Lists take --filter, --sort, --limit and --json. */
  list?: boolean;
  /** Its output is text as it is, without the table formats. */
  raw?: boolean;
  /** What an edge's token may run too. */
  forEdges?: boolean;
  read(call: Call, input: RawInput): Promise<Outcome>;
}

/**
 * A command that reads and can do without the database: `open` gives what other reading commands are given, and until
 * it is called there need be no database.
 */
export interface InspectSpec extends Common {
  effect: 'inspect';
  list?: boolean;
  /** Its output is text as it is, without the table formats. */
  raw?: true;
  inspect(context: Context, open: () => Promise<Call>, input: RawInput): Promise<Outcome>;
}

/** A command that writes: it says what it intends, the rest is the same for all. */
export interface WriteSpec extends Common {
  /** `remove` asks for the name on a terminal and wants --yes off it. */
  effect: 'write' | 'remove';
  /** On a terminal, shows what would change and asks before it writes, unless there is --yes. */
  asks?: boolean;
  plan(call: Call, input: RawInput): Promise<Plan>;
}

/** What a retiring command is about to take away. */
interface Retirement {
  /** Typed to confirm it. */
  name: string;
  /** What goes, where that is not simply what the name names. */
  what?: string;
  /** Said where there is nothing to take away; nobody is asked then. */
  nothing?: string;
  shown: ReturnType<typeof item>;
  act(): Promise<void>;
}

/** A command that takes away what was observed, which has no revision and no history; it asks as removes do. */
export interface RetireSpec extends Common {
  effect: 'retire';
  retire(call: Call, input: RawInput): Promise<Retirement>;
}

/**
 * A command that writes what is observed, which has no revision and no history, and whatever rules make of it; it
 * wants the right to write. What it has done when it is interrupted stays, and running it again does the rest.
 */
export interface ObserveSpec extends Common {
  effect: 'observe';
  list?: boolean;
  /** It takes --dry-run. */
  dryRun?: true;
  observe(call: Call, input: RawInput): Promise<Outcome>;
}

/** What an editing command is given of the one way to write. */
export interface Writer {
  /** Refuses a revision that is not that of --if-revision. */
  checkRevision(revision: number | null): void;
  /** Shows on stderr what a plan would change, and its warnings. */
  show(plan: Plan): Promise<void>;
  /** Writes a plan that was agreed to, or with --dry-run does not, and prints what it came to. */
  write(plan: Plan): Promise<void>;
}

/** A command that lets somebody work on a text at a terminal, and writes what becomes of it. */
export interface EditSpec extends Common {
  effect: 'edit';
  /** What is done instead where there is no terminal. */
  elsewhere: string;
  edit(call: Call, input: RawInput, writer: Writer): Promise<void>;
}

/**
 * A command about the database as a whole, below the level of teams and Changes: it opens the database by itself, in
 * its own way or not at all.
 */
export interface DatabaseSpec extends Common {
  effect: 'database';
  /** What it does to the database that is there; either takes --dry-run, `replaces` asks first as removes do. */
  change?: 'adds' | 'replaces';
  /** Says itself that nobody can be asked, once it has looked at what it was given. */
  looksFirst?: boolean;
  run(context: Context, input: RawInput): Promise<Outcome>;
}

export type CommandSpec =
  ReadSpec | InspectSpec | WriteSpec | RetireSpec | ObserveSpec | EditSpec | DatabaseSpec;

/** Verbs by name; each is loaded when it is typed, or when help or a typo needs them all. */
export type Verbs = Record<string, () => Promise<CommandSpec>>;

/** Verbs below a noun's own: `user token create`. */
export interface GroupSpec {
  summary: string;
  verbs: Verbs;
}

/** A noun of the command line: its verbs, and the groups of verbs below it. */
export interface NounSpec {
  verbs: Verbs;
  groups?: Record<string, GroupSpec>;
}
