import type { Command, CommanderError } from 'commander';
import { nearest } from './output/suggest.ts';
import { nouns } from './program.ts';

/** So many commands with the same verb are named. */
const MOST_NAMED = 3;

/**
 * What to do about words that make no command: what was meant, or else the help of the command that they name.
 * @param program the tree that refused them.
 * @param suggestion commander's own, of what lies beside the wrong word; '' where nothing does.
 */
export async function usageHint(
  error: CommanderError,
  program: Command | undefined,
  argv: readonly string[],
  suggestion: string,
): Promise<string> {
  const path = pathOf(program, argv);
  const [, typed, choices] =
    / (?:argument|value) '(.*)' is invalid.* choices are (.*)\.$/s.exec(error.message) ?? [];
  const choice = typed === undefined ? undefined : nearest(typed, choices!.split(', '));
  if (choice !== undefined) return `did you mean ${choice}?`;
  const word = /^error: unknown command '(.*)'/s.exec(error.message)?.[1];
  if (word === undefined || path.length > 0) return suggestion || `see \`${inFull(path.join(' '))} --help\``;
  const paths = await pathsByWord();
  const exact = paths.get(word);
  if (exact !== undefined) return meant(word, exact);
  if (suggestion !== '') return suggestion;
  const near = nearest(word, paths.keys());
  return near === undefined ? 'see `netgoat --help`' : meant(near, paths.get(near)!);
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
