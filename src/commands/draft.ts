import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportFile } from '../edge/export-file.ts';
import { NetgoatError } from '../errors.ts';
import { orExplain } from '../whole-file.ts';

/** A text in a file that somebody edits; nobody else can read it. */
export class Draft {
  readonly path: string;
  readonly #folder: string;
  readonly #first: string;

  private constructor(folder: string, name: string, first: string) {
    this.#folder = folder;
    this.path = join(folder, name);
    this.#first = first;
  }

  /**
   * Makes the file in a private folder.
   * @param name of the file; its ending tells editors what is in it.
   * @throws NetgoatError usage, failed: it cannot be written.
   */
  static async make(name: string, text: string): Promise<Draft> {
    const folder = await orExplain(join(tmpdir(), name), () => mkdtemp(join(tmpdir(), 'netgoat-edit-')));
    const draft = new Draft(folder, name, text);
    try {
      await orExplain(draft.path, () => writeFile(draft.path, text, { mode: 0o600, flag: 'wx' }));
      return draft;
    } catch (error) {
      await draft.discard();
      throw error;
    }
  }

  /** What the file holds now. @throws NetgoatError usage: it is gone, or no UTF-8 text. */
  async read(): Promise<string> {
    const octets = await readFile(this.path).catch((error: Error) => {
      throw new NetgoatError('usage', `cannot read ${this.path}: ${error.message}`, { cause: error });
    });
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(octets);
    } catch (error) {
      throw new NetgoatError('usage', `${this.path} is not UTF-8 text`, { cause: error });
    }
  }

  /** Puts another text in the file, as a whole; its mode stays. */
  async write(text: string): Promise<void> {
    await exportFile(this.path, () => [text], { force: true });
  }

  /** Whether there is work in it that would be lost. */
  async isTouched(): Promise<boolean> {
    const octets = await readFile(this.path).catch(() => null);
    return octets !== null && !octets.equals(Buffer.from(this.#first));
  }

  /** Forgets it. */
  async discard(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
