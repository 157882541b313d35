import { userInfo } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { loadConfig } from './config.ts';
import type { Config } from './config.ts';
import type { Administration } from './database/administration.ts';
import type { Target } from './database/open.ts';
import type { Store } from './database/store.ts';
import type { View } from './output/columns.ts';
import { createPrompter } from './prompts/prompts.ts';
import type { Prompter } from './prompts/prompts.ts';
import type { Access } from './queries/access.ts';

type Input = Readable & { isTTY?: boolean };
type Output = Writable & { isTTY?: boolean; columns?: number };

/** The world a run of netgoat sees: tests give their own. */
export interface World {
  stdin: Input;
  stdout: Output;
  stderr: Output;
  env: NodeJS.ProcessEnv;
  cwd: string;
  now(): Date;
  /** Tells a command that runs until it is told to end, as a signal would. */
  ending?: AbortSignal;
}

/** The flags that every command takes. */
export interface GlobalFlags {
  db?: string;
  context?: string;
  actor?: string;
  input?: boolean;
  color?: boolean;
  debug?: boolean;
}

/** What a command works with; the store is opened when it is first asked for. */
export interface Context {
  readonly world: World;
  readonly config: Config;
  /** What was given on the command line of the flags that every command takes. */
  readonly flags: GlobalFlags;
  readonly prompter: Prompter;
  readonly view: View;
  readonly debug: boolean;
  store(): Promise<Store>;
  /** What is done to the database as a whole; it does not use the store that is open here. */
  administration(): Promise<Administration>;
  /** Who asks, limited to these teams (slugs) if there are any, else to that of the configuration; null: to none. */
  access(teams: readonly string[] | null): Promise<Access>;
  warn(line: string): void;
  close(): Promise<void>;
}

/** The process's own world. */
export function processWorld(): World {
  const { stdin, stdout, stderr, env } = process;
  return { stdin, stdout, stderr, env, cwd: process.cwd(), now: () => new Date() };
}

/**
 * Puts a run together from its flags; the only place that sees every part of the house.
 * @param onlyReads an embedded store that was asked for by its path is then not made.
 * @throws NetgoatError usage: an rc file is malformed.
 */
export async function createContext(world: World, flags: GlobalFlags, onlyReads = false): Promise<Context> {
  const config = await loadConfig(flags, world.env, world.cwd);
  const warn = (line: string) => void world.stderr.write(`warning: ${line}\n`);
  config.warnings.forEach(warn);
  let opened: Promise<Store> | undefined;
  const store = () => (opened ??= open(config, world, onlyReads));
  return {
    world,
    config,
    flags,
    prompter: createPrompter(world, {
      silencedBy: flags.input === false ? '--no-input' : world.env['CI'] === undefined ? undefined : '$CI',
      env: world.env,
      cwd: world.cwd,
    }),
    view: viewOf(world, flags),
    debug: flags.debug === true || world.env['NETGOAT_DEBUG'] !== undefined,
    store,
    administration: async () => {
      const { administrationOf } = await import('./database/administration.ts');
      return administrationOf(await targetOf(config, world));
    },
    access: async (teams) => {
      const { resolveAccess } = await import('./queries/tokens.ts');
      const own = config.team === undefined ? [] : [config.team];
      const limits = teams === null || teams.length > 0 ? (teams ?? []) : own;
      return resolveAccess(await store(), {
        token: config.token,
        actor: config.actor ?? userName(world),
        teams: limits,
        now: world.now(),
      });
    },
    warn,
    close: async () => {
      const left = await opened?.catch(() => undefined);
      await left?.close();
    },
  };
}

async function open(config: Config, world: World, onlyReads: boolean): Promise<Store> {
  const { openStore, requireStore } = await import('./database/open.ts');
  const target = await targetOf(config, world);
  if (onlyReads && config.database !== undefined) await requireStore(target);
  const store = await openStore(target);
  if (store.made) world.stderr.write(`Made ${store.label}: there was none\n`);
  return store;
}

async function targetOf(config: Config, world: World): Promise<Target> {
  const { describeTarget, parseTarget } = await import('./database/open.ts');
  const target = parseTarget(config.database ?? 'embedded', world.env);
  if (config.database === undefined) {
    world.stderr.write(`Using ${describeTarget(target)} (no --db or NETGOAT_DB given)\n`);
  }
  return target;
}

function viewOf(world: World, flags: GlobalFlags): View {
  const { stdout, env } = world;
  const tty = stdout.isTTY === true;
  const color = tty && flags.color !== false && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return { tty, color, width: stdout.columns ?? 80, now: world.now() };
}

function userName(world: World): string {
  const name = world.env['USER'] ?? world.env['LOGNAME'] ?? world.env['USERNAME'];
  if (name) return name;
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
