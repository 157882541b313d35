import { addDomains, newDomain } from '../../changes/domains.ts';
import { parse } from '../../changes/inputs.ts';
import { located } from '../../changes/located.ts';
import { NetgoatError } from '../../errors.ts';
import { readInput } from '../input-files.ts';
import { readObjects } from '../json-lines.ts';
import { owningTeam } from '../owning-team.ts';
import type { Call, RawInput, WriteSpec } from '../spec.ts';

const MAX_BYTES = 16 * 1024 * 1024;

/** What a JSON line may state; the first is what a plain line is. */
const KEYS = [
  'hostname',
  'team',
  'waf',
  'tag',
  'tags',
  'note',
  'defaultTtl',
  'disabled',
  'allow',
] as const satisfies string[];

export const add: WriteSpec = {
  name: 'add',
  summary: 'manage a domain; - reads many from stdin, a hostname or a JSON object a line (docs/stdin.md)',
  effect: 'write',
  args: [{ name: 'hostname', description: 'hostname of the domain' }],
  options: [
    { flags: '--team <slug>', description: 'the team that owns it' },
    { flags: '--waf <on|off>', description: 'whether its WAF rules apply', choices: ['on', 'off'] },
    { flags: '--tag <tag>', description: 'a word to find it by; may be repeated', repeat: true },
    { flags: '--note <text>', description: 'a note for people' },
    { flags: '--default-ttl <time>', description: 'TTL of records that name none, such as 5m' },
    { flags: '--disabled', description: 'keep it from the edges for now' },
    {
      flags: '--allow <rule>',
      description: 'nested-tenant: it may lie under or above a domain of another team',
      repeat: true,
    },
  ],
  examples: [
    'netgoat domain add shop.example.com --team acme',
    'netgoat domain add - --team acme < hostnames.txt',
  ],
  plan: async (call, input) => {
    const inputs =
      input['hostname'] === '-'
        ? await readMany(call, input)
        : [parse(newDomain, { ...input, team: await owningTeam(call, input['team']) })];
    return addDomains(call.store, call.access, inputs);
  },
};

/** A domain a line; what a line does not say is taken from the flags. */
async function readMany(call: Call, flags: RawInput) {
  const lines = [...readObjects(await readInput(call.context, '-', MAX_BYTES), KEYS)];
  if (lines.length === 0) {
    throw new NetgoatError('usage', 'stdin holds no hostnames', {
      hint: 'a hostname or a JSON object a line',
    });
  }
  const needsTeam = lines.some(({ object }) => object['team'] === undefined);
  const team = needsTeam ? await owningTeam(call, flags['team']) : undefined;
  return lines.map(({ place, object }) => ({
    ...located(place, () => parse(newDomain, { ...flags, hostname: undefined, team, ...asTyped(object) })),
    place,
  }));
}

/** JSON has numbers and lists where a command line has words and repeated flags; `tags` is how a list names them. */
function asTyped({ tag, tags, defaultTtl, allow, ...rest }: RawInput): RawInput {
  const words = [tag, tags].flat().filter((each) => each !== undefined);
  return {
    ...rest,
    ...(words.length === 0 && tags === undefined ? {} : { tag: words }),
    ...(defaultTtl === undefined
      ? {}
      : { defaultTtl: typeof defaultTtl === 'number' ? String(defaultTtl) : defaultTtl }),
    ...(allow === undefined ? {} : { allow: [allow].flat() }),
  };
}
