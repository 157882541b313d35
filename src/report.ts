import type { Command } from 'commander';
import { CommanderError } from 'commander';
import type { World } from './context.ts';
import { DnsError } from './dns/error.ts';
import { NetgoatError } from './errors.ts';
import type { ErrorCode } from './errors.ts';
import { redactText } from './output/redact.ts';
import { inert } from './output/sanitize.ts';
import { nearest } from './output/suggest.ts';

/** What was typed, and the tree of commands that refused it. */
interface Typed {
  argv: readonly string[];
  program: Command | undefined;
}

/**
 * Says on stderr what went wrong: one line of cause, one of what to do next; as JSON where that is the format.
 * @returns the code of the error, for the exit code.
 */
export async function report(
  thrown: unknown,
  world: World,
  options: { json: boolean; debug: boolean; secrets: string[]; typed?: Typed },
): Promise<ErrorCode> {
  const error = await asNetgoatError(thrown, options.typed);
  const clean = (text: string) => redactText(inert(text), options.secrets);
  const hint = hintOf(error);
  if (options.json) {
    const { code, message, details } = error;
    const { candidates: _candidates, ...shown } = details ?? {};
    const body = { code, message: clean(message), ...(hint ? { hint: clean(hint) } : {}), details: shown };
    world.stderr.write(`${JSON.stringify({ error: body })}\n`);
  } else {
    world.stderr.write(`error: ${clean(error.message)}\n${hint ? `  ${clean(hint)}\n` : ''}`);
  }
  if (options.debug) world.stderr.write(redactText(stackOf(thrown), options.secrets));
  return error.code;
}

async function asNetgoatError(thrown: unknown, typed: Typed | undefined): Promise<NetgoatError> {
  if (thrown instanceof NetgoatError) return thrown;
  if (thrown instanceof CommanderError) return usageError(thrown, typed);
  if (thrown instanceof DnsError) return new NetgoatError('usage', thrown.message, hintOnly(thrown.hint));
  const { translateError } = await import('./database/errors.ts');
  const translated = translateError(thrown, 'the database');
  if (translated instanceof NetgoatError) return translated;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new NetgoatError('failed', `unexpected: ${message}`, {
    hint: 'run it again with --debug to see where',
    cause: thrown,
  });
}

/** commander's words without its prefix; its suggestion becomes the hint. */
async function usageError(
  error: CommanderError,
  { argv, program }: Typed = { argv: [], program: undefined },
): Promise<NetgoatError> {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const message = first.replace(
    /^command-argument value (.*) is invalid for argument '.*?'/,
    'argument $1 is invalid',
  );
  const suggestion = rest
    .join(' ')
    .trim()
    .replace(/^\((.*)\)$/, '$1');
  const { usageHint } = await import('./usage.ts');
  return new NetgoatError('usage', message, { hint: await usageHint(error, program, argv, suggestion) });
}

function hintOnly(hint: string | undefined): { hint?: string } {
  return hint === undefined ? {} : { hint };
}

function hintOf(error: NetgoatError): string | undefined {
  const { name, candidates } = (error.details ?? {}) as { name?: string; candidates?: string[] };
  const near = name === undefined ? undefined : nearest(name, candidates ?? []);
  return near === undefined ? error.hint : `did you mean "${near}"?`;
}

function stackOf(thrown: unknown): string {
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  const cause = thrown instanceof Error && thrown.cause ? `caused by ${stackOf(thrown.cause)}` : '';
  return `${stack}\n${cause}`;
}
