import { PassThrough, Readable } from 'node:stream';
import type { Writable } from 'node:stream';
import { main } from '../../src/main.ts';
import type { World } from '../../src/context.ts';

export interface RunResult {
  stdout: string;
  stderr: string;
  code: number;
}

interface RunOptions {
  /** Added to an environment that is empty but for the database. */
  env?: Record<string, string>;
  stdin?: string;
  /** Instead of one that collects. */
  stdout?: Writable;
  /** The width of the terminal, where help is laid out for one. */
  columns?: number;
  cwd?: string;
  now?: Date;
}

/** Runs netgoat in-process as a script would: no terminal, its own streams and environment, a fresh program. */
export async function runCli(
  command: string | readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const stdout = collector();
  const stderr = collector();
  const world: World = {
    stdin: Readable.from(options.stdin === undefined ? [] : [options.stdin]),
    stdout: Object.assign(options.stdout ?? stdout.stream, { columns: options.columns }),
    stderr: stderr.stream,
    env: { USER: 'tester', ...options.env },
    cwd: options.cwd ?? '/',
    now: () => options.now ?? new Date(),
  };
  const code = await main(typeof command === 'string' ? words(command) : command, world);
  return { stdout: stdout.text(), stderr: stderr.text(), code };
}

function collector() {
  const chunks: Buffer[] = [];
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}

/** Splits a command line at blanks; single and double quotes keep words together. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_, double: string, single: string) => double ?? single),
  );
}
