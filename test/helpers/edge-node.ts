import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { NodeEvent } from '../../src/edge/node/events.ts';
import { startRunning } from './running.ts';
import type { Running } from './running.ts';

/** A `netgoat sync edge-node` that runs in this process. */
export interface EdgeNode extends Running<NodeEvent> {
  /** Where it keeps its payload. */
  readonly folder: string;
  /** Where it is pushed to; '' for one that dials. */
  readonly url: string;
}

/**
 * Starts an edge node within a test; it is stopped, and its folder removed unless it is given,
 * when the test has finished. With --listen it can be pushed to when this resolves.
 * @param flags as typed: `['--listen', '127.0.0.1:0', '--stall']`; the state folder and `--log json` are added.
 */
export async function startEdgeNode(
  flags: readonly string[] = ['--listen', '127.0.0.1:0'],
  options: { folder?: string; env?: Record<string, string>; node?: string } = {},
): Promise<EdgeNode> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'netgoat-test-edge-')));
  const words = ['sync', 'edge-node', '--state', folder, '--node', options.node ?? 'edge-1', ...flags];
  const running = startRunning<NodeEvent>(words, { cwd: folder, env: options.env ?? {} });
  if (options.folder === undefined) {
    onTestFinished(async () => {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    });
  }
  const url = flags.includes('--listen') ? (await running.next('listening')).url : '';
  return { ...running, folder, url };
}
