import { Argument, Command, Option } from 'commander';
import type { World } from '../context.ts';
import type { ArgumentSpec, CommandSpec, NounSpec, OptionSpec, RawInput } from './spec.ts';

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
  if (spec.effect === 'read') {
    if (spec.raw) return [teamOption];
    return spec.list
      ? [teamOption, formatOption, ...listOptions]
      : [teamOption, formatOption, listOptions[0]!];
  }
  return [teamOption, formatOption, ...writeOptions, ...(spec.effect === 'remove' ? removeOptions : [])];
}

/** Every option of a command; its own come before those of its nature. */
export function optionsOf(spec: CommandSpec): OptionSpec[] {
  const own = spec.options ?? [];
  const names = new Set(own.map(longName));
  return [...own, ...natureOptions(spec).filter((option) => !names.has(longName(option)))];
}

function longName(option: OptionSpec): string {
  return /--([a-z-]+)/.exec(option.flags)![1]!;
}

/** Fills a noun's command with its verbs and groups. */
export function addVerbs(parent: Command, noun: NounSpec, run: Runner): void {
  for (const spec of noun.verbs) parent.addCommand(verbCommand(spec, `${parent.name()} ${spec.name}`, run));
  for (const group of noun.groups ?? []) {
    const command = newCommand(group.name).summary(group.summary).description(group.summary);
    for (const spec of group.verbs) {
      command.addCommand(verbCommand(spec, `${parent.name()} ${group.name} ${spec.name}`, run));
    }
    parent.addCommand(command);
  }
}

/** A command that never exits the process and prints to the world's streams, as its parent does. */
export function newCommand(name: string): Command {
  return new Command(name).exitOverride().helpCommand(false).showHelpAfterError(false);
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

function verbCommand(spec: CommandSpec, path: string, run: Runner): Command {
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
  if (spec.repeat)
    made.argParser((value: string, before: unknown) => [...(Array.isArray(before) ? before : []), value]);
  return made;
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
