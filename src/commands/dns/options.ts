import type { ArgumentSpec, OptionSpec } from '../spec.ts';

export const domainArg: ArgumentSpec = { name: 'domain', description: 'hostname or id of the domain' };

export const nameArg: ArgumentSpec = {
  name: 'name',
  description: 'name of the record: relative, @ for the apex, or in full',
};

export const typeArg: ArgumentSpec = { name: 'type', description: 'record type, such as A, MX or TXT' };

export const valueArg: ArgumentSpec = {
  name: 'value',
  description: 'values, as in a master file',
  variadic: true,
};

/** Options of records that `add` and `set` share. */
export const recordFlags: OptionSpec[] = [
  { flags: '--ttl <time>', description: 'such as 300, 5m or 1h30m; of the whole set' },
  { flags: '--comment <text>', description: 'a remark, for people; of each value named' },
  { flags: '--tag <tag>', description: 'a label; of each value named; may be repeated', repeat: true },
];

/** What lets a change through that a rule or a limit would refuse. */
export const guardFlags: OptionSpec[] = [
  {
    flags: '--allow <rule>',
    description:
      'break this strict rule, or lift mass-delete, mass-update, apex-ns or empty-zone; may be repeated',
    repeat: true,
  },
  { flags: '--strict', description: 'refuse what is only advised against, too' },
];
