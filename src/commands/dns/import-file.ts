import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Context } from '../../context.ts';
import type { FileRecord, Problem } from '../../dns/master-file/file-record.ts';
import type { Chunks } from '../../dns/master-file/lines.ts';
import { readMasterFile } from '../../dns/master-file/read.ts';
import { NetgoatError } from '../../errors.ts';
import type { Progress } from '../../output/progress.ts';
import { remarkOf } from '../../queries/zone-remark.ts';
import { openZoneFile } from '../zone-input.ts';
import { problemLines } from './problem-lines.ts';

/** So many records are taken at once: all of them are held while they are compared with what is stored. */
const MOST_RECORDS = 1_000_000;

/** A master file that could be read as a whole. */
export interface ReadFile {
  /** As messages name it. */
  name: string;
  records: FileRecord[];
  /** Its `$TTL`. */
  defaultTtl: number | undefined;
}

/**
 * Reads a master file, `-` for stdin. What is wrong with it, all of it up to a number, goes to
 * stderr.
 * @throws NetgoatError usage: anything is wrong with it, it is empty, or it holds more than a million records.
 */
export async function readZoneFile(
  context: Context,
  path: string,
  { origin, allowInclude, fallbackTtl }: { origin: string; allowInclude: boolean; fallbackTtl: number },
  progress: Progress,
): Promise<ReadFile> {
  const { name, chunks, include } = await openZoneFile(context, path, { allowInclude });
  const size = path === '-' ? undefined : (await stat(resolve(context.world.cwd, path))).size;
  const records: FileRecord[] = [];
  const { problems, unlisted, defaultTtl } = await readMasterFile(
    counted(chunks, progress, size),
    { origin, file: name, fallbackTtl, ...(include === undefined ? {} : { include }) },
    (record) => {
      remarkOf(record);
      if (records.length === MOST_RECORDS) throw tooMany(name);
      records.push(record);
    },
  );
  progress.clear();
  if (problems.length > 0) throw refused(context, name, problems, unlisted);
  if (records.length > 0) return { name, records, defaultTtl };
  throw new NetgoatError('usage', `${name} holds no records`, {
    hint: 'a record a line, such as: www 300 IN A 192.0.2.1',
  });
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

function tooMany(name: string): NetgoatError {
  return new NetgoatError(
    'usage',
    `${name} has more than ${MOST_RECORDS} records, and no more are taken at once`,
    {
      hint: 'import it in parts, with --mode merge',
    },
  );
}

function refused(
  { world }: Context,
  name: string,
  problems: readonly Problem[],
  unlisted: number,
): NetgoatError {
  world.stderr.write(problemLines(problems, unlisted));
  const count = problems.length + unlisted;
  return new NetgoatError(
    'usage',
    `${name} has ${count} error${count === 1 ? '' : 's'}, nothing was written`,
    {
      details: { problems, unlisted },
    },
  );
}
