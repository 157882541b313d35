import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../../src/output/compare.ts';
import { SelectError, selectRows, type Selection } from '../../src/output/select.ts';
import { columns, pipe, type Row } from './fixtures.ts';

const rows: Row[] = [
  { name: 'r10', count: 2, tags: ['x', 'y'], tls: { status: 'Active', chain: [{ cn: 'a' }, { cn: 'b' }] } },
  { name: 'r2', count: 10, tags: ['y'], at: new Date('2026-01-01T00:00:00Z') },
  { name: 'R1', count: null, tags: [], at: new Date('2025-01-01T00:00:00Z'), tls: { status: 'Pending' } },
];

const pick = (selection: Selection): string[] =>
  selectRows(rows, columns, selection, pipe).rows.map((row) => row.name);

describe('--filter', () => {
  it.each<[string, string[]]>([
    ['name=r2', ['r2']],
    ['name!=r2', ['r10', 'R1']],
    ['name~r*', ['r10', 'r2']],
    ['count=10', ['r2']],
    ['count=', ['R1']],
    ['count!=', ['r10', 'r2']],
    ['tags=y', ['r10', 'r2']],
    ['tags!=x', ['r2', 'R1']],
    ['tags=', ['R1']],
    ['tls.status=Active', ['r10']],
    ['tls.status!=Active', ['r2', 'R1']],
    ['tls.chain.cn=b', ['r10']],
    ['tls.chain.0.cn=a', ['r10']],
    ['tls.toString~*', ['r10', 'r2', 'R1']],
    ['tls.toString!=', []],
    ['at~2026-*', ['r2']],
    ['name=a=b', []],
  ])('%s', (filter, expected) => expect(pick({ filter: [filter] })).toEqual(expected));

  it('takes a value as the table shows it, too', () => {
    const shown = columns.map((column) =>
      column.key === 'count' ? { ...column, text: ({ count }: Row) => `${count ?? 'no'} times` } : column,
    );
    const kept = (filter: string) =>
      selectRows(rows, shown, { filter: [filter] }, pipe).rows.map(({ name }) => name);
    expect(kept('count=10')).toEqual(['r2']);
    expect(kept('count=10 times')).toEqual(['r2']);
    expect(kept('count!=10 times')).toEqual(['r10', 'R1']);
    expect(kept('count~* times')).toEqual(['r10', 'r2', 'R1']);
    expect(kept('count=no times')).toEqual(kept('count='));
  });

  it('holds all filters at once', () => expect(pick({ filter: ['tags=y', 'count!=2'] })).toEqual(['r2']));

  it.each(['name', '=x', '~x', ''])('refuses "%s"', (filter) =>
    expect(() => pick({ filter: [filter] })).toThrow(SelectError),
  );
});

describe('--sort', () => {
  it('orders numbers and numbered names by size, times by time', () => {
    expect(pick({ sort: 'name' })).toEqual(['R1', 'r2', 'r10']);
    expect(pick({ sort: '-name' })).toEqual(['r10', 'r2', 'R1']);
    expect(pick({ sort: 'at' })).toEqual(['R1', 'r2', 'r10']);
  });

  it('puts what is not set last both ways', () => {
    expect(pick({ sort: 'count' })).toEqual(['r10', 'r2', 'R1']);
    expect(pick({ sort: '-count' })).toEqual(['r2', 'r10', 'R1']);
  });

  it('is stable and leaves the input alone', () => {
    const before = [...rows];
    expect(pick({ sort: 'tls.none' })).toEqual(['r10', 'r2', 'R1']);
    pick({ sort: 'name' });
    expect(rows).toEqual(before);
  });
});

describe('--limit and fields', () => {
  it('cuts after filter and sort', () =>
    expect(pick({ sort: '-name', limit: '1', filter: ['tags=y'] })).toEqual(['r10']));

  it.each(['0', '-1', '1.5', 'x', ''])('refuses the limit "%s" as it was typed', (limit) =>
    expect(() => pick({ limit })).toThrow(
      new SelectError(`the limit must be a whole number from 1, not "${limit}"`),
    ),
  );

  it('picks columns in the order asked, each once, and paths as columns of their own', () => {
    const picked = selectRows(rows, columns, { fields: ['tls.status', 'name', 'name'] }, pipe);
    expect(picked.columns.map((column) => [column.key, column.value(rows[0] as Row)])).toEqual([
      ['tls.status', 'Active'],
      ['name', 'r10'],
    ]);
  });
});

describe('an unknown key', () => {
  it.each<Selection>([{ filter: ['nmae=x'] }, { sort: '-nmae' }, { fields: ['nmae'] }])(
    'is refused in %j',
    (selection) => {
      expect(() => pick(selection)).toThrow(
        new SelectError(
          'there is no field "nmae". Did you mean "name"? The fields are name, count, at, tags, tls.',
        ),
      );
    },
  );

  it('is refused as the head of a path', () =>
    expect(() => pick({ sort: 'tlss.status' })).toThrow(/no field "tlss.status"/));
});

describe('a glob', () => {
  it.each<[string, string, boolean]>([
    ['shop.example.com', '*.example.com', true],
    ['shop.example.com', '*.example.co', false],
    ['abc', 'a?c', true],
    ['ac', 'a?c', false],
    ['', '*', true],
    ['', '', true],
    ['a.b', 'a[.]b', false],
    ['例え', '?え', true],
    [`${'a'.repeat(5000)}b`, `${'*a'.repeat(50)}*c`, false],
  ])('%s ~ %s', (text, glob, matches) => expect(matchesGlob(text, glob)).toBe(matches));
});
