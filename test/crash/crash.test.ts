import { describe, expect, it } from 'vitest';
import { STORE, temporaryFolder } from '../store/target.ts';
import { killed, runRound } from './round.ts';
import { bundleWorker, start } from './start.ts';
import { diesAlone, diesWithLock } from './stuck.ts';

/* A few rounds of what `npm run test:crash` does in full. */

describe.runIf(STORE === 'embedded')('kill -9', () => {
  it('loses nothing that was acknowledged, and leaves nobody stuck', async () => {
    const folder = await temporaryFolder();
    const worker = await bundleWorker();
    try {
      for (const round of [2, 3]) {
        const side = round % 2 === 1 ? await start(worker, 'side', folder.path) : undefined;
        const cast = { folder: folder.path, writer: await start(worker, 'write', folder.path), side };
        expect((await runRound(round, cast, 0)).wrong).toEqual([]);
        if (side) await killed(side);
      }
      expect((await diesWithLock(worker, folder.path)).wrong).toEqual([]);
      expect((await diesAlone(worker, folder.path)).wrong).toEqual([]);
    } finally {
      await worker.remove();
      await folder.remove();
    }
  });
});
