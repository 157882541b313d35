import { exportFile } from '../../edge/export-file.ts';
import { inBlocks } from '../../edge/spool.ts';
import { inert } from '../../output/sanitize.ts';
import { checkTarget } from '../../whole-file.ts';
import { outOf, outOptions } from '../out-file.ts';
import { stream, text } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Call, ReadSpec } from '../spec.ts';
import { domainArg } from './options.ts';
import { spoolZone } from './spool-zone.ts';
import type { SpooledZone } from './spool-zone.ts';

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
    const zone = await spoolZone(call, String(input['domain']), { absolute: input['absolute'] === true });
    warnOfPlaceholder(call, zone);
    if (path === null) return stream(blocksOf(zone));
    const bytes = await exportFile(path, () => blocksOf(zone), { force });
    return written(call, zone, path, bytes);
  },
};

function warnOfPlaceholder({ context }: Call, { domain: { hostname }, head: { ns } }: SpooledZone): void {
  if (ns.from !== 'placeholder') return;
  context.warn(
    `${hostname} has no name servers: the file has ${ns.targets[0]} in their place ` +
      `(\`netgoat dns add ${hostname} @ NS ns1.example.net.\` adds one)`,
  );
}

async function* blocksOf({ spool }: SpooledZone): AsyncGenerator<string> {
  try {
    yield* inBlocks(spool.lines());
  } finally {
    await spool.clear();
  }
}

/** Says on stderr what was written; stdout stays empty. */
function written({ context }: Call, { domain }: SpooledZone, path: string, bytes: number): Outcome {
  const what = `${bytes} bytes, ${domain.hostname} at revision ${domain.zoneRevision}`;
  context.world.stderr.write(`Wrote ${inert(path)}: ${what}\n`);
  return text('');
}
