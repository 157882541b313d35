import { resolve } from 'node:path';
import type { Context } from '../../context.ts';
import type { PreparedRestore, Restore } from '../../database/administration.ts';
import { NetgoatError } from '../../errors.ts';
import { inert } from '../../output/sanitize.ts';
import { item } from '../outcome.ts';
import { formatOf } from '../print.ts';
import type { DatabaseSpec, RawInput } from '../spec.ts';
import { refuseUnasked } from '../unasked.ts';
import { restoreColumns } from './view.ts';

const WORD = 'restore';

export const restore: DatabaseSpec = {
  name: 'restore',
  summary: 'put a backup in the place of the embedded store; the data that was there is kept',
  effect: 'database',
  change: 'replaces',
  looksFirst: true,
  args: [{ name: 'file', description: 'a file that db backup made' }],
  examples: ['netgoat db restore /mnt/backup/netgoat.mdb', 'netgoat db restore netgoat.mdb --yes'],
  run: async (context, input) => {
    const administration = await context.administration();
    const file = resolve(context.world.cwd, String(input['file']));
    const dryRun = input['dryRun'] === true;
    await administration.requireBackup(file);
    refuseUnasked(context, restore, input);
    const prepared = await administration.prepareRestore(file);
    try {
      if (prepared.replaces && !dryRun && !input['yes'])
        await confirm(context, administration.label, file, prepared);
      const kept = dryRun ? null : await prepared.apply(context.world.now());
      for (const warning of [...prepared.warnings, ...setBack(prepared)]) context.warn(inert(warning));
      remark(context, input, { dryRun, kept });
      const { facts, current } = prepared;
      const done: Restore = { database: administration.label, file, ...facts, current, kept, dryRun };
      return item(done, restoreColumns(done));
    } finally {
      await prepared.discard();
    }
  },
};

async function confirm(
  context: Context,
  label: string,
  file: string,
  { facts, current }: PreparedRestore,
): Promise<void> {
  const { version, documents } = facts;
  const at = current === null ? '' : `, which is at version ${current}`;
  context.world.stderr.write(
    `${inert(file)} holds version ${version}, ${documents} documents.\n` +
      `It would take the place of ${inert(label)}${at}.\n`,
  );
  if (await context.prompter.confirmName(`Type ${WORD} to go ahead:`, WORD)) return;
  throw new NetgoatError('interrupted', 'not confirmed, nothing was restored');
}

/** Versions are never given twice, but for this: whoever compares them has to know. */
function setBack({ facts: { version }, current }: PreparedRestore): string[] {
  if (current === null || version >= current) return [];
  return [
    `this takes the version back from ${current} to ${version}: versions that edges and scripts have seen are given again`,
  ];
}

function remark(context: Context, input: RawInput, { dryRun, kept }: Pick<Restore, 'dryRun' | 'kept'>): void {
  if (formatOf(input) !== 'table') return;
  const { stderr } = context.world;
  if (dryRun) stderr.write('Dry run: nothing was restored.\n');
  else if (kept === null) stderr.write('Done.\n');
  else stderr.write(`Done. To undo it: netgoat db restore ${inert(kept)}\n`);
}
