import { resolve } from 'node:path';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { frameData } from '../../edge/protocol/frames.ts';
import type { ReadReport } from '../../observe/ingest/lines.ts';
import { fileSource, pipeSource } from '../../observe/ingest/source.ts';
import type { ReadSoFar, Source } from '../../observe/ingest/source.ts';
import { openRegular } from '../../regular-file.ts';
import { FROM_STDIN, pipedInput } from '../input-files.ts';

/**
 * The log that an argument names, `-` for stdin.
 * @throws NetgoatError usage: it cannot be read, or is no regular file.
 */
export async function openLog(context: Context, path: string, readSoFar: ReadSoFar): Promise<Source> {
  if (path === '-') return pipeSource(pipedInput(context), readSoFar);
  const { file } = await openRegular(resolve(context.world.cwd, path), path, FROM_STDIN);
  try {
    const source = await fileSource(file, path, readSoFar);
    return { ...source, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A report in a file may name the node that made it. */
const fileReport = frameData.report.extend({ node: z.string().optional() });

/** A report as the protocol of edge sync has it, alone or in its frame; null for JSON that is none. */
export const readReport: ReadReport = (json) => {
  const inner = json['type'] === 'report' ? json['data'] : undefined;
  const data = typeof inner === 'object' && inner !== null ? { node: json['node'], ...inner } : json;
  if (!Object.hasOwn(data, 'reportId')) return null;
  const parsed = fileReport.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { fault: `${issue!.path.join('.')}: ${issue!.message}` };
  }
  const { node, ...report } = parsed.data;
  return node === undefined ? { report } : { node, report };
};
