import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

const read = (file: string) => readFile(new URL(`../${file}`, import.meta.url), 'utf8');

it('every package has its line in docs/dependencies.md, and no other has one', async () => {
  const { dependencies, devDependencies } = JSON.parse(await read('package.json')) as Manifest;
  const [, runtime = '', development = ''] = (await read('docs/dependencies.md')).split(/^## .*$/m);
  const named = (section: string) =>
    [...section.matchAll(/^\| ([^ |]+) +\|/gm)]
      .map(([, name]) => name!)
      .filter((name) => /^[@a-z]/.test(name));
  const rows = (section: string) => named(section).filter((name) => name !== 'package');
  expect(rows(runtime)).toEqual(Object.keys(dependencies).toSorted());
  expect(rows(development)).toEqual(Object.keys(devDependencies).toSorted());
});
