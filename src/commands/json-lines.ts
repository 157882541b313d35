import { NetgoatError } from '../errors.ts';

const MAX_LINES = 100_000;

/**
 * Reads a list of things, one a line: a JSON object, or a plain word that is the value of one field. Blank lines and
 * lines that begin with # are passed over.
 * @throws NetgoatError usage: a line is no object, repeats or forges a key, or there are over 100,000; names the line.
 */
export function* readObjects(text: string, field: string): Generator<Record<string, unknown>> {
  const lines = text.split(/\r?\n/);
  if (lines.length > MAX_LINES) throw new NetgoatError('usage', `there are more than ${MAX_LINES} lines`);
  for (const [at, line] of lines.entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    yield trimmed.startsWith('{') ? parseObject(trimmed, at + 1) : { [field]: trimmed };
  }
}

function parseObject(line: string, number: number): Record<string, unknown> {
  try {
    const keys: string[] = [];
    const parsed = JSON.parse(line, (key, value: unknown) => {
      keys.push(key);
      return value;
    }) as Record<string, unknown>;
    if (keys.some((key) => key === '__proto__' || key.startsWith('$')))
      throw new Error('a key is not allowed');
    return parsed;
  } catch (error) {
    throw new NetgoatError('usage', `line ${number}: ${(error as Error).message}`, { cause: error });
  }
}
