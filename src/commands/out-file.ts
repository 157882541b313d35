import { resolve } from 'node:path';
import { NetgoatError } from '../errors.ts';
import type { Call, OptionSpec, RawInput } from './spec.ts';

/** The options of a command whose output may go to a file. */
export const outOptions: OptionSpec[] = [
  { flags: '--out <file>', description: 'write it to a file, as a whole or not at all' },
  { flags: '--force', description: 'replace the file if it is there' },
];

/** The file that --out names, absolute; null without it. @throws NetgoatError usage: it names none. */
export function outOf({ context }: Call, { out }: RawInput): string | null {
  if (out === undefined) return null;
  if (out === '' || out === '-') {
    throw new NetgoatError('usage', '--out takes the name of a file', {
      hint: 'leave --out away to write to stdout',
    });
  }
  return resolve(context.world.cwd, String(out));
}
