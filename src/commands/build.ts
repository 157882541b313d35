import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { World } from '../context.ts';
import { HELP_LAYOUT } from './help.ts';
import type { ArgumentSpec, CommandSpec, NounSpec, OptionSpec, RawInput, Verbs } from './spec.ts';

/** Runs a command with what was typed; gives the exit code. */
export type Runner = (spec: CommandSpec, input: RawInput, path: string) => Promise<void>;

const formatOption: OptionSpec = {
  flags: '-o, --output <format>',
  description: 'how to print',
  choices: ['table', 'json', 'ndjson', 'yaml', 'csv', 'name'],
};

const teamOption: OptionSpec = { flags: '--team <slug>', description: 'only within this team' };

const listOptions: OptionSpec[] = [
  { flags: '--json [fields]', description: 'print JSON with these fields; bare, list the fields there are' },
  {
    flags: '--filter <test>',
    description: 'key=value, key!=value or key~glob; may be repeated',
    repeat: true,
  },
  { flags: '--sort <key>', description: 'order by a field; -key for descending' },
  { flags: '--limit <n>', description: 'print at most this many' },
];

const writeOptions: OptionSpec[] = [
  { flags: '--dry-run', description: 'show what would change and write nothing' },
  { flags: '--if-revision <n>', description: 'refuse (exit 4) unless it is still at this revision' },
  { flags: '--reason <text>', description: 'why; kept in history' },
];

const removeOptions: OptionSpec[] = [{ flags: '-y, --yes', description: 'do not ask' }];

/** The options that a command has by its nature, beside its own. */
function natureOptions(spec: CommandSpec): OptionSpec[] {
  if (spec.effect === 'database') {
    return [
      formatOption,
      listOptions[0]!,
      ...(spec.change ? [writeOptions[0]!] : []),
      ...(spec.change === 'replaces' ? removeOptions : []),
    ];
  }
  if (spec.effect === 'inspect' && spec.raw) return [];
  if (spec.effect === 'inspect') return [formatOption, ...(spec.list ? listOptions : [listOptions[0]!])];
  if (spec.effect === 'read' && spec.raw) return [teamOption];
  if (spec.effect === 'read' || spec.effect === 'observe') {
    const selection = spec.list ? listOptions : [listOptions[0]!];
    const dryRun = spec.effect === 'observe' && spec.dryRun ? [writeOptions[0]!] : [];
    return [teamOption, formatOption, ...selection, ...dryRun];
  }
  if (spec.effect === 'retire') return [teamOption, formatOption, writeOptions[0]!, ...removeOptions];
  const asks = spec.effect === 'remove' || (spec.effect === 'write' && spec.asks === true);
  return [teamOption, formatOption, ...writeOptions, ...(asks ? removeOptions : [])];
}

/** Every option of a command; its own come before those of its nature. */
export function optionsOf(spec: CommandSpec): OptionSpec[] {
  const own = spec.options ?? [];
  const names = new Set(own.map(longName));
  return [...own, ...natureOptions(spec).filter((option) => !names.has(longName(option)))];
}

/** The long name of an option: `cache-ttl` of `--cache-ttl <time>`. */
export function longName(option: OptionSpec): string {
  return /--([a-z-]+)/.exec(option.flags)![1]!;
}

/**
 * Fills a noun's command with what these words name of its verbs and groups; with all of it where they name nothing,
 * for help and for suggestions.
 */
export async function addVerbs(
  parent: Command,
  noun: NounSpec,
  words: readonly string[],
  run: Runner,
): Promise<void> {
  const groups = noun.groups ?? {};
  const first = words.find((word) => Object.hasOwn(noun.verbs, word) || Object.hasOwn(groups, word));
  const inGroup = first !== undefined && Object.hasOwn(groups, first);
  if (!inGroup) await addTo(parent, named(noun.verbs, words), run);
  for (const [name, { summary, verbs }] of Object.entries(groups)) {
    const command = newCommand(name).summary(summary).description(summary);
    if (name === first) await addTo(command, named(verbs, words), run, parent.name());
    parent.addCommand(command);
  }
}

