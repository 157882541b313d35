import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Context } from '../context.ts';
import { DnsError } from '../dns/error.ts';
import type { Chunks } from '../dns/master-file/lines.ts';
import type { Include } from '../dns/master-file/read.ts';
import { NetgoatError } from '../errors.ts';
import { openFile, openRegular, realPath } from '../regular-file.ts';
import { pipedInput } from './input-files.ts';

/** A master file to be read: its name in messages, and its content as it comes. */
export interface OpenedZone {
  name: string;
  chunks: Chunks;
  /** Opens what `$INCLUDE` names; absent where that is not allowed. */
  include?: Include;
}

/** So much is read for one zone, included files and those that are included again counted with it. */
const MOST_OCTETS = 512 * 1024 * 1024;
/** So many files may one zone include; with the depth that the parser keeps, this ends what doubles at each level. */
const MOST_INCLUDES = 1000;

/**
 * Opens a master file, `-` for stdin, to be read once and as a stream; it is never held as a whole.
 * Included files must lie in the folder of this one, where symbolic links lead included; a path in them is relative
 * to the file that it stands in. Stdin can be opened once: a command that is planned again keeps what it has read.
 * @throws NetgoatError usage: it cannot be read, is no regular file, or `allowInclude` is asked for stdin; while it
 * is read: it is larger than 512 MiB.
 */
export async function openZoneFile(
  context: Context,
  path: string,
  { allowInclude }: { allowInclude: boolean },
): Promise<OpenedZone> {
  const budget = new Budget();
  if (path === '-') {
    if (allowInclude) {
      throw new NetgoatError('usage', 'stdin has no folder that $INCLUDE could read from', {
        hint: 'name the file, or leave --allow-include out',
      });
    }
    return { name: 'stdin', chunks: counted(pipedInput(context), budget, tooLarge('stdin')) };
  }
  const file = resolve(context.world.cwd, path);
  // Says at once that it cannot be read, before its first line is asked for.
  const first = await openRegular(file, path, 'a pipe is read from stdin, with - in place of the name');
  await first.file.close();
  const chunks = counted(contentOf(file, path), budget, tooLarge(path));
  return allowInclude
    ? { name: path, chunks, include: await includeBeside(file, path, budget) }
    : { name: path, chunks };
}

/** Opens files for `$INCLUDE` that lie in the folder of a zone's own file. */
async function includeBeside(file: string, name: string, budget: Budget): Promise<Include> {
  const first = await realPath(file);
  const folder = dirname(first);
  /** Where each file that was opened really lies, by its name in messages; the parser knows the names only. */
  const places = new Map([[name, first]]);
  return async (path, from) => {
    const named = resolve(dirname(places.get(from)!), path);
    if (!isWithin(folder, named)) throw outside();
    const real = await realPath(named).catch(refuseUnread);
    if (!isWithin(folder, real)) throw outside();
    const opened = await openFile(real).catch(refuseUnread);
    await opened.file.close();
    budget.takeFile();
    const shown = real === first ? name : join(dirname(name), relative(folder, real));
    places.set(shown, real);
    return { file: shown, chunks: counted(contentOf(real, shown), budget, tooMuch()) };
  };
}

/** What all files of one zone may come to. */
class Budget {
  #octets = MOST_OCTETS;
  #files = MOST_INCLUDES;

  takeFile(): void {
    this.#files -= 1;
    if (this.#files < 0)
      throw new DnsError('include-refused', `More than ${MOST_INCLUDES} files are included`);
  }

  /** @returns false when it is used up. */
  take(octets: number): boolean {
    this.#octets -= octets;
    return this.#octets >= 0;
  }
}

/** @throws what is given, when the budget is used up. */
async function* counted(
  chunks: AsyncIterable<Uint8Array | string>,
  budget: Budget,
  exceeded: Error,
): AsyncGenerator<Uint8Array | string> {
  for await (const chunk of chunks) {
    if (!budget.take(chunk.length)) throw exceeded;
    yield chunk;
  }
}

/** The content of a regular file; it is open only while it is read. */
async function* contentOf(file: string, name: string): AsyncGenerator<Uint8Array> {
  const { file: handle } = await openRegular(file, name);
  try {
    yield* handle.createReadStream({ autoClose: false }) as AsyncIterable<Uint8Array>;
  } finally {
    await handle.close();
  }
}

function isWithin(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

function outside(): DnsError {
  return new DnsError(
    'include-refused',
    'The file lies outside the folder of the zone file',
    'Only files in that folder, and in folders below it, can be included.',
  );
}

/** Says why, without the path: an error of an included file shows only what the zone file says. */
function refuseUnread(error: Error): never {
  throw new DnsError('include-refused', `The file cannot be read: ${error.message}`);
}

function tooLarge(name: string): NetgoatError {
  return new NetgoatError('usage', `${name} is larger than ${MOST_OCTETS} bytes`);
}

function tooMuch(): DnsError {
  return new DnsError('include-refused', `The files of the zone have more than ${MOST_OCTETS} bytes`);
}
