import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonText } from '../../../src/edge/reading/json-text.ts';

const MOST = 1_000_000;

/** A text as it may come: cut anywhere, with chunks that have nothing in them. */
async function* cut(text: string, sizes: readonly number[]): AsyncGenerator<string> {
  for (let at = 0, turn = 0; at < text.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    yield text.slice(at, at + size);
    at += size;
  }
}

const sizes = fc.array(fc.nat(9), { minLength: 1 }).filter((list) => list.some((size) => size > 0));
const space = fc.constantFrom('\n', ' ', '\r\n', '\t \n');

async function valuesOf(text: JsonText): Promise<unknown[]> {
  const values: unknown[] = [];
  while ((await text.peek()) !== '') values.push((await text.value(MOST)).value);
  return values;
}

const read = (text: string, chunks: readonly number[] = [7]): Promise<unknown[]> =>
  valuesOf(new JsonText('it', cut(text, chunks)));

describe('JsonText', () => {
  it('reads the values that JSON.parse reads, wherever the text is cut', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.tuple(fc.jsonValue(), fc.boolean(), space)),
      sizes,
      async (list, chunks) => {
        const text = list
          .map(([value, deep, gap]) => JSON.stringify(value, null, deep ? 2 : 0) + gap)
          .join('');
        const wanted = list.map(([value]) => JSON.parse(JSON.stringify(value)) as unknown);
        expect(await read(text, chunks)).toEqual(wanted);
      },
    );
    await fc.assert(property, { numRuns: 500 });
  });

  it('counts lines from 1, those within a value too', async () => {
    const text = new JsonText('it', cut('\n{"a":\n1}\n\n[2]', [2]));
    expect(await text.value(MOST)).toMatchObject({ line: 2, endLine: 3 });
    expect(await text.value(MOST)).toMatchObject({ line: 5, endLine: 5 });
  });

  it('refuses an object that has a key twice, however it is spelled', async () => {
    for (const text of [
      '{"a":1,"a":1}',
      String.raw`[{"b":{"a":1,"\u0061":2}}]`,
      '{"__proto__":1,"__proto__":2}',
    ]) {
      await expect(read(text)).rejects.toMatchObject({ message: expect.stringContaining('same key twice') });
    }
    expect(await read('[{"a":":"},{"a":1}] {"__proto__":{}}')).toHaveLength(2);
  });

  it.each(['{]', '{"a":1,}', '[1 2]', "'a'", 'nul', '01', '"\n"', '}', ',', ':', '\ufeff{}', '1.', '"\\x"'])(
    'refuses %j',
    async (text) => {
      await expect(read(text)).rejects.toMatchObject({ code: 'usage' });
    },
  );

  it.each(['{', '["a"', '"a', '{"a":"\\'])('says that %j is cut off', async (text) => {
    await expect(read(text)).rejects.toMatchObject({ message: 'it is cut off in line 1' });
  });

  it('refuses a value that is too long before it is at its end', async () => {
    let taken = 0;
    const endless = async function* () {
      for (yield '"'; ; taken += 1) yield 'x'.repeat(1_000);
    };
    await expect(new JsonText('it', endless()).value(10_000)).rejects.toMatchObject({
      message: 'it, line 1: a value is longer than 10000 characters',
    });
    expect(taken).toBeLessThan(12);
  });

  it('refuses a value that is nested too deep', async () => {
    expect(await read('['.repeat(64) + ']'.repeat(64))).toHaveLength(1);
    await expect(read('['.repeat(65))).rejects.toMatchObject({ message: expect.stringContaining('deep') });
  });
});
