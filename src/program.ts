import type { Command } from 'commander';
import { addVerbs, connectOutput, newCommand } from './commands/build.ts';
import type { Runner } from './commands/build.ts';
import type { NounSpec } from './commands/spec.ts';
import type { World } from './context.ts';

interface Noun {
  summary: string;
  load(): Promise<{ noun: NounSpec }>;
}

/** The table of contents: a noun's commands are loaded only when it is named. */
export const nouns: Record<string, Noun> = {
  team: { summary: 'teams, which own everything', load: () => import('./commands/team/noun.ts') },
  user: { summary: 'users, their roles and access tokens', load: () => import('./commands/user/noun.ts') },
  domain: { summary: 'domains, their ownership and TLS', load: () => import('./commands/domain/noun.ts') },
  dns: { summary: 'the records of a domain', load: () => import('./commands/dns/noun.ts') },
  proxy: { summary: 'how a domain is served', load: () => import('./commands/proxy/noun.ts') },
  alert: {
    summary: 'alerts, which watch domains and open incidents',
    load: () => import('./commands/alert/noun.ts'),
  },
  incident: {
    summary: 'incidents: what went wrong, from first sight to its end',
    load: () => import('./commands/incident/noun.ts'),
  },
  analytics: {
    summary: 'the traffic of domains, as it was counted',
    load: () => import('./commands/analytics/noun.ts'),
  },
  sync: { summary: 'what the edges are sent', load: () => import('./commands/sync/noun.ts') },
  history: { summary: 'who changed what, and when', load: () => import('./commands/history/noun.ts') },
  db: {
    summary: 'the database itself: its state, checks, upgrades and backups',
    load: () => import('./commands/db/noun.ts'),
  },
};

/** What stands behind one of these, in front of the noun, is its value. */
export const VALUED = new Set(['--db', '--context', '--actor', '--team', '-o', '--output']);

/** The words with what stands in front of the noun behind all others, where the options of a verb are looked for. */
export function nounFirst(argv: readonly string[]): string[] {
  const at = argv.findIndex((word, index) => !word.startsWith('-') && !VALUED.has(argv[index - 1] ?? ''));
  if (at < 1) return [...argv];
  const words = argv.slice(at);
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  return [...words.slice(0, end), ...argv.slice(0, at), ...words.slice(end)];
}

/** The command tree for this command line, with the noun first. */
export async function buildProgram(argv: readonly string[], world: World, run: Runner): Promise<Command> {
  const program = newCommand('netgoat')
    .helpCommand('help [noun]', 'show the help of a noun')
    .description(
      'The control plane of NetGoat: teams, domains, DNS, proxy configuration, and what the edges run.',
    )
    .usage('<noun> <verb> [arguments] [options]')
    .option('--db <database>', 'a MongoDB URI, or embedded[:path]')
    .option('--context <name>', 'a context of the rc file')
    .option('--actor <name>', 'who to name in history')
    .option('--no-input', 'never ask')
    .option('--no-color', 'no colours')
    .option('--debug', 'show the stack of an error')
    .version(await version(), '--version', 'print the version')
    .addHelpText(
      'after',
      '\nnetgoat <noun> --help         its verbs\nnetgoat <noun> <verb> --help  one of them',
    );
  const at = argv.findIndex((word) => Object.hasOwn(nouns, word));
  const [named, ...words] = at === -1 ? [] : argv.slice(at);
  for (const [name, { summary, load }] of Object.entries(nouns)) {
    const command = newCommand(name).summary(summary).description(summary);
    if (name === named) await addVerbs(command, (await load()).noun, words, run);
    program.addCommand(command);
  }
  connectOutput(program, world);
  return program;
}

async function version(): Promise<string> {
  const { default: manifest } = await import('../package.json', { with: { type: 'json' } });
  return manifest.version;
}
