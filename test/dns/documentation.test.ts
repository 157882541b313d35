import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dnsRules } from '../../src/dns/rules.ts';

const page = join(import.meta.dirname, '..', '..', 'docs', 'dns-rules.md');
const TABLE = /(?<=<!-- rules -->\n)[\s\S]*(?=<!-- \/rules -->)/;

/** The rules as a table, its columns as wide as Prettier makes them. */
function table(): string {
  const rows = [
    ['rule', 'level', ''],
    ...dnsRules.map(({ id, level, summary }) => [`\`${id}\``, level, summary.replace(/[|*<]/g, '\\$&')]),
  ];
  const widths = [0, 1, 2].map((at) => Math.max(3, ...rows.map((row) => row[at]!.length)));
  const lines = rows.map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`);
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return lines.join('\n');
}

it('docs/dns-rules.md lists every rule with its level (NETGOAT_UPDATE_DOCS=1 rewrites the table)', async () => {
  const text = await readFile(page, 'utf8');
  const wanted = text.replace(TABLE, () => `\n${table()}\n\n`);
  expect(text).toMatch(TABLE);
  if (process.env['NETGOAT_UPDATE_DOCS'] === '1') await writeFile(page, wanted);
  else expect(text).toBe(wanted);
});
