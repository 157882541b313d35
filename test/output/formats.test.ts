import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Column } from '../../src/output/columns.ts';
import { formats, renderItem, renderList, type FormatName } from '../../src/output/formats.ts';
import { isUnsafe } from '../../src/output/sanitize.ts';
import { columns, HOSTILE, NOW, only, pipe, terminal, type Row } from './fixtures.ts';

const names = Object.keys(formats) as FormatName[];
const at = new Date('2026-03-01T11:57:00Z');
const row: Row = { name: 'shop', count: 3, at, tags: ['a', 'b'], tls: { status: 'Active', issuer: null } };
const machine = {
  name: 'shop',
  count: 3,
  at: '2026-03-01T11:57:00.000Z',
  tags: ['a', 'b'],
  tls: { status: 'Active', issuer: null },
};

describe.each(names)('the format %s', (format) => {
  it.each([pipe, terminal(40), terminal(80, true)])('ends every answer in a newline (%#)', async (view) => {
    expect(await renderList(format, [row, row], columns, view)).toMatch(/[^\n]\n$/);
    expect(await renderItem(format, row, columns, view)).toMatch(/[^\n]\n$/);
    expect(await renderList(format, [], columns, view)).toMatch(/^$|\n$/);
  });

  it('passes nothing that a terminal obeys', async () => {
    const hostile: Row = {
      name: HOSTILE,
      count: 1,
      tags: [HOSTILE],
      tls: { [HOSTILE]: HOSTILE, deep: [{ x: HOSTILE }] },
    };
    for (const view of [pipe, terminal(30)]) {
      for (const text of [
        await renderList(format, [hostile], columns, view),
        await renderItem(format, hostile, columns, view),
      ]) {
        expect(isUnsafe(text.replaceAll('\n', ''))).toBe(false);
      }
    }
  });

  it('writes no escapes where colour is off', async () => {
    expect(await renderList(format, [row], columns, terminal(80))).not.toContain('\u001b');
    expect(await renderItem(format, row, columns, pipe)).not.toContain('\u001b');
  });
});

describe('json', () => {
  it('is an array for a list and an object for an item', async () => {
    expect(await renderList('json', [], columns, pipe)).toBe('[]\n');
    expect(JSON.parse(await renderList('json', [row], columns, pipe))).toEqual([machine]);
    expect(JSON.parse(await renderItem('json', row, columns, terminal(80)))).toEqual(machine);
  });

  it('reads back hostile text as stored', async () => {
    const text = await renderItem('json', { name: HOSTILE }, only('name'), pipe);
    expect(JSON.parse(text)).toEqual({ name: HOSTILE });
  });

  it('gives null, never a missing key, for what is not set', async () => {
    const text = await renderItem('json', { name: 'x', at: new Date(Number.NaN) }, columns, pipe);
    expect(JSON.parse(text)).toEqual({ name: 'x', count: null, at: null, tags: [], tls: null });
  });

  it('writes ids of foreign classes and big integers', async () => {
    class Id {
      toString(): string {
        return 'abc';
      }
    }
    const foreign: Column<null>[] = [
      { key: 'id', header: 'Id', value: () => new Id() },
      { key: 'n', header: 'N', value: () => 7n },
      { key: 'big', header: 'Big', value: () => 2n ** 64n },
      { key: 'map', header: 'Map', value: () => new Map([['k', [new Id()]]]) },
    ];
    expect(JSON.parse(await renderItem('json', null, foreign, pipe))).toEqual({
      id: 'abc',
      n: 7,
      big: '18446744073709551616',
      map: { k: ['abc'] },
    });
  });
});

describe('ndjson', () => {
  it('is one object a line', async () => {
    const lines = (await renderList('ndjson', [row, row], columns, pipe)).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([machine, machine]);
  });
});

describe('yaml', () => {
  it('reads back as what the JSON says', async () => {
    expect(await renderList('yaml', [], columns, pipe)).toBe('[]\n');
    expect(parse(await renderList('yaml', [row], columns, pipe))).toEqual([machine]);
    const texts = [
      'no',
      'on',
      '0o17',
      '1e3',
      'null',
      '~',
      ' x',
      'a: b',
      '- a',
      'two\nlines\n',
      '',
      '#c',
      'x'.repeat(300),
    ];
    for (const name of [...texts, HOSTILE.replace('\ud800', '')]) {
      expect(parse(await renderItem('yaml', { name }, only('name'), pipe))).toEqual({ name });
    }
  });

  it('quotes what a YAML 1.1 reader takes for a boolean, and keeps lines as a block', async () => {
    expect(await renderItem('yaml', { name: 'no' }, only('name'), pipe)).toBe('name: "no"\n');
    expect(await renderItem('yaml', { name: 'one\ntwo\n' }, only('name'), pipe)).toBe(
      'name: |\n  one\n  two\n',
    );
  });
});

describe('csv', () => {
  it('has a head, quotes by RFC 4180, and writes nested values as JSON', async () => {
    const text = await renderList('csv', [{ ...row, name: 'a "b", c' }], columns, pipe);
    expect(text).toBe(
      'name,count,at,tags,tls\n' +
        '"a ""b"", c",3,2026-03-01T11:57:00.000Z,"[""a"",""b""]","{""status"":""Active"",""issuer"":null}"\n',
    );
    expect(await renderList('csv', [], columns, pipe)).toBe('name,count,at,tags,tls\n');
  });

  it('never breaks a line inside a cell', async () => {
    expect(await renderList('csv', [{ name: 'a\nb' }], only('name'), pipe)).toBe('name\na\\nb\n');
  });
});

describe('name', () => {
  it('is what the first column says names the row', async () => {
    const named: Column<{ a: string; b: string }>[] = [
      { key: 'a', header: 'a', value: ({ a }) => a, name: ({ a, b }) => `${a} ${b}` },
      { key: 'b', header: 'b', value: ({ b }) => b },
    ];
    const rows = [{ a: 'www', b: 'A\n' }];
    expect(await renderList('name', rows, named, pipe)).toBe('www A\\n\n');
    expect(await renderList('name', rows, named.toReversed(), pipe)).toBe('A\\n\n');
  });

  it('is the first column, one a line', async () => {
    expect(await renderList('name', [row, { name: 'x y' }], columns, pipe)).toBe('shop\nx y\n');
    expect(await renderItem('name', row, columns, pipe)).toBe('shop\n');
    expect(await renderList('name', [], columns, pipe)).toBe('');
  });
});

async function shown(time: Date, view = terminal(80)): Promise<string> {
  const block = await renderItem('table', { name: '', at: time }, only('at'), view);
  return block.replace(/^Created\s+/, '').trim();
}

describe('times', () => {
  it('are RFC 3339 off a terminal', async () => {
    expect(await shown(at, pipe)).toBe('2026-03-01T11:57:00.000Z');
  });

  it.each<[seconds: number, text: string]>([
    [180, '3 minutes ago'],
    [0, 'just now'],
    [3600, '1 hour ago'],
    [400 * 86_400, '1 year ago'],
    [-86_400 * 2, 'in 2 days'],
    [-5, 'in less than a minute'],
  ])('%d seconds ago are "%s" on it', async (seconds, text) => {
    expect(await shown(new Date(NOW.getTime() - seconds * 1000))).toBe(text);
  });
});
