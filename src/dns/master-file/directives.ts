import { about, DnsError, quoted } from '../error.ts';
import { resolveName } from '../names.ts';
import { tokenize } from '../tokens.ts';
import type { Token } from '../tokens.ts';
import { DISABLED } from './entries.ts';
import type { Entry } from './entries.ts';
import { fill, numbersOf, readRange, readTemplate, valueText } from './generate.ts';
import { nameOf, readHead, ttlOf, typeOf } from './head.ts';
import type { Reader } from './read.ts';
import type { State } from './state.ts';

const MOST_DEPTH = 8;

/** What a directive works on: its words, the line, what it may change. */
interface Given {
  readonly words: readonly Token[];
  readonly entry: Entry;
  readonly state: State;
  readonly reader: Reader;
}

interface Directive {
  readonly usage: string;
  /** How many words it takes. */
  readonly least: number;
  readonly most: number;
  run(given: Given): void | Promise<void>;
}

/** RFC 1035 5.1, RFC 2308 4, and BIND's `$GENERATE`. */
const DIRECTIVES: Readonly<Record<string, Directive>> = {
  $ORIGIN: {
    usage: '$ORIGIN NAME',
    least: 1,
    most: 1,
    run: ({ words: [name], state }) => {
      state.origin = originOf(name!, state);
    },
  },
  $TTL: {
    usage: '$TTL TIME',
    least: 1,
    most: 1,
    run: ({ words: [ttl], reader }) => reader.setTtl(ttlOf(ttl!)),
  },
  $INCLUDE: { usage: '$INCLUDE FILE [ORIGIN]', least: 1, most: 2, run: include },
  $GENERATE: {
    usage: '$GENERATE START-STOP[/STEP] OWNER [TTL] [CLASS] TYPE VALUE',
    least: 4,
    most: Infinity,
    run: generate,
  },
};

/**
 * Does what the directive on a line says.
 * @throws DnsError `directive-unknown`, `directive-invalid`, and what its words come to.
 */
export async function obey(entry: Entry, state: State, reader: Reader): Promise<void> {
  const [word, ...words] = entry.tokens as [Token, ...Token[]];
  if (!entry.enabled) {
    throw new DnsError(
      'directive-invalid',
      'A directive in a comment does nothing',
      `Take ${quoted(DISABLED.trim())} off, or leave the line out.`,
    ).about(word);
  }
  const name = word.text.toUpperCase();
  const directive = Object.hasOwn(DIRECTIVES, name) ? DIRECTIVES[name] : undefined;
  if (directive === undefined) {
    throw new DnsError(
      'directive-unknown',
      `There is no directive ${quoted(word.text)}`,
      `There are ${Object.keys(DIRECTIVES).join(' ')}; a name that begins with $ is written \\$.`,
    ).about(word);
  }
  if (words.length < directive.least || words.length > directive.most) {
    throw new DnsError('directive-invalid', `The directive is ${directive.usage}`).about(words.at(-1));
  }
  await directive.run({ words, entry, state, reader });
}

function originOf(name: Token, state: State): string {
  return about(name, () => resolveName(nameOf(name), state.origin));
}

async function include({ words: [path, name], state, reader }: Given): Promise<void> {
  const { source, origin } = state;
  const refuse = (message: string, hint?: string): DnsError =>
    new DnsError('include-refused', message, hint).about(path);
  if (reader.include === undefined) {
    throw refuse('$INCLUDE is not allowed', '--allow-include lets it read files beside this one.');
  }
  if (source.depth >= MOST_DEPTH)
    throw refuse(`$INCLUDE goes deeper than ${MOST_DEPTH} files`, 'Join some of them.');
  const opened = await reader.include(path!.text, source.file).catch((error: unknown) => {
    throw error instanceof DnsError ? error.about(path) : error;
  });
  const above = [...source.above, source.file];
  if (above.includes(opened.file)) throw refuse('The file includes itself', 'Take the line out.');
  const last = { ...state.last };
  await reader.readFile({
    ...opened,
    origin: name === undefined ? origin : originOf(name, state),
    last,
    depth: source.depth + 1,
    above,
  });
  // The owner is that from before again, the TTL is not.
  if (last.ttl !== undefined) state.last.ttl = last.ttl;
}

/** Makes the records that a range counts through; nothing is made before the range was looked at. */
function generate({ words: [first, ...words], entry, state, reader }: Given): void {
  const range = readRange(first!);
  const head = readHead(words, false);
  const { owner, type, value } = head as { owner: Token } & typeof head;
  const pairs = !reader.skips(type) && typeOf(type).pairs;
  const [names, values] = [readTemplate(owner.text), readTemplate(valueText(value))];
  const place = value[0] ?? type;
  const text = (template: typeof names, number: number): string =>
    about(place, () => reader.generated.add(fill(template, number)));
  const above = state.last.owner;
  for (const number of numbersOf(range)) {
    const made = about(place, () => tokenize(text(values, number), pairs));
    reader.give(
      {
        ...head,
        owner: { ...owner, text: text(names, number) },
        // Words that were made stand where the directive has them.
        value: made.map((token) => ({ ...token, line: place.line, column: place.column })),
      },
      entry,
      state,
    );
  }
  // A blank owner in the line below is that of the last record that was written, not made.
  state.last.owner = above;
}
