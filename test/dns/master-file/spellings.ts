// Two spellings of a file that mean the same, made of any file; text has a character an octet

/** The mark of a record in a comment at the beginning of a line. */
export const MARK = /^[ \t]*;[ \t]*netgoat-disabled[ \t]*: ?/i;

/** Spellings of which the second says the same as the first. */
interface Spellings {
  readonly what: string;
  readonly one: (text: string) => string;
  readonly other: (text: string) => string;
  /** They have the same records that are served; no more is said of files that are in order. */
  readonly servedAlone?: boolean;
}

const same = (text: string): string => text;

/** Octets that begin no character of UTF-8 instead of those that may. */
const withoutCharacters = (text: string): string =>
  text.replaceAll(/[\xc0-\xff]/g, (octet) => String.fromCodePoint(octet.charCodeAt(0) - 0x40));

/** Behind an odd number of backslashes the number alone: the last of them is that of the escape. */
const asNumber = (_: string, slashes: string, octet: string): string =>
  `${slashes}${slashes.length % 2 === 0 ? '\\' : ''}${octet.charCodeAt(0)}`;

const escaped = (text: string): string => text.replaceAll(/(\\*)([\x80-\xff])/g, asNumber);

export const SPELLINGS: readonly Spellings[] = [
  {
    what: 'with CRLF',
    one: (text) => text.replaceAll(/\r*\n/g, '\n'),
    other: (text) => text.replaceAll(/\r*\n/g, '\r\n'),
  },
  {
    what: 'with octets as numbers',
    one: withoutCharacters,
    other: (text) => escaped(withoutCharacters(text)),
  },
  {
    what: 'without records in comments',
    one: same,
    other: (text) =>
      text
        .split('\n')
        .filter((line) => !MARK.test(line))
        .join('\n'),
    servedAlone: true,
  },
];
