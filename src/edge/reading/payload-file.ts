import { NetgoatError } from '../../errors.ts';
import type { Payload } from '../payload.ts';
import type { Signature } from '../schema.ts';
import type { Verifier } from '../signature.ts';
import { Spool } from '../spool.ts';
import { checkPayload, problemText } from './check.ts';

/** A payload out of a file, which was checked as `sync verify` does. */
export interface FiledPayload extends Payload {
  /** As it stands in the file, for who has no key. */
  readonly signature: Signature | null;
}

/**
 * Reads a payload in either format, and keeps it apart from the file.
 * @param name how messages name it.
 * @throws NetgoatError usage: it is no payload, or something is wrong with it; whatever `bytes` throws.
 */
export async function readPayloadFile(
  name: string,
  bytes: AsyncIterable<Uint8Array | string>,
  verifier?: Verifier,
): Promise<FiledPayload> {
  const spool = new Spool();
  try {
    const onDomain = (line: string): Promise<void> => spool.add(line);
    const { version, checksum, count, signature, problems } = await checkPayload(name, bytes, {
      onDomain,
      ...(verifier && { verifier }),
    });
    const [problem] = problems;
    if (problem !== undefined || version === null || checksum === null) {
      throw new NetgoatError(
        'usage',
        `${name}, ${problem === undefined ? 'no version' : problemText(problem)}`,
        {
          hint: '`netgoat sync verify FILE` says all that is wrong',
        },
      );
    }
    return { version, checksum, count, signature, lines: () => spool.lines(), close: () => spool.clear() };
  } catch (error) {
    await spool.clear();
    throw error;
  }
}