async function addTo(command: Command, verbs: Verbs, run: Runner, above = ''): Promise<void> {
  const path = `${above} ${command.name()}`.trim();
  for (const load of Object.values(verbs)) {
    const spec = await load();
    command.addCommand(verbCommand(spec, path, run), { hidden: spec.hidden === true });
  }
}

/** The verbs that these words name, all of them where they name none. */
function named(verbs: Verbs, words: readonly string[]): Verbs {
  const typed = Object.entries(verbs).filter(([name]) => words.includes(name));
  return typed.length === 0 ? verbs : Object.fromEntries(typed);
}

/** A command that never exits the process and prints to the world's streams, as its parent does. */
export function newCommand(name: string): Command {
  return new Command(name)
    .configureHelp(HELP_LAYOUT)
    .exitOverride()
    .helpCommand(false)
    .showHelpAfterError(false);
}

/** Sends commander's own output to the world's streams; errors come back as exceptions. */
export function connectOutput(command: Command, world: World): void {
  command.configureOutput({
    writeOut: (text) => void world.stdout.write(text),
    writeErr: (text) => void world.stderr.write(text),
    // Errors are reported in one place, in main.
    outputError: () => undefined,
    getOutHelpWidth: () => world.stdout.columns ?? 80,
    getOutHasColors: () => false,
  });
  for (const child of command.commands) connectOutput(child, world);
}

function verbCommand(spec: CommandSpec, parent: string, run: Runner): Command {
  const path = `${parent} ${spec.name}`;
  const args = spec.args ?? [];
  const command = newCommand(spec.name)
    .summary(spec.summary)
    .description(spec.summary)
    .aliases([...(spec.aliases ?? [])])
    .usage(['[options]', ...args.map(usageOf)].join(' '))
    .addHelpText(
      'after',
      `\nExample${spec.examples.length > 1 ? 's' : ''}:\n${spec.examples.map((line) => `  $ ${line}`).join('\n')}`,
    );
  // Arguments are optional to commander: a missing one is asked for on a terminal, and refused by us elsewhere.
  for (const arg of args) command.addArgument(newArgument(arg));
  for (const each of optionsOf(spec)) command.addOption(newOption(each));
  refuseOpposites(command);
  command.action(async (...given: unknown[]) => {
    const input: RawInput = { ...(given[args.length] as object) };
    args.forEach((arg, index) => {
      const value = given[index];
      const missing = value === undefined || (arg.variadic && (value as unknown[]).length === 0);
      if (!missing) input[arg.name] = value;
    });
    await run(spec, input, path);
  });
  return command;
}

function usageOf(arg: ArgumentSpec): string {
  const name = `${dashed(arg.name)}${arg.variadic ? '...' : ''}`;
  return arg.optional ? `[${name}]` : `<${name}>`;
}

function newArgument(arg: ArgumentSpec): Argument {
  const made = new Argument(`[${dashed(arg.name)}${arg.variadic ? '...' : ''}]`, arg.description);
  return arg.choices ? made.choices([...arg.choices]) : made;
}

function newOption(spec: OptionSpec): Option {
  const made = new Option(spec.flags, spec.required ? `${spec.description} (required)` : spec.description);
  if (spec.choices) made.choices([...spec.choices]);
  if (spec.repeat) {
    made.argParser((value: string, before: unknown) => {
      if (spec.choices?.includes(value) === false) {
        throw new InvalidArgumentError(`Allowed choices are ${spec.choices.join(', ')}.`);
      }
      return [...(Array.isArray(before) ? before : []), value];
    });
  }
  return made;
}

const OPPOSITES: Record<string, string> = {
  'no-proxied': 'proxied',
  'no-secret': 'secret',
  'no-retention': 'retention',
  'no-webhooks': 'notify',
  'no-tags': 'tag',
  clear: 'cert',
  enable: 'disable',
};

/** Of two options that say the opposite, commander would take the last: what was meant is anybody's guess. */
function refuseOpposites(command: Command): void {
  const names = command.options.map((option) => option.name());
  for (const pair of Object.entries(OPPOSITES).filter((each) => each.every((name) => names.includes(name)))) {
    const typed = new Set<string>();
    for (const name of pair) {
      command.on(`option:${name}`, () => {
        typed.add(name);
        if (typed.size > 1) command.error(`--${pair[1]} and --${pair[0]} say the opposite`);
      });
    }
  }
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
