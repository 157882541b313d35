import { z } from 'zod';
import { parse } from '../../changes/inputs.ts';
import type { Plan } from '../../changes/plan.ts';
import { checkAllowed } from '../../changes/zone-rules.ts';
import { partHead } from '../../changes/zone-import-head.ts';
import { SOA } from '../../dns/types/soa.ts';
import { NetgoatError } from '../../errors.ts';
import { withProgress } from '../../output/progress.ts';
import type { Progress } from '../../output/progress.ts';
import { inert } from '../../output/sanitize.ts';
import { findDomain } from '../../queries/domains.ts';
import type { ZoneReading } from '../../queries/zone-reading.ts';
import type { Call, RawInput, WriteSpec } from '../spec.ts';
import { shellWord } from '../shell-word.ts';
import { readImport } from './import-file.ts';
import { domainArg, guardFlags } from './options.ts';
import { planReading } from './plan-reading.ts';
import type { Refused } from './plan-reading.ts';
import { firstProblems, problemLines } from './problem-lines.ts';
import { skippedLine, skippedTypes, skipTypeFlag } from './skip-types.ts';
import { unlessFile } from './unless-file.ts';

const flags = z.object({
  domain: z.string(),
  file: z.string(),
  mode: z.enum(['merge', 'replace', 'exact']).default('merge'),
  withApexNs: z.boolean().default(false),
  allowInclude: z.boolean().default(false),
  skipType: z.array(z.string()).default([]),
  proxied: z.boolean().optional(),
  allow: z.array(z.string()).default([]),
  strict: z.boolean().default(false),
});

type Flags = z.output<typeof flags>;

export const importZone: WriteSpec = {
  name: 'import',
  summary:
    'bring a master file into a domain, all of it or nothing; at a terminal it shows what changes and asks',
  effect: 'write',
  asks: true,
  args: [domainArg, { name: 'file', description: 'a master file (RFC 1035), - for stdin' }],
  options: [
    {
      flags: '--mode <mode>',
      description:
        'merge adds to what is stored; with replace, records that the file does not have go; with exact, comments, ' +
        'tags and proxied that it does not have, too (default: merge)',
      choices: ['merge', 'replace', 'exact'],
    },
    {
      flags: '--with-apex-ns',
      description: 'take the SOA, the NS of the domain itself and $TTL, too; else they are left alone',
    },
    {
      flags: '--proxied',
      description: 'new A, AAAA, CNAME and ALIAS go through the edge if the file does not say',
    },
    { flags: '--no-proxied', description: 'they do not; this is the default' },
    { flags: '--allow-include', description: 'let $INCLUDE read files in the folder of the file' },
    skipTypeFlag,
    ...guardFlags,
  ],
  examples: [
    'netgoat dns import shop.example.com shop.example.com.zone',
    'netgoat dns import shop.example.com export.txt --mode replace --dry-run',
    'dig @ns1.example.net shop.example.com AXFR | netgoat dns import shop.example.com - --with-apex-ns',
  ],
  plan: async (call, input) => {
    const wanted = parse(flags, input);
    checkAllowed(wanted.allow);
    refuseUnused(wanted);
    const { stderr, env } = call.context.world;
    return withProgress(stderr, env['TERM'] !== 'dumb', async (progress) => {
      const file = await fileOf(call, input, wanted, progress);
      progress.report('Comparing records:', file.records.length);
      return planned(call, wanted, file, progress);
    });
  },
};

/** @throws NetgoatError usage: --proxied is for lines that do not say, and with --mode exact all of them do. */
function refuseUnused({ mode, proxied }: Flags): void {
  if (mode !== 'exact' || proxied !== true) return;
  throw new NetgoatError('usage', '--proxied says nothing with --mode exact', {
    hint: 'the file does: ; cf_tags=cf-proxied:true behind a record',
  });
}

/** A command that is planned again keeps what it has read: stdin can be read once. */
const files = new WeakMap<RawInput, ZoneReading>();

async function fileOf(call: Call, input: RawInput, wanted: Flags, progress: Progress): Promise<ZoneReading> {
  const before = files.get(input);
  if (before !== undefined) return before;
  const { store, access, context } = call;
  const way = `the domain comes first: netgoat dns import ${shellWord(wanted.file)} ${shellWord(wanted.domain)}`;
  const { hostname, zone } = await unlessFile(context, wanted.domain, way, () =>
    findDomain(store, access, wanted.domain),
  );
  const options = {
    origin: hostname,
    allowInclude: wanted.allowInclude,
    fallbackTtl: zone.defaultTtl,
    skipTypes: skippedTypes(wanted.skipType),
  };
  const file = await readImport(context, wanted.file, options, progress);
  files.set(input, file);
  context.world.stderr.write(skippedLine(file.skipped, wanted.skipType));
  if (!wanted.withApexNs && file.problems.length === 0) context.world.stderr.write(leftOut(file));
  return file;
}

/** What the file says of the zone itself and is not taken. */
function leftOut({ records, defaultTtl }: ZoneReading): string {
  const { soas, servers } = partHead(records, defaultTtl).head;
  const parts = [
    ...soas.slice(0, 1).map(({ data }) => `SOA ${SOA.write(data)}`),
    ...(servers.length > 0 ? [`NS ${servers.map(({ data }) => String(data['target'])).join(' ')}`] : []),
    ...(defaultTtl === undefined ? [] : [`$TTL ${defaultTtl}`]),
  ];
  return parts.length === 0 ? '' : `Left out: ${inert(parts.join(', '))} (--with-apex-ns takes them)\n`;
}

async function planned(call: Call, wanted: Flags, file: ZoneReading, progress: Progress): Promise<Plan> {
  const { mode, domain, withApexNs, proxied, allow, strict } = wanted;
  const found = await planReading(call, file, {
    domain,
    mode,
    withApexNs,
    allow,
    strict,
    ...(proxied === undefined ? {} : { proxied }),
  });
  if ('changes' in found) return found;
  progress.clear();
  call.context.world.stderr.write(problemLines(found.problems, found.unlisted));
  throw refusal(file.name, found);
}

function refusal(name: string, { problems, unlisted, isRead, hint }: Refused): NetgoatError {
  const count = problems.length + unlisted;
  const first = firstProblems(problems);
  const message = isRead
    ? `the rules refuse ${name} for ${count} reason${count === 1 ? '' : 's'}`
    : `${name} has ${count} error${count === 1 ? '' : 's'}`;
  return new NetgoatError('usage', `${message}, nothing was written`, {
    ...(hint === undefined ? {} : { hint }),
    details: { [isRead ? 'findings' : 'problems']: first, unlisted: count - first.length },
  });
}
