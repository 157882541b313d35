import { addDomains, newDomain } from '../../changes/domains.ts';
import { parse } from '../../changes/inputs.ts';
import { readInput } from '../input-files.ts';
import { readObjects } from '../json-lines.ts';
import { owningTeam } from '../owning-team.ts';
import type { Call, RawInput, WriteSpec } from '../spec.ts';

const MAX_BYTES = 16 * 1024 * 1024;

export const add: WriteSpec = {
  name: 'add',
  summary: 'manage a domain; - reads many from stdin, a hostname or a JSON object a line',
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
    const given = { ...input, team: await owningTeam(call, input['team']) };
    const many = input['hostname'] === '-';
    const inputs = many ? await readMany(call, given) : [parse(newDomain, given)];
    return addDomains(call.store, call.access, inputs);
  },
};

/** A domain a line; what a line does not say is taken from the flags. */
async function readMany(call: Call, flags: RawInput) {
  const text = await readInput(call.context, '-', MAX_BYTES);
  return [...readObjects(text, 'hostname')].map((line) => parse(newDomain, { ...flags, ...line }));
}
