import { NetgoatError } from '../../errors.ts';

/** What a file that is not plain UTF-8 begins with, and what it is then. */
const BEGINNINGS: readonly { octets: readonly number[]; what: string; hint: string }[] = [
  { octets: [0x1f, 0x8b], what: 'is compressed with gzip', hint: '`gunzip -c FILE | netgoat sync verify -`' },
  {
    octets: [0x28, 0xb5, 0x2f, 0xfd],
    what: 'is compressed with zstd',
    hint: '`zstd -dc FILE | netgoat sync verify -`',
  },
  {
    octets: [0xef, 0xbb, 0xbf],
    what: 'begins with a byte order mark, which JSON does not have (RFC 8259 8.1)',
    hint: 'export it again, or take the first three bytes away: `tail -c +4 FILE`',
  },
  { octets: [0xff, 0xfe], what: 'is UTF-16, not UTF-8', hint: 'export it again with --out' },
  { octets: [0xfe, 0xff], what: 'is UTF-16, not UTF-8', hint: 'export it again with --out' },
];
const LONGEST = 4;

/**
 * The text of a payload, as it comes.
 * @param name how messages name it.
 * @throws NetgoatError usage: it is empty, compressed, or not UTF-8; whatever `bytes` throws.
 */
export async function* decoded(
  name: string,
  bytes: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decode = (part?: Uint8Array): string => {
    try {
      return part === undefined ? decoder.decode() : decoder.decode(part, { stream: true });
    } catch (error) {
      throw new NetgoatError('usage', `${name} is not UTF-8 text`, { cause: error });
    }
  };
  let first: Buffer | null = Buffer.alloc(0);
  for await (const chunk of bytes) {
    let part = Buffer.from(chunk as Uint8Array);
    if (first !== null) {
      part = Buffer.concat([first, part]);
      first = part;
      if (part.length < LONGEST) continue;
      refuseOther(name, part);
      first = null;
    }
    yield decode(part);
  }
  if (first !== null) {
    refuseOther(name, first);
    yield decode(first);
  }
  yield decode();
}

function refuseOther(name: string, start: Buffer): void {
  if (start.length === 0) throw new NetgoatError('usage', `${name} is empty`);
  const found = BEGINNINGS.find(({ octets }) => octets.every((octet, at) => start[at] === octet));
  if (found === undefined) return;
  throw new NetgoatError('usage', `${name} ${found.what}`, { hint: found.hint });
}
