import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { Column } from '../../src/output/columns.ts';
import { renderItem, renderList } from '../../src/output/formats.ts';
import { columns, NOW, only, pipe, terminal, type Row } from './fixtures.ts';

const lines = (text: string): string[] => text.replace(/\n$/, '').split('\n');

describe('the table of a list', () => {
  it('is borderless, two blanks between columns, heads in upper case', async () => {
    const rows: Row[] = [
      { name: 'shop.example.com', count: 7, tags: ['a', 'b'] },
      { name: 'x', count: 1234 },
    ];
    expect(lines(await renderList('table', rows, only('name', 'count', 'tags'), pipe))).toEqual([
      'NAME              COUNT  TAGS',
      'shop.example.com      7  a, b',
      'x                  1234',
    ]);
  });

  it('is empty without rows', async () => {
    expect(await renderList('table', [], columns, terminal(80))).toBe('');
  });

  it('cuts nothing off a terminal', async () => {
    const name = 'n'.repeat(500);
    expect(await renderList('table', [{ name }], only('name', 'count'), { ...pipe, width: 20 })).toContain(
      name,
    );
  });

  it('shows sentences to their end, in blocks where they have no room', async () => {
    const prose: Column<Row>[] = [
      { key: 'name', header: 'name', value: (r) => r.name },
      { key: 'text', header: 'text', value: () => 'word '.repeat(30).trim(), prose: true },
    ];
    const wide = lines(await renderList('table', [{ name: 'x' }], prose, terminal(40)));
    expect(wide.join(' ').match(/word/g)).toHaveLength(30);
    expect(wide[0]).toMatch(/^NAME +TEXT/);
    const narrow = await renderList('table', [{ name: 'x'.repeat(30) }], prose, terminal(40));
    expect(narrow.match(/word/g)).toHaveLength(30);
    expect(narrow).toMatch(/^name +x{30}\ntext/i);
  });

  it('puts the head in bold only with colour', async () => {
    const [head = '', body = ''] = lines(
      await renderList('table', [{ name: 'x' }], only('name'), terminal(80, true)),
    );
    expect(head).toBe('\u001b[1mNAME\u001b[22m');
    expect(body).toBe('x');
  });

  it('aligns wide and combining characters', async () => {
    const names = ['例え.テスト', 'ไทย.example', 'हिन्दी', 'cafe\u0301', '👨‍👩‍👧 x', '1️⃣', 'plain'];
    const rows = names.map((name, index) => ({ name, count: index }));
    const drawn = lines(await renderList('table', rows, only('name', 'count'), pipe));
    expect(new Set(drawn.map((line) => stringWidth(line))).size).toBe(1);
    for (const name of names) expect(drawn.some((line) => line.startsWith(name))).toBe(true);
  });

  it('wraps the widest column to fit the terminal and leaves the others whole', async () => {
    const rows = [{ name: 'shop.example.com', tags: ['one two three four five six seven'], count: 12 }];
    const drawn = lines(await renderList('table', rows, only('name', 'count', 'tags'), terminal(44)));
    expect(drawn).toEqual([
      'NAME              COUNT  TAGS',
      'shop.example.com     12  one two three four',
      '                         five six seven',
    ]);
  });

  it('leaves columns without content out where room is short, and only there', async () => {
    const rows = [{ name: 'shop.example.com '.repeat(3).trim(), count: 12 }];
    const drawn = (width: number) => renderList('table', rows, columns, terminal(width));
    expect(lines(await drawn(80))[0]).toMatch(/^NAME +COUNT +CREATED +TAGS +TLS$/);
    expect(lines(await drawn(60))).toEqual([`NAME${' '.repeat(48)}COUNT`, `${rows[0]!.name}     12`]);
  });

  it('ends a value that takes too many lines in an ellipsis', async () => {
    const drawn = await renderList(
      'table',
      [{ name: 'v'.repeat(1000) }],
      only('name', 'count'),
      terminal(40),
    );
    expect(lines(drawn).length).toBe(5);
    expect(drawn).toContain('v…');
  });

  it('becomes one block a row where the columns cannot fit', async () => {
    const full = { name: 'x', count: 1, at: NOW, tags: ['t'], tls: { status: 'Active' } };
    const drawn = await renderList('table', [full, { name: 'y' }], columns, terminal(20));
    expect(drawn).toContain('Name     x\nCount    1\n');
    expect(drawn).toContain('\n\nName     y\n');
  });

  it('never exceeds the terminal, whatever the text and the width from 20', async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'B', ' ', '.', '例', 'é', 'ไ', '\n', '\u001b', '👍🏽'),
      maxLength: 60,
    });
    const record = fc.record({ name: text, tags: fc.array(text, { maxLength: 3 }), count: fc.integer() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 4 }),
        fc.integer({ min: 20, max: 90 }),
        async (rows, width) => {
          for (const line of lines(await renderList('table', rows, columns, terminal(width)))) {
            expect(stringWidth(line)).toBeLessThanOrEqual(width);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('draws ASCII the same beside other text as alone', async () => {
    const row = (name: string, count: number, tags: string[]): Row => ({ name, count, tags });
    const rows = [row('a', 1, ['x y', 'z']), row('longer', 12345, []), row('', 0, ['-'])];
    const drawn = (list: Row[]) => renderList('table', list, only('name', 'count', 'tags'), pipe);
    expect(lines(await drawn([...rows, row('名', 3, [])])).slice(0, -1)).toEqual(lines(await drawn(rows)));
  });

  it('draws thousands of rows in order', async () => {
    const rows = Array.from({ length: 3000 }, (_, index) => ({ name: `n${index}`, count: index }));
    const drawn = lines(await renderList('table', rows, only('name', 'count'), pipe));
    expect(drawn.length).toBe(3001);
    expect(drawn[1]).toBe('n0         0');
    expect(drawn[3000]).toBe('n2999   2999');
  });
});

