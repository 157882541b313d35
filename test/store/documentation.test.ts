import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { STORE } from './target.ts';
import { supportedList } from '../../src/embedded/supported.ts';

const page = join(import.meta.dirname, '..', '..', 'docs', 'embedded.md');
const LIST = /(?<=<!-- supported -->\n)[\s\S]*(?=<!-- \/supported -->)/;

it.runIf(STORE === 'embedded')(
  'docs/embedded.md lists what the tables of the store hold (NETGOAT_UPDATE_DOCS=1 rewrites the list)',
  async () => {
    const text = await readFile(page, 'utf8');
    const wanted = text.replace(LIST, () => `\n${supportedList()}\n\n`);
    expect(text).toMatch(LIST);
    if (process.env['NETGOAT_UPDATE_DOCS'] === '1') await writeFile(page, wanted);
    else expect(text).toBe(wanted);
  },
);
