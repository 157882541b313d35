import { resolve } from 'node:path';
import { NetgoatError } from '../../errors.ts';
import { inert } from '../../output/sanitize.ts';
import { item } from '../outcome.ts';
import type { DatabaseSpec } from '../spec.ts';
import { backupColumns } from './view.ts';

export const backup: DatabaseSpec = {
  name: 'backup',
  summary: 'copy the embedded store into a file, while others may write; the copy is checked',
  effect: 'database',
  args: [{ name: 'file', description: 'where to write it' }],
  options: [{ flags: '--force', description: 'replace the file if it is there' }],
  examples: [
    'netgoat db backup /mnt/backup/netgoat.mdb',
    'netgoat db backup netgoat.mdb --force --output json',
  ],
  run: async (context, input) => {
    const file = String(input['file']);
    if (file === '' || file === '-') {
      throw new NetgoatError('usage', 'a backup is written to a file', {
        hint: 'for example: netgoat db backup netgoat.mdb',
      });
    }
    const administration = await context.administration();
    const path = resolve(context.world.cwd, file);
    const { backup: done, warnings } = await administration.backUp(path, { force: input['force'] === true });
    for (const warning of warnings) context.warn(inert(warning));
    return item(done, backupColumns);
  },
};
