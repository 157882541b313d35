import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { bundle, type Bundle } from '../helpers/bundle.ts';

/** The processes of worker.ts. */
export function bundleWorker(): Promise<Bundle> {
  return bundle('crash-worker', `import './test/crash/worker.ts'`);
}

/** Starts a process of worker.ts and waits until it is loaded. */
export async function start(worker: Bundle, ...words: readonly string[]): Promise<ChildProcess> {
  const child = fork(worker.path, words);
  await once(child, 'message');
  return child;
}
