import { NetgoatError } from '../../errors.ts';

/** A value as it stands in a text. */
export interface JsonPiece {
  readonly value: unknown;
  /** The lines on which it begins and ends, from 1. */
  readonly line: number;
  readonly endLine: number;
}

/** A payload is eight deep; parsers of other languages have limits of their own. */
const MOST_DEPTH = 64;

/**
 * A text with values of JSON in it, taken one by one: of a text of any length, no more is held than the value in hand.
 * What is wrong with it is thrown as NetgoatError usage, with the line.
 */
export class JsonText {
  readonly #name: string;
  readonly #chunks: AsyncIterator<string>;
  #text = '';
  #at = 0;
  #line = 1;

  /** @param name how messages name the text. */
  constructor(name: string, chunks: AsyncIterable<string>) {
    this.#name = name;
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  get line(): number {
    return this.#line;
  }

  /** Leaves the rest of the text, and closes where it comes from. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** The next character that is no white space (RFC 8259 2), which stays; empty at the end. */
  async peek(): Promise<string> {
    for (;;) {
      for (; this.#at < this.#text.length; this.#at += 1) {
        const char = this.#text[this.#at]!;
        if (char === '\n') this.#line += 1;
        else if (char !== ' ' && char !== '\t' && char !== '\r') return char;
      }
      if (!(await this.#more())) return '';
    }
  }

  /** Takes the next character if it is this one. */
  async takes(char: string): Promise<boolean> {
    if ((await this.peek()) !== char) return false;
    this.#at += 1;
    return true;
  }

  /** Takes the next character. @throws NetgoatError usage: it is not this one. */
  async require(char: string): Promise<void> {
    const found = await this.peek();
    if (found === '') throw this.cutOff();
    if (found !== char) throw this.wrong(`"${char}" is missing before "${found}"`);
    this.#at += 1;
  }

  /**
   * Takes the next value.
   * @param most how many characters it may have.
   * @throws NetgoatError usage: it is no JSON, cut off, too long or too deep, or an object in it has a key twice.
   */
  async value(most: number): Promise<JsonPiece> {
    if ((await this.peek()) === '') throw this.cutOff();
    const line = this.#line;
    const ends = new ValueEnd();
    const parts: string[] = [];
    let size = 0;
    for (;;) {
      const end = ends.find(this.#text, this.#at);
      const part = this.#text.slice(this.#at, end ?? this.#text.length);
      this.#at += part.length;
      parts.push(part);
      size += part.length;
      if (ends.deepest > MOST_DEPTH) throw this.wrong(`it is nested more than ${MOST_DEPTH} deep`, line);
      if (size > most) throw this.wrong(`a value is longer than ${most} characters`, line);
      if (end !== null) break;
      if (await this.#more()) continue;
      if (ends.isBare) break;
      throw this.cutOff();
    }
    const text = parts.join('');
    const value = this.#parsed(text, line);
    this.#line += newlines(text);
    if (membersOf(value) !== ends.colons) throw this.wrong('an object has the same key twice', line);
    return { value, line, endLine: this.#line };
  }

  #parsed(text: string, line: number): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw this.wrong((error as Error).message, line, error);
    }
  }

  /** @param line where, if not here. */
  wrong(what: string, line = this.#line, cause?: unknown): NetgoatError {
    return new NetgoatError('usage', `${this.#name}, line ${line}: ${what}`, { cause });
  }

  cutOff(where = `in line ${this.#line}`): NetgoatError {
    return new NetgoatError('usage', `${this.#name} is cut off ${where}`, {
      hint: 'its end is missing: fetch or export it again',
    });
  }

  /** Goes on to the next chunk once all of this one is taken; false, and no text, at the end. */
  async #more(): Promise<boolean> {
    this.#at = 0;
    for (;;) {
      const next = await this.#chunks.next();
      this.#text = next.done ? '' : next.value;
      if (next.done || this.#text !== '') return !next.done;
    }
  }
}

/** Finds where a value ends; JSON.parse says then whether it is one. */
class ValueEnd {
  #depth = 0;
  #inString = false;
  #escaped = false;
  deepest = 0;
  /** Outside strings: one for each member of an object. */
  colons = 0;

  /** Whether what was looked at may be a whole value, as a number is that the text ends with. */
  get isBare(): boolean {
    return this.#depth === 0 && !this.#inString;
  }

  /** The index after the value's last character, null if it goes on after this text. */
  find(text: string, from: number): number | null {
    for (let at = from; at < text.length; at += 1) {
      const char = text[at]!;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (char === '\\') this.#escaped = true;
        else if (char === '"') {
          this.#inString = false;
          if (this.#depth === 0) return at + 1;
        }
        continue;
      }
      const end = this.#outside(char, at);
      if (end !== null) return end;
    }
    return null;
  }

  #outside(char: string, at: number): number | null {
    switch (char) {
      case '"':
        this.#inString = true;
        return null;
      case '{':
      case '[':
        this.#depth += 1;
        this.deepest = Math.max(this.deepest, this.#depth);
        return null;
      case '}':
      case ']':
        // One that was not opened here ends a number or a word.
        if (this.#depth === 0) return at;
        this.#depth -= 1;
        return this.#depth === 0 ? at + 1 : null;
      case ':':
        this.colons += 1;
        return null;
      case ',':
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        return this.#depth === 0 ? at : null;
      default:
        return null;
    }
  }
}

/** How many members the objects in a value have. */
function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inside = Object.values(value);
  const own = Array.isArray(value) ? 0 : inside.length;
  return inside.reduce((sum: number, each) => sum + membersOf(each), own);
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
