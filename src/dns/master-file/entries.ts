import { about, DnsError, quoted } from '../error.ts';
import { scanToken } from '../tokens.ts';
import type { Token } from '../tokens.ts';
import { MOST_LENGTH, strayCr, tooLong } from './lines.ts';

/** A record or directive: the words of one line, or of several that parentheses join (RFC 1035 5.1). */
export interface Entry {
  /** The line it begins on, from 1, and that line's text. */
  readonly line: number;
  readonly text: string;
  /** It begins with a blank: its owner is that of the record above, though not for sure in a comment. */
  readonly blank: boolean;
  readonly tokens: readonly Token[];
  /** The comment behind it. */
  readonly remark: string;
  readonly enabled: boolean;
}

/** Before a record in a comment: it is kept, but not served. */
export const DISABLED = '; netgoat-disabled: ';
/** As people write it. A comment that is commented out is a comment. */
const MARK = /^[ \t]*;[ \t]*netgoat-disabled[ \t]*: ?/i;

/** Whether what follows these tokens of a line is `key="value"` pairs; asked after each token. */
type PairsAfter = (tokens: readonly Token[], line: Pick<Entry, 'blank' | 'enabled'>) => boolean;

/** A part of a string holds the whole of it: what may be kept of a line longer than this is copied. */
const LONG = 1024;

/** An entry that is being read. */
interface Open extends Entry {
  readonly tokens: Token[];
  remark: string;
  /** The octets of its lines so far. */
  length: number;
  /** Where its first line begins, behind the mark of a record in a comment. */
  readonly start: number;
  /** The ( that are not closed yet. */
  readonly parentheses: { line: number; column: number }[];
  pairs: boolean;
}

/**
 * Cuts lines into entries. After an error within parentheses it goes on at the next line that does not begin with a
 * blank, so that one mistake is one error.
 */
export class EntryScanner {
  readonly #pairsAfter: PairsAfter;
  #line = 0;
  #open: Open | undefined;
  /** What is passed over after an error in parentheses. */
  #lost: 'indented lines' | 'all before a )' | undefined;

  constructor(pairsAfter: PairsAfter) {
    this.#pairsAfter = pairsAfter;
  }

  /** The number of the line that was taken last. */
  get line(): number {
    return this.#line;
  }

  /**
   * Takes the next line; gives the entry that ends with it.
   * @throws DnsError with its place; the entry is given up.
   */
  push(text: string): Entry | undefined {
    this.#line += 1;
    if (this.#isPassedOver(text)) return undefined;
    const open = (this.#open ??= begin(text, this.#line));
    open.length += text.length;
    try {
      if (open.length > MOST_LENGTH) throw tooLong().about({ ...open, column: 1 });
      this.#refuseCr(text);
      open.remark = this.#scan(open, text);
      if (open.parentheses.length > 0) {
        if (!open.enabled) throw unclosed(open, 'line of a record in a comment');
        return undefined;
      }
      this.#open = undefined;
      if (open.tokens.length > 0) return open;
      if (!open.enabled) throw nothingInComment().about({ ...open, column: 1 });
      return undefined;
    } catch (error) {
      if (open.enabled && open.parentheses.length > 0) {
        this.#lost = open.length > MOST_LENGTH ? 'all before a )' : 'indented lines';
      }
      this.#open = undefined;
      throw error;
    }
  }

  #isPassedOver(text: string): boolean {
    const passed =
      this.#lost === 'all before a )' || (this.#lost !== undefined && /^(?:[ \t)]|$)/.test(text));
    if (!passed || (this.#lost === 'all before a )' && text.includes(')'))) this.#lost = undefined;
    return passed;
  }

  /** @throws DnsError `parenthesis-unclosed`: the file ended within an entry. */
  end(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) throw unclosed(open, 'file');
  }

  /** Scans a line into the open entry; gives the comment that ends it. */
  #scan(open: Open, text: string): string {
    for (let at = open.line === this.#line ? open.start : 0; at < text.length;) {
      const char = text[at]!;
      if (char === ' ' || char === '\t') at += 1;
      else if (char === ';') {
        const remark = text.slice(at + 1).trim();
        return text.length > LONG ? copyOf(remark) : remark;
      } else if (char === '(' || char === ')') {
        this.#parenthesis(open, char, { line: this.#line, column: at + 1, text });
        at += 1;
      } else at = this.#token(open, text, at);
    }
    return '';
  }

  #refuseCr(text: string): void {
    const at = text.indexOf('\r');
    if (at >= 0) throw strayCr().about({ line: this.#line, column: at + 1, text: text.slice(at, at + 100) });
  }

  #parenthesis(open: Open, char: '(' | ')', at: { line: number; column: number; text: string }): void {
    if (char === '(') open.parentheses.push({ line: at.line, column: at.column });
    else if (open.parentheses.pop() === undefined) {
      throw new DnsError(
        'parenthesis-stray',
        'This ) closes nothing',
        'Put it in quotes if it is part of a text.',
      ).about(at);
    }
  }

  #token(open: Open, text: string, at: number): number {
    const line = this.#line;
    const { token, end } = about({ line, column: at + 1, text: text.slice(at, at + 100) }, () =>
      scanToken(text, at, open.pairs, line),
    );
    open.tokens.push(text.length > LONG ? { ...token, text: copyOf(token.text) } : token);
    open.pairs ||= this.#pairsAfter(open.tokens, open);
    return end;
  }
}

function copyOf(text: string): string {
  return Buffer.from(text).toString();
}

function begin(text: string, line: number): Open {
  const start = MARK.exec(text)?.[0].length ?? 0;
  const blank = text[start] === ' ' || text[start] === '\t';
  const empty = { tokens: [], remark: '', length: 0, parentheses: [], pairs: false };
  return { line, text, blank, enabled: start === 0, start, ...empty };
}

function nothingInComment(): DnsError {
  return new DnsError(
    'record-incomplete',
    `No record stands behind ${quoted(DISABLED.trim())}`,
    'Write it on the same line, or take the line out.',
  );
}

function unclosed({ parentheses, text }: Open, end: string): DnsError {
  return new DnsError(
    'parenthesis-unclosed',
    `The ( is not closed before the end of the ${end}`,
    'Add a ).',
  ).about({ ...parentheses[0]!, text });
}
