import { exportFile } from '../../edge/export-file.ts';
import { readWhole } from '../../edge/read-whole.ts';
import { Spool } from '../../edge/spool.ts';
import { inert } from '../../output/sanitize.ts';
import { findDomain } from '../../queries/domains.ts';
import { readZoneFile } from '../../queries/zone-file.ts';
import type { ZoneFile } from '../../queries/zone-file.ts';
import { checkTarget } from '../../whole-file.ts';
import { outOf, outOptions } from '../out-file.ts';
import { stream, text } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Call, ReadSpec } from '../spec.ts';
import { domainArg } from './options.ts';

/** So many characters go out at once. */
const BLOCK = 64 * 1024;

export const exportZone: ReadSpec = {
  name: 'export',
  summary: 'print a domain as a master file, which other name servers read too (docs/master-files.md)',
  effect: 'read',
  raw: true,
  args: [domainArg],
  options: [{ flags: '--absolute', description: 'write names in full, without $ORIGIN' }, ...outOptions],
  examples: [
    'netgoat dns export shop.example.com',
    'netgoat dns export shop.example.com --absolute --out shop.example.com.zone',
    'netgoat dns export shop.example.com | named-checkzone shop.example.com /dev/stdin',
  ],
  read: async (call, input) => {
    const force = input['force'] === true;
    const path = outOf(call, input);
    if (path !== null) await checkTarget(path, force);
    const spool = new Spool();
    const zone = await readZone(call, String(input['domain']), input['absolute'] === true, spool);
    warnOfPlaceholder(call, zone);
    if (path === null) return stream(blocksOf(spool));
    const bytes = await exportFile(path, () => blocksOf(spool), { force });
    return written(call, zone, path, bytes);
  },
};

type Read = Pick<ZoneFile, 'domain' | 'head'>;

/** Reads a zone of one state of the store into the spool, so that who takes its time to read it holds nothing up. */
async function readZone(
  { store, access }: Call,
  name: string,
  absolute: boolean,
  spool: Spool,
): Promise<Read> {
  const { _id: id, teamId } = await findDomain(store, access, name);
  try {
    return await readWhole(store, { teams: access.teams, domain: { id, teamId } }, async (session) => {
      await spool.clear();
      const { domain, head, lines } = await readZoneFile(store, id, session, { absolute });
      for await (const line of lines) await spool.add(line);
      return { domain, head };
    });
  } catch (error) {
    await spool.clear();
    throw error;
  }
}

function warnOfPlaceholder({ context }: Call, { domain: { hostname }, head: { ns } }: Read): void {
  if (ns.from !== 'placeholder') return;
  context.warn(
    `${hostname} has no name servers: the file has ${ns.targets[0]} in their place ` +
      `(\`netgoat dns add ${hostname} @ NS ns1.example.net.\` adds one)`,
  );
}

async function* blocksOf(spool: Spool): AsyncGenerator<string> {
  try {
    let block = '';
    for await (const line of spool.lines()) {
      block += `${line}\n`;
      if (block.length < BLOCK) continue;
      yield block;
      block = '';
    }
    yield block;
  } finally {
    await spool.clear();
  }
}

/** Says on stderr what was written; stdout stays empty. */
function written({ context }: Call, { domain }: Read, path: string, bytes: number): Outcome {
  const what = `${bytes} bytes, ${domain.hostname} at revision ${domain.zoneRevision}`;
  context.world.stderr.write(`Wrote ${inert(path)}: ${what}\n`);
  return text('');
}
