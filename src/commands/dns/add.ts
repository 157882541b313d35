import { addRecords } from '../../changes/dns-add.ts';
import { newRecords, recordInput } from '../../changes/dns-inputs.ts';
import { parseLines } from '../../changes/dns-lines.ts';
import { parse } from '../../changes/inputs.ts';
import { NetgoatError } from '../../errors.ts';
import { inert } from '../../output/sanitize.ts';
import { askForMissing } from '../ask.ts';
import { readInput } from '../input-files.ts';
import type { Call, RawInput, WriteSpec } from '../spec.ts';
import { domainArg, guardFlags, nameArg, recordFlags, typeArg, valueArg } from './options.ts';

const MAX_BYTES = 16 * 1024 * 1024;

export const add: WriteSpec = {
  name: 'add',
  summary:
    'add records to their sets; - reads many from stdin, a record or a JSON object a line (docs/stdin.md)',
  effect: 'write',
  args: [
    domainArg,
    { ...nameArg, description: `${nameArg.description}; - reads records from standard input` },
    { ...typeArg, optional: true },
    { ...valueArg, optional: true },
  ],
  options: [
    ...recordFlags,
    { flags: '--proxied', description: 'traffic goes through the edge; of the whole set' },
    { flags: '--disabled', description: 'keep the whole set, but do not serve it' },
    ...guardFlags,
  ],
  examples: [
    'netgoat dns add shop.example.com www A 192.0.2.10 192.0.2.11 --ttl 5m --proxied',
    'netgoat dns add shop.example.com @ MX "10 mail.example.net."',
    'netgoat dns add shop.example.com - < records.txt',
  ],
  plan: async (call, input) => {
    const { domain, allow, strict } = input;
    const records = input['name'] === '-' ? await fromStdin(call, input) : [await fromWords(call, input)];
    const wanted = { ...parse(newRecords, { domain, allow, strict }), records };
    return addRecords(call.store, call.access, wanted).catch((error: unknown) => tellEach(call, error));
  },
};

/** Shows what is wrong with many lines, one below the other, above the error that counts them. */
function tellEach({ context }: Call, error: unknown): never {
  const { details } = error instanceof NetgoatError ? error : {};
  const { errors, unlisted } = (details ?? {}) as { errors?: string[]; unlisted?: number };
  for (const line of errors ?? []) context.world.stderr.write(`${inert(line)}\n`);
  if (unlisted !== undefined && unlisted > 0) context.world.stderr.write(`and ${unlisted} more\n`);
  throw error;
}

async function fromStdin({ context }: Call, input: RawInput) {
  const defaults = parse(recordInput.omit({ name: true, type: true, value: true }), optionsOf(input));
  return parseLines(await readInput(context, '-', MAX_BYTES), defaults);
}

/** Type and values are optional only beside `-`. */
async function fromWords({ context }: Call, typed: RawInput) {
  const input = await askForMissing(
    context,
    { ...add, args: [domainArg, nameArg, typeArg, valueArg] },
    typed,
  );
  const { name, type, value } = input;
  const record = parse(recordInput, { name, type, value, ...optionsOf(input) });
  return { read: () => record };
}

function optionsOf({ ttl, proxied, disabled, comment, tag }: RawInput): RawInput {
  return { ttl, proxied, enabled: disabled === true ? false : undefined, comment, tag };
}
