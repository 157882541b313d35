import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { NetgoatError } from './errors.ts';
import type { RcFile, Secret } from './config-file.ts';

/** The settings in force, and a line of warning for each that should be changed. */
export interface Config {
  database: string | undefined;
  token: string | undefined;
  team: string | undefined;
  actor: string | undefined;
  output: string | undefined;
  /** The token that edges are shown; looked for when it is asked for, since most commands never do. */
  edgeToken(): Promise<string | undefined>;
  /** What no output may show, as far as it is known. */
  secrets: string[];
  warnings: string[];
}

type Env = NodeJS.ProcessEnv;

/**
 * Flags > NETGOAT_* > the project's .netgoatrc (found upwards) > ~/.netgoatrc > defaults.
 * @param flags what was given on the command line.
 * @throws NetgoatError usage: an rc file cannot be read or is malformed, or names a context that is not there.
 */
export async function loadConfig(
  flags: { db?: string; context?: string; actor?: string },
  env: Env,
  folder: string,
): Promise<Config> {
  const warnings: string[] = [];
  const files = await readFiles(rcPaths(env, folder), warnings);
  const context = flags.context ?? env['NETGOAT_CONTEXT'] ?? first(files, 'context');
  const layers = context === undefined ? files : [...inContext(files, context), ...files];
  const secret = (key: SecretKey) => resolveSecret(first(layers, key), key, env);
  const database = flags.db ?? env['NETGOAT_DB'] ?? (await secret('database'));
  const token = env['NETGOAT_TOKEN'] ?? (await secret('token'));
  const password = /^mongodb[^/]*:\/\/[^:/]*:(.*)@/.exec(database ?? '')?.[1];
  return {
    database,
    token,
    edgeToken: async () => env['NETGOAT_EDGE_TOKEN'] ?? (await secret('edgeToken')),
    secrets: [token, password].filter((each) => each !== undefined && each !== '') as string[],
    team: env['NETGOAT_TEAM'] ?? first(layers, 'team'),
    actor: flags.actor ?? env['NETGOAT_ACTOR'] ?? first(layers, 'actor'),
    output: env['NETGOAT_OUTPUT'] ?? first(layers, 'output'),
    warnings,
  };
}

/** The rc files that apply, the nearest first. */
function rcPaths(env: Env, folder: string): string[] {
  const found: string[] = [];
  for (let at = resolve(folder); ; at = dirname(at)) {
    const path = join(at, '.netgoatrc');
    if (existsSync(path)) {
      found.push(path);
      break;
    }
    if (dirname(at) === at) break;
  }
  const home = env['HOME'];
  if (home !== undefined) {
    const path = join(home, '.netgoatrc');
    if (existsSync(path) && !found.includes(path)) found.push(path);
  }
  return found;
}

async function readFiles(paths: string[], warnings: string[]): Promise<RcFile[]> {
  if (paths.length === 0) return [];
  const { parseRcFile, holdsSecret } = await import('./config-file.ts');
  return paths.map((path) => {
    const file = parseRcFile(path, readText(path));
    if (holdsSecret(file) && (statSync(path).mode & 0o044) !== 0 && process.platform !== 'win32') {
      warnings.push(`${path} holds a secret and others can read it: chmod 600 ${path}`);
    }
    return file;
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new NetgoatError('usage', `cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
}

function inContext(files: readonly RcFile[], name: string): RcFile[] {
  const layers = files.flatMap((file) => (file.contexts?.[name] ? [file.contexts[name]] : []));
  if (layers.length > 0) return layers;
  const known = [...new Set(files.flatMap((file) => Object.keys(file.contexts ?? {})))];
  throw new NetgoatError('usage', `there is no context "${name}"`, {
    hint:
      known.length > 0
        ? `the rc files have: ${known.join(', ')}`
        : 'add it under "contexts:" in a .netgoatrc',
  });
}

function first<K extends keyof RcFile>(layers: readonly RcFile[], key: K): RcFile[K] | undefined {
  return layers.find((layer) => layer[key] !== undefined)?.[key];
}

type SecretKey = 'database' | 'token' | 'edgeToken';

/** The variables that come before what the rc files say. */
const INSTEAD: Record<SecretKey, string> = {
  database: 'NETGOAT_DB',
  token: 'NETGOAT_TOKEN',
  edgeToken: 'NETGOAT_EDGE_TOKEN',
};

/** Going on without it would mean another database, or nobody's limits. */
function notSet(key: SecretKey, variable: string): never {
  throw new NetgoatError('usage', `the setting "${key}" is in ${variable}, which is not set`, {
    hint: `set ${variable}, or give ${INSTEAD[key]}`,
  });
}

/** A secret stands in the file itself, in the environment, in another file, or comes from a command. */
async function resolveSecret(
  secret: Secret | undefined,
  key: SecretKey,
  env: Env,
): Promise<string | undefined> {
  if (secret === undefined || typeof secret === 'string') return secret;
  if ('env' in secret) return env[secret.env] || notSet(key, secret.env);
  try {
    if ('file' in secret) return readFileSync(secret.file, 'utf8').trim();
    const { execFileSync } = await import('node:child_process');
    return execFileSync('/bin/sh', ['-c', secret.command], { encoding: 'utf8', timeout: 30_000 }).trim();
  } catch (error) {
    const source = 'file' in secret ? `the file ${secret.file}` : 'its command';
    throw new NetgoatError('usage', `cannot read the setting "${key}" from ${source}`, { cause: error });
  }
}
