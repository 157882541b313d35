import { resolve } from 'node:path';
import { alertKinds } from '../../models/alert.ts';
import type { ArgumentSpec, OptionSpec, RawInput } from '../spec.ts';

export const domainArg: ArgumentSpec = { name: 'domain', description: 'hostname or id of the domain' };

export const kindArg: ArgumentSpec = {
  name: 'kind',
  description: 'what it watches',
  choices: alertKinds,
};

/** Options of alerts that `add` and `set` share. */
export const alertFlags: OptionSpec[] = [
  {
    flags: '--threshold <n>',
    description:
      '502s in a row or 20% of the answers, per cent of errors, failed probes, or days before expiry',
  },
  {
    flags: '--window <time>',
    description:
      'the time in which a share is counted, and for which all must be well until an incident ends',
  },
  {
    flags: '--notify <webhook>',
    description: 'a URL, or env:NAME or file:PATH that holds one; may be repeated',
    repeat: true,
  },
  {
    flags: '--secret <reference>',
    description: 'sign what is sent with the key in env:NAME or file:PATH',
  },
];

/** Settings as typed, with whole paths: who sends runs somewhere else. */
export function withWholePaths({ notify, secret, ...rest }: RawInput, cwd: string): RawInput {
  const whole = (reference: unknown): unknown => {
    const [, path] = /^file:(.+)$/s.exec(String(reference)) ?? [];
    return path === undefined ? reference : `file:${resolve(cwd, path)}`;
  };
  return {
    ...rest,
    ...(Array.isArray(notify) ? { notify: notify.map(whole) } : {}),
    ...(secret === undefined ? {} : { secret: whole(secret) }),
  };
}
