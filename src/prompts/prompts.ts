import { Writable } from 'node:stream';
import { NetgoatError } from '../errors.ts';
import { onInterruption } from '../interruption.ts';

interface Choice {
  name: string;
  value: string;
}

/** Asks the person at the terminal; messages and choices come inert already. Every method rejects with `interrupted` on Ctrl-C, Ctrl-D or a closed input. */
export interface Prompter {
  /** Whether there is anybody to ask; where not, the methods reject with `usage`. */
  readonly interactive: boolean;
  /** What forbids questions although somebody may be there. */
  readonly silencedBy: string | undefined;
  /** A line of text; `validate` answers true or the complaint. */
  input(message: string, options?: InputOptions): Promise<string>;
  select(message: string, choices: (string | Choice)[]): Promise<string>;
  /** yes or no, as `letter` takes them; Enter alone is no. */
  confirm(message: string): Promise<boolean>;
  /** True once the name itself was typed, false on anything else. */
  confirmName(message: string, name: string): Promise<boolean>;
  /** One of several answers, typed as the word or its first letter, in any case, and nothing else. */
  letter<T extends string>(message: string, answers: readonly T[]): Promise<T>;
  /** Lets a file be edited in the editor of whoever sits there; rejects unless that ended well. */
  edit(path: string): Promise<void>;
}

interface InputOptions {
  default?: string;
  validate?: (value: string) => boolean | string | Promise<boolean | string>;
}

interface Streams {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  stdout?: { isTTY?: boolean };
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };
}

/** A key of a terminal, as node's readline tells it. */
interface Key {
  name?: string;
  ctrl?: boolean;
}

type Question = { message: string } & (
  | ({ type: 'input'; theme?: { validationFailureMode: 'clear' } } & InputOptions)
  | { type: 'select'; choices: Choice[] }
);

interface Options {
  /** What forbids questions, as people know it: `--no-input`. */
  silencedBy?: string | undefined;
  /** What an editor runs in; nothing of it by default. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
}

/**
 * A prompter on the streams: interactive only where both are terminals and nothing forbids questions. They are drawn
 * on stderr, so that stdout stays data. inquirer is loaded with the first question.
 */
export function createPrompter(streams: Streams, options: Options = {}): Prompter {
  const { silencedBy } = options;
  const interactive =
    silencedBy === undefined && streams.stdin.isTTY === true && streams.stderr.isTTY === true;
  const ask = async (question: Question): Promise<unknown> => {
    if (!interactive) throw new NetgoatError('usage', `cannot ask "${question.message}" without a terminal`);
    return askOn(streams, question);
  };
  const input = async (message: string, more: InputOptions = {}): Promise<string> =>
    String(await ask({ type: 'input', message, ...more }));
  const letter = async <T extends string>(
    message: string,
    answers: readonly T[],
    onEnter?: T,
  ): Promise<T> => {
    const chosen = (text: string): T | undefined => {
      const typed = text.trim().toLowerCase();
      return typed === '' ? onEnter : answers.find((answer) => typed === answer || typed === answer[0]);
    };
    const validate = (text: string) => chosen(text) !== undefined || `type ${inWords(answers)}`;
    const shown = answers.map((answer) => (answer === onEnter ? capital(answer) : answer)).join('/');
    // What was refused is not to stand in front of the next answer.
    const theme = { validationFailureMode: 'clear' } as const;
    return chosen(String(await ask({ type: 'input', message: `${message} (${shown})`, validate, theme })))!;
  };
  return {
    interactive,
    silencedBy,
    input,
    select: async (message, choices) =>
      String(await ask({ type: 'select', message, choices: choices.map(asChoice) })),
    confirm: async (message) => (await letter(message, ['yes', 'no'], 'no')) === 'yes',
    confirmName: async (message, name) => (await input(message)).trim() === name,
    letter: (message, answers) => letter(message, answers),
    edit: async (path) => {
      if (!interactive) throw new NetgoatError('usage', 'there is no terminal for an editor');
      const { editorOf, runEditor } = await import('./editor.ts');
      const { env = {}, cwd = '/' } = options;
      await runEditor(editorOf(env), path, { terminal: streams, env, cwd });
    },
  };
}

async function askOn(streams: Streams, question: Question): Promise<unknown> {
  const { createPromptModule } = await import('inquirer');
  const closed = new AbortController();
  const onEnd = (): void => closed.abort();
  // Ctrl-D closes the lines that inquirer reads, of which it does not know.
  const onKey = (_text: unknown, key?: Key): void => {
    if (key?.ctrl === true && key.name === 'd') closed.abort();
  };
  streams.stdin.once('end', onEnd);
  streams.stdin.on('keypress', onKey);
  const forget = onInterruption(() => restore(streams));
  try {
    const prompt = createPromptModule({
      input: streams.stdin,
      output: lent(streams.stderr),
      signal: closed.signal,
    });
    const answers: Record<string, unknown> = await prompt([{ ...question, name: 'answer' }]);
    return answers['answer'];
  } catch (error) {
    if (isInterruption(error)) throw new NetgoatError('interrupted', 'interrupted');
    throw error;
  } finally {
    streams.stdin.removeListener('end', onEnd);
    streams.stdin.removeListener('keypress', onKey);
    forget();
    restore(streams);
  }
}

/** The stream for one question: inquirer ends the output it is given, and stderr must outlive the question. */
function lent(stderr: Streams['stderr']): Writable {
  const output = new Writable({ write: (chunk: Buffer, _encoding, done) => void stderr.write(chunk, done) });
  return Object.defineProperties(output, {
    isTTY: { get: () => stderr.isTTY },
    columns: { get: () => stderr.columns },
    rows: { get: () => stderr.rows },
  });
}

/** Raw mode off and the cursor shown, whatever way the question ended; stdin no longer keeps the process alive. */
function restore({ stdin, stderr }: Streams): void {
  if ('setRawMode' in stdin && typeof stdin.setRawMode === 'function') stdin.setRawMode(false);
  stdin.pause();
  stderr.write('\u001b[?25h');
}

function isInterruption(error: unknown): boolean {
  return error instanceof Error && /^(Exit|Abort|Cancel)PromptError$/.test(error.name);
}

function asChoice(choice: string | Choice): Choice {
  return typeof choice === 'string' ? { name: choice, value: choice } : choice;
}

/** `yes, no or edit`. */
function inWords(answers: readonly string[]): string {
  return `${answers.slice(0, -1).join(', ')} or ${answers.at(-1)}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
