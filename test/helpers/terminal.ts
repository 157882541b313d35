import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { vi } from 'vitest';
import type { World } from '../../src/context.ts';
import { main } from '../../src/main.ts';
import type { ControlPlane } from './control-plane.ts';

/** A run of netgoat with somebody at its terminal. */
interface Session {
  /** Waits for a text on the terminal, and then types an answer and Enter. */
  answer(question: string | RegExp, text: string): Promise<void>;
  /** All that the terminal has shown. */
  shown(): string;
  /** The exit code, once it has ended. */
  code: Promise<number>;
}

/**
 * Runs a command in-process on a terminal, with an editor that is a shell script: `$1` is the file.
 * @param edits what it does the first time, the second, and so on.
 */
export async function atTerminal(
  plane: ControlPlane,
  command: string,
  edits: readonly string[],
): Promise<Session> {
  const folder = await mkdtemp(join(plane.folder, 'an editor '));
  const script = join(folder, 'editor.sh');
  const cases = edits.map((edit, at) => `${at + 1}) ${edit} ;;`);
  const count = `echo >> '${folder}/runs'; case $(wc -l < '${folder}/runs') in`;
  await writeFile(script, ['#!/bin/sh', count, ...cases, '*) exit 9 ;;', 'esac', ''].join('\n'));
  await chmod(script, 0o700);
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const stdout = new PassThrough();
  let shown = '';
  let seen = 0;
  for (const stream of [stdout, stderr]) stream.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  const env = {
    USER: 'tester',
    NETGOAT_DB: plane.database,
    PATH: process.env['PATH'],
    EDITOR: `'${script}'`,
    TERM: 'dumb',
  };
  const world: World = { stdin, stdout, stderr, env, cwd: plane.folder, now: () => new Date() };
  return {
    answer: async (question, text) => {
      await vi.waitFor(() => found(shown.slice(seen), question), 20_000);
      seen = shown.length;
      await sleep(50);
      stdin.write(`${text}\r`);
    },
    shown: () => shown,
    code: main(command.split(' '), world),
  };
}

function found(text: string, wanted: string | RegExp): void {
  const there = typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
  if (!there) throw new Error(`the terminal does not show ${String(wanted)}, but: ${text}`);
}
