import { spawn } from 'node:child_process';
import { NetgoatError } from '../errors.ts';

interface Terminal {
  stdout?: { isTTY?: boolean };
}

/** The editor that somebody prefers: $VISUAL, $EDITOR, else the one that is everywhere. */
export function editorOf(env: NodeJS.ProcessEnv): string {
  const standard = process.platform === 'win32' ? 'notepad' : 'vi';
  return [env['VISUAL'], env['EDITOR']].find((editor) => editor?.trim()) ?? standard;
}

/**
 * Runs an editor on a file, at the terminal of this process, and waits until it ends.
 * @param editor a command, with arguments and quotes as a shell takes them.
 * @throws NetgoatError failed: it cannot be run, or ended otherwise than well.
 */
export async function runEditor(
  editor: string,
  path: string,
  { terminal, env, cwd }: { terminal: Terminal; env: NodeJS.ProcessEnv; cwd: string },
): Promise<void> {
  // Where the output goes to a file or a pipe, the editor draws on what is still a terminal.
  const screen = terminal.stdout?.isTTY === true ? 1 : 2;
  const [command, args] = commandOf(editor, path);
  // Ctrl-C is the editor's while it runs; by default it would end this process, too.
  process.on('SIGINT', ignore);
  process.on('SIGQUIT', ignore);
  try {
    const shell = process.platform === 'win32';
    const child = spawn(command, args, { stdio: [0, screen, 2], env, cwd, shell });
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (...ended) => resolve(ended));
    });
    if (code !== 0) throw failure(editor, code, signal);
  } catch (error) {
    if (error instanceof NetgoatError) throw error;
    throw new NetgoatError('failed', `cannot run the editor ${editor}: ${(error as Error).message}`, {
      hint: HINT,
      cause: error,
    });
  } finally {
    process.off('SIGINT', ignore);
    process.off('SIGQUIT', ignore);
  }
}

function ignore(): void {
  // It is the editor's.
}

const HINT = '$VISUAL or $EDITOR says which editor to use';

/** As git does: the shell splits the editor's words, the path is one word whatever is in it. */
function commandOf(editor: string, path: string): [command: string, args: string[]] {
  if (process.platform === 'win32') return [`${editor} "${path}"`, []];
  return ['/bin/sh', ['-c', `${editor} "$@"`, editor, path]];
}

function failure(editor: string, code: number | null, signal: NodeJS.Signals | null): NetgoatError {
  const how = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`;
  // What a shell answers to a command that it does not find or may not run.
  const unknown = code === 126 || code === 127;
  return new NetgoatError('failed', `the editor ${editor} ${how}`, unknown ? { hint: HINT } : {});
}
