import { alertKinds } from '../../models/alert.ts';
import type { ArgumentSpec, OptionSpec } from '../spec.ts';

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
    description: '502s in a row, per cent of errors, failed probes, or days before expiry',
  },
  { flags: '--window <time>', description: 'the time in which they count, such as 5m' },
  {
    flags: '--notify <webhook>',
    description: 'a URL, or env:NAME or file:PATH that holds one; may be repeated',
    repeat: true,
  },
];
