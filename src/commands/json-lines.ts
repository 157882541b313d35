import { NetgoatError } from '../errors.ts';
import { nearest } from '../output/suggest.ts';

const MAX_LINES = 100_000;

/** A thing as a line states it, and where: `line 2`. */
export interface LineObject {
  place: string;
  object: Record<string, unknown>;
}

/**
 * Reads a list of things, one a line: a JSON object, or a plain word that is the value of the first of the fields.
 * Blank lines, lines that begin with #, and what follows ` #` after a word are passed over.
 * @param fields what an object may state; a line with another key is refused.
 * @throws NetgoatError usage: a line is no such object, or there are over 100,000; names the line.
 */
export function* readObjects(text: string, fields: readonly [string, ...string[]]): Generator<LineObject> {
  const lines = text.split(/\r?\n/);
  if (lines.length > MAX_LINES) throw new NetgoatError('usage', `there are more than ${MAX_LINES} lines`);
  for (const [at, line] of lines.entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const place = `line ${at + 1}`;
    const object = trimmed.startsWith('{')
      ? parseObject(trimmed, place, fields)
      : { [fields[0]]: trimmed.replace(/\s+#.*$/, '') };
    yield { place, object };
  }
}

function parseObject(line: string, place: string, fields: readonly string[]): Record<string, unknown> {
  let object: Record<string, unknown>;
  try {
    object = JSON.parse(line) as Record<string, unknown>;
  } catch (error) {
    throw new NetgoatError('usage', `${place}: ${(error as Error).message}`, { cause: error });
  }
  const unknown = Object.keys(object).find((key) => !fields.includes(key));
  if (unknown === undefined) return object;
  const near = nearest(unknown, fields);
  throw new NetgoatError('usage', `${place}: there is no key ${JSON.stringify(unknown.slice(0, 80))}`, {
    hint: `${near === undefined ? '' : `did you mean "${near}"? `}the keys are ${fields.join(', ')}`,
  });
}
