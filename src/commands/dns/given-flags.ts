import type { Context } from '../../context.ts';
import { redactText } from '../../output/redact.ts';
import { inert } from '../../output/sanitize.ts';
import type { RawInput } from '../spec.ts';
import { shellWord } from '../shell-word.ts';

/** The flags that were typed, to be typed again. */
export interface GivenFlags {
  /** As a shell takes them, `--db embedded:store`; secrets are shown as `***`. */
  words: string[];
  /** Whether there are any. */
  hidden: boolean;
}

/**
 * What the command line says of the database, of who writes, and why: another command does the same only with these.
 * What the environment and the rc files say holds for that one anyway.
 */
export function givenFlags({ flags, config }: Context, { team, reason }: RawInput): GivenFlags {
  const { db, context, actor } = flags;
  const typed = Object.entries({ db, context, team, actor, reason }).filter(
    (each): each is [string, string] => typeof each[1] === 'string',
  );
  const shown = typed.map(([name, value]) => [name, redactText(value, config.secrets)] as const);
  return {
    words: shown.map(([name, value]) => `--${name} ${inert(shellWord(value))}`),
    hidden: shown.some(([, value], at) => value !== typed[at]![1]),
  };
}
