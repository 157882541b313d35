import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { NodeEvent } from '../../../src/edge/node/events.ts';
import { bundle } from '../../helpers/bundle.ts';

/** An edge node in a process of its own, which listens. */
export interface NodeProcess {
  readonly pid: number;
  readonly url: string;
  /** Ends it by a signal; gives the exit code, or the signal that it died of. */
  kill(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

/** Bundles netgoat for processes that a test file starts; `remove` is for when it is done. */
export function bundleNetgoat() {
  return bundle(
    'edge-node',
    `import { main } from './src/main.ts'; process.exitCode = await main(process.argv.slice(2));`,
  );
}

/** Starts one, which is killed when the test has finished. */
export async function startProcess(
  path: string,
  folder: string,
  { nodeFlags = [], flags = [] }: { nodeFlags?: string[]; flags?: string[] } = {},
): Promise<NodeProcess> {
  const words = [
    'sync',
    'edge-node',
    '--state',
    folder,
    '--listen',
    '127.0.0.1:0',
    '--log',
    'json',
    ...flags,
  ];
  const child = spawn(process.execPath, [...nodeFlags, path, ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exit = once(child, 'exit');
  const kill = async (signal: NodeJS.Signals): Promise<number | NodeJS.Signals> => {
    child.kill(signal);
    const [code, died] = (await exit) as [number | null, NodeJS.Signals];
    return code ?? died;
  };
  onTestFinished(async () => void (await kill('SIGKILL')));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const event = JSON.parse(line) as NodeEvent;
      if (event.event === 'listening') resolve(event.url);
    });
    void exit.then(() => reject(new Error('the node ended before it listened')));
  });
  return { pid: child.pid!, url, kill };
}
