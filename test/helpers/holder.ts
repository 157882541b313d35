import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { bundle } from './bundle.ts';

const CONTENTS = `
  import { openEmbedded } from './src/embedded/open.ts';
  const store = await openEmbedded(process.argv[2]);
  process.send('open');
  process.once('message', async () => {
    await store.close();
    process.disconnect();
  });
`;

/** Another process that has a store open. */
export interface Holder {
  readonly pid: number;
  /** Ends it as it should end, or by SIGKILL. */
  end(how?: 'killed'): Promise<void>;
}

/** Starts a process that has the store in a folder open. */
export async function holdOpen(folder: string): Promise<Holder> {
  const { path, remove } = await bundle('holder', CONTENTS);
  const child: ChildProcess = fork(path, [folder]);
  const gone = once(child, 'exit');
  await once(child, 'message');
  await remove();
  return {
    pid: child.pid!,
    end: async (how) => {
      if (how === 'killed') child.kill('SIGKILL');
      else child.send('close');
      await gone;
    },
  };
}
