import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Context } from '../../context.ts';
import type { Chunks } from '../../dns/master-file/lines.ts';
import type { Progress } from '../../output/progress.ts';
import { readZone, requireRecords } from '../../queries/zone-reading.ts';
import type { ZoneReading } from '../../queries/zone-reading.ts';
import { openZoneFile } from '../zone-input.ts';

/**
 * Reads a master file, `-` for stdin, and shows how far it is.
 * @throws NetgoatError usage: it cannot be opened, is empty, or holds more than a million records.
 */
export async function readImport(
  context: Context,
  path: string,
  {
    allowInclude,
    ...options
  }: { origin: string; allowInclude: boolean; fallbackTtl: number; skipTypes: ReadonlySet<string> },
  progress: Progress,
): Promise<ZoneReading> {
  const opened = await openZoneFile(context, path, { allowInclude });
  const size = path === '-' ? undefined : (await stat(resolve(context.world.cwd, path))).size;
  const chunks = counted(opened.chunks, progress, size);
  const reading = await readZone({ ...opened, chunks }, options);
  progress.clear();
  requireRecords(reading);
  return reading;
}

async function* counted(
  chunks: Chunks,
  progress: Progress,
  size: number | undefined,
): AsyncGenerator<Uint8Array | string> {
  let done = 0;
  for await (const chunk of chunks) {
    yield chunk;
    done += chunk.length;
    progress.report(size === undefined ? 'Reading, bytes:' : 'Reading', done, size);
  }
}
