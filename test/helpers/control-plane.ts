import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, expect, inject } from 'vitest';
import { runCli } from './run-cli.ts';
import type { RunResult } from './run-cli.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** `embedded`, or the URI of a server that the suite runs on. */
    store: string;
  }
}

type Options = Parameters<typeof runCli>[1];

/** An empty control plane on the store that this run of the suite is about. */
export interface ControlPlane {
  /** What `--db` takes. */
  readonly database: string;
  /** A folder of its own for files. */
  readonly folder: string;
  run(command: string | readonly string[], options?: Options): Promise<RunResult>;
  /** Runs a command that must succeed. */
  ok(command: string | readonly string[], options?: Options): Promise<RunResult>;
  /** Runs a command that must succeed and gives its JSON. */
  json<T = unknown>(command: string, options?: Options): Promise<T>;
}

/**
 * Makes a control plane and takes it away after the file's tests.
 * @param steps commands that are run first, and must succeed.
 */
export async function controlPlane(...steps: string[]): Promise<ControlPlane> {
  const folder = await mkdtemp(join(tmpdir(), 'netgoat-test-'));
  const store = inject('store');
  const database = store === 'embedded' ? `embedded:${join(folder, 'store')}` : databaseOn(store);
  afterAll(async () => {
    if (store !== 'embedded') await drop(database);
    await rm(folder, { recursive: true, force: true });
  });
  const run = (command: string | readonly string[], options: Options = {}) =>
    runCli(command, { cwd: folder, ...options, env: { NETGOAT_DB: database, ...options.env } });
  const ok = async (command: string | readonly string[], options: Options = {}) => {
    const result = await run(command, options);
    expect(result, result.stderr).toMatchObject({ code: 0 });
    return result;
  };
  for (const step of steps) await ok(step);
  return {
    database,
    folder,
    run,
    ok,
    json: async (command, options) => JSON.parse((await ok(command, options)).stdout),
  };
}

/** A database of its own on a server. */
function databaseOn(uri: string): string {
  const made = new URL(uri);
  made.pathname = `/netgoat-test-${randomBytes(6).toString('hex')}`;
  return made.href;
}

async function drop(uri: string): Promise<void> {
  const { openStore } = await import('../../src/database/open.ts');
  const store = await openStore({ kind: 'mongodb', uri });
  await store.connection.dropDatabase();
  await store.close();
}