describe('the block of an item', () => {
  it('shows fields in one column and nested values as indented lines', async () => {
    const item: Row = {
      name: 'shop',
      count: 3,
      tags: ['a', 'b'],
      tls: {
        status: 'Active',
        names: ['x', 'y'],
        chain: [{ subject: 'CN=x', days: 3 }],
        empty: {},
        none: null,
      },
    };
    expect(await renderItem('table', item, only('name', 'count', 'tags', 'tls'), pipe)).toBe(
      [
        'Name   shop',
        'Count  3',
        'Tags   a, b',
        'TLS',
        '  status: Active',
        '  names: x, y',
        '  chain:',
        '    - subject: CN=x',
        '      days: 3',
        '  empty: {}',
        '  none:',
        '',
      ].join('\n'),
    );
  });

  it('shows a text of several lines as lines, each inert', async () => {
    const item = { name: 'one\n\u001btwo\r\nthree\n' };
    expect(await renderItem('table', item, only('name'), pipe)).toBe('Name\n  one\n  \\x1btwo\n  three\n');
  });

  it('wraps long values on a terminal only', async () => {
    const name = 'word '.repeat(12).trim();
    expect(await renderItem('table', { name }, only('name'), pipe)).toBe(`Name  ${name}\n`);
    expect(await renderItem('table', { name }, only('name'), terminal(40))).toBe(
      'Name  word word word word word word word\n      word word word word word\n',
    );
  });

  it('prefers the column’s own text', async () => {
    const own: Column<Row>[] = [
      { key: 'tls', header: 'TLS', value: (r) => r.tls, text: (_r, view) => (view.tty ? 'on\u0007' : 'yes') },
    ];
    expect(await renderItem('table', { name: '', tls: { a: 1 } }, own, pipe)).toBe('TLS  yes\n');
    expect(await renderItem('table', { name: '' }, own, terminal(80))).toBe('TLS  on\\x07\n');
  });
});
