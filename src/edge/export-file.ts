import { open } from 'node:fs/promises';
import { orExplain, writeWhole } from '../whole-file.ts';

/**
 * Writes a text to a file as a whole or not at all, see `writeWhole`.
 * @param path absolute.
 * @param chunks its text.
 * @returns the bytes written.
 * @throws NetgoatError as `writeWhole`.
 */
export async function exportFile(
  path: string,
  chunks: () => AsyncIterable<string> | Iterable<string>,
  options: { force: boolean },
): Promise<number> {
  let bytes = 0;
  const fill = async (temporary: string, mode: number | undefined): Promise<void> => {
    const file = await orExplain(path, () => open(temporary, 'wx'));
    try {
      for await (const chunk of chunks()) {
        const block = Buffer.from(chunk, 'utf8');
        await orExplain(path, () => file.appendFile(block));
        bytes += block.length;
      }
      await orExplain(path, async () => {
        if (mode !== undefined) await file.chmod(mode);
        await file.sync();
      });
    } finally {
      await file.close();
    }
  };
  await writeWhole(path, (temporary, old) => fill(temporary, old ? old.mode & 0o777 : undefined), options);
  return bytes;
}
