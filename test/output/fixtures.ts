import type { Column, View } from '../../src/output/columns.ts';

export interface Row {
  name: string;
  count?: number | null;
  at?: Date | null;
  tags?: string[];
  tls?: Record<string, unknown> | null;
}

export const NOW = new Date('2026-03-01T12:00:00Z');

export const pipe: View = { tty: false, color: false, width: 80, now: NOW };

export function terminal(width: number, color = false): View {
  return { tty: true, color, width, now: NOW };
}

export const columns: Column<Row>[] = [
  { key: 'name', header: 'Name', value: (row) => row.name },
  { key: 'count', header: 'Count', value: (row) => row.count, align: 'right' },
  { key: 'at', header: 'Created', value: (row) => row.at },
  { key: 'tags', header: 'Tags', value: (row) => row.tags ?? [] },
  { key: 'tls', header: 'TLS', value: (row) => row.tls },
];

export function only(...keys: string[]): Column<Row>[] {
  return columns.filter((column) => keys.includes(column.key));
}

export const HOSTILE = 'a\u001b[31mb\u202ec\u0007\u009b\ud800\r\n\td"\\,e\u007f';
