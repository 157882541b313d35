import { spawn } from 'node:child_process';
import { NetgoatError } from '../errors.ts';
import { givingCtrlCAway } from '../interruption.ts';

interface Terminal {
  stdout?: { isTTY?: boolean };
  stderr?: { write(text: string): unknown };
}

/** The editor that somebody prefers: $VISUAL, $EDITOR, else the one that is everywhere. */
export function editorOf(env: NodeJS.ProcessEnv): string {
  const standard = process.platform === 'win32' ? 'notepad' : 'vi';
  return [env['VISUAL'], env['EDITOR']].find((editor) => editor?.trim()) ?? standard;
}

/**
 * Runs an editor on a file, at the terminal of this process, and waits until it ends.
 * @param editor a command, with arguments and quotes as a shell takes them.
 * @throws NetgoatError usage: there is no such command; interrupted: Ctrl-C ended it; failed: it ended otherwise than
 * well.
 */
export async function runEditor(
  editor: string,
  path: string,
  { terminal, env, cwd }: { terminal: Terminal; env: NodeJS.ProcessEnv; cwd: string },
): Promise<void> {
  // Where the output goes to a file or a pipe, the editor draws on what is still a terminal.
  const screen = terminal.stdout?.isTTY === true ? 1 : 2;
  const [command, args] = commandOf(editor, path);
  const shell = process.platform === 'win32';
  const ended = () =>
    new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      const child = spawn(command, args, { stdio: [0, screen, 2], env, cwd, shell });
      child.once('error', reject);
      child.once('close', (...how) => resolve(how));
    });
  const [code, signal] = await givingCtrlCAway(ended).catch((error: Error) => {
    throw new NetgoatError('failed', `cannot run the editor ${editor}: ${error.message}`, {
      hint: HINT,
      cause: error,
    });
  });
  if (code === 0) return;
  const failed = failure(editor, code, signal);
  // What follows is not to stand behind the ^C.
  if (failed.code === 'interrupted') terminal.stderr?.write('\n');
  throw failed;
}

const HINT = '$VISUAL or $EDITOR says which editor to use';

/** As git does: the shell splits the editor's words, the path is one word whatever is in it. */
function commandOf(editor: string, path: string): [command: string, args: string[]] {
  if (process.platform === 'win32') return [`${editor} "${path}"`, []];
  return ['/bin/sh', ['-c', `${editor} "$@"`, editor, path]];
}

function failure(editor: string, code: number | null, signal: NodeJS.Signals | null): NetgoatError {
  // The second is how shells, and scripts that are editors, say the same.
  if (signal === 'SIGINT' || code === 130) return new NetgoatError('interrupted', 'interrupted');
  const how = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`;
  const message = `the editor ${editor} ${how}`;
  // What a shell answers to a command that it does not find or may not run.
  const unknown = code === 126 || code === 127;
  return unknown ? new NetgoatError('usage', message, { hint: HINT }) : new NetgoatError('failed', message);
}
