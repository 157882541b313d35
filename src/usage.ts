import type { Command, CommanderError } from 'commander';
import { nearest } from './output/suggest.ts';
import { nounFirst, nouns, VALUED } from './program.ts';

/** So many commands with the same verb are named. */
const MOST_NAMED = 3;

/**
 * What to do about words that make no command: what was meant, or else the help of the command that they name.
 * @param program the tree that refused them.
 * @param typed the words as they were typed.
 * @param suggestion commander's own, of what lies beside the wrong word; '' where nothing does.
 */
export async function usageHint(
  error: CommanderError,
  program: Command | undefined,
  typed: readonly string[],
  suggestion: string,
): Promise<string> {
  const argv = nounFirst(typed);
  const path = pathOf(program, argv);
  const [, value, choices] =
    / (?:argument|value) '(.*)' is invalid.* choices are (.*)\.$/s.exec(error.message) ?? [];
  const choice = value === undefined ? undefined : nearest(value, choices!.split(', '));
  if (choice !== undefined) return `did you mean ${choice}?`;
  const word = /^error: unknown command '(.*)'/s.exec(error.message)?.[1];
  if (word === undefined) return suggestion || seeHelp(path);
  const flag = word === argv[0] && suggestion === '' ? flagInFront(word, typed) : undefined;
  if (flag !== undefined) return behindTheVerb(flag);
  if (path.length > 0) return suggestion || seeHelp(path);
  const paths = await pathsByWord();
  const exact = paths.get(word);
  if (exact !== undefined) return meant(word, exact);
  if (suggestion !== '') return suggestion;
  const near = nearest(word, paths.keys());
  return near === undefined ? seeHelp([]) : meant(near, paths.get(near)!);
}

/** The flag whose value was taken for a noun: it stands in front of the word, and the noun comes behind that. */
function flagInFront(word: string, typed: readonly string[]): string | undefined {
  const at = typed.indexOf(word);
  const flag = typed[at - 1];
  if (flag === undefined || !/^--[a-z-]+$/.test(flag)) return undefined;
  return typed.slice(at + 1).some((each) => Object.hasOwn(nouns, each)) ? flag : undefined;
}

function behindTheVerb(flag: string): string {
  const others = [...VALUED].join(', ');
  return `put ${flag} and its value behind the verb, or write ${flag}=VALUE: before the noun only ${others} take the next word`;
}

function seeHelp(path: readonly string[]): string {
  return `see \`${inFull(path.join(' '))} --help\``;
}

/** The command that the words name, as far as they do. */
function pathOf(program: Command | undefined, argv: readonly string[]): string[] {
  const path: string[] = [];
  let at: Command | undefined = program;
  for (const word of argv) {
    const next: Command | undefined = at?.commands.find(
      (each) => each.name() === word || each.aliases().includes(word),
    );
    if (next === undefined) continue;
    path.push(next.name());
    at = next;
  }
  return path;
}

/** Every command by its verb, and every group by its name. */
async function pathsByWord(): Promise<Map<string, string[]>> {
  const paths = new Map<string, string[]>();
  const add = (word: string, path: string) => paths.set(word, [...(paths.get(word) ?? []), path]);
  for (const [name, { load }] of Object.entries(nouns)) {
    const { verbs, groups = {} } = (await load()).noun;
    for (const verb of Object.keys(verbs)) add(verb, `${name} ${verb}`);
    for (const [group, { verbs: below }] of Object.entries(groups)) {
      add(group, `${name} ${group}`);
      for (const verb of Object.keys(below)) add(verb, `${name} ${group} ${verb}`);
    }
  }
  return paths;
}

function meant(word: string, paths: readonly string[]): string {
  const named = paths.slice(0, MOST_NAMED).map((path) => `\`${inFull(path)}\``);
  if (paths.length <= MOST_NAMED) return `did you mean ${named.join(' or ')}?`;
  return `a noun comes before ${word}: ${named.join(', ')} and others; see \`netgoat --help\``;
}

function inFull(path: string): string {
  return `netgoat ${path}`.trim();
}
