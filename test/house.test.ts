import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const oxlint = join(root, 'node_modules', 'oxlint', 'bin', 'oxlint');

const WRONG: [place: string, specifier: string][] = [
  ['src/dns', '../models/domain.ts'],
  ['src/dns/types', '../../errors.ts'],
  ['src/waf', '../dns/names.ts'],
  ['src/output', '../commands/print.ts'],
  ['src/output/formats', '../../queries/lookup.ts'],
  ['src/prompts', '../context.ts'],
  ['src/embedded', '../models/domain.ts'],
  ['src/embedded/wire', '../../commands/spec.ts'],
  ['src/models', '../queries/lookup.ts'],
  ['src/database', '../queries/lookup.ts'],
  ['src/queries', '../changes/apply.ts'],
  ['src/queries', '../commands/print.ts'],
  ['src/changes', '../output/diff.ts'],
  ['src/edge', '../context.ts'],
  ['src/observe', '../commands/print.ts'],
  ['src/reconcile', '../embedded/open.ts'],
  ['src/commands/team', '../../database/open.ts'],
  ['src/commands/team', '../../embedded/open.ts'],
  ['src/commands', '../main.ts'],
  ['src/commands', 'mongoose'],
  ['src/queries', 'mongoose'],
  ['src', 'mongoose'],
  ['src/queries', 'commander'],
  ['src/commands', 'chalk'],
  ['src/commands', 'cli-table3'],
  ['src/commands', 'ora'],
  ['src/commands', 'inquirer'],
  ['src/observe', 'ws'],
  ['src/database', 'lmdb'],
  ['src/edge', 'mingo/core'],
];

const RIGHT: [place: string, specifier: string][] = [
  ['src/commands/team', '../../queries/teams.ts'],
  ['src/commands', '../context.ts'],
  ['src/changes', '../queries/lookup.ts'],
  ['src/queries', '../models/domain.ts'],
  ['src/models', '../dns/names.ts'],
  ['src/embedded/wire', '../commands/read.ts'],
  ['src/embedded', '../errors.ts'],
  ['src/dns/types', '../record.ts'],
  ['src/models', 'mongoose'],
  ['src/output/formats', 'chalk'],
];

const RESTRICTED = 'eslint(no-restricted-imports)';

interface Report {
  diagnostics: { code?: string; filename: string }[];
}

/** Lints these texts at these places of a house with our rules; gives the rules that each breaks. */
async function lint(texts: { place: string; text: string }[]): Promise<string[][]> {
  const house = await mkdtemp(join(tmpdir(), 'netgoat-house-'));
  try {
    await cp(join(root, '.oxlintrc.json'), join(house, '.oxlintrc.json'));
    const files = texts.map(({ place }, index) => join(place, `probe-${index}.ts`));
    for (const [index, file] of files.entries()) {
      await mkdir(dirname(join(house, file)), { recursive: true });
      await writeFile(join(house, file), texts[index]!.text);
    }
    const { stdout } = await promisify(execFile)(process.execPath, [oxlint, '-f', 'json'], {
      cwd: house,
    }).catch((error: { stdout: string }) => error);
    const { diagnostics } = JSON.parse(stdout) as Report;
    return files.map((file) =>
      diagnostics.filter(({ filename }) => filename === file).map(({ code }) => code ?? 'syntax'),
    );
  } finally {
    await rm(house, { recursive: true, force: true });
  }
}

describe('the lint rules', () => {
  it('keep each folder from importing what lies above it', async () => {
    const found = await lint(
      WRONG.flatMap(([place, specifier]) => [
        { place, text: `import { a } from '${specifier}';\na();\n` },
        { place, text: `const a = await import('${specifier}');\na.b();\n` },
      ]),
    );
    expect(found).toEqual(found.map(() => [RESTRICTED]));
  });

  it('let it import what lies below', async () => {
    const found = await lint(
      RIGHT.map(([place, specifier]) => ({ place, text: `import { a } from '${specifier}';\na();\n` })),
    );
    expect(found).toEqual(found.map(() => []));
  });

  it('keep types to the same direction, but for those of the database', async () => {
    const text = (specifier: string) => `import type { A } from '${specifier}';\nexport const a: A = 1;\n`;
    const found = await lint([
      { place: 'src/dns', text: text('../commands/spec.ts') },
      { place: 'src/commands', text: text('mongoose') },
      { place: 'src/commands', text: text('../database/store.ts') },
      { place: 'src/queries', text: text('mongoose') },
    ]);
    expect(found).toEqual([[RESTRICTED], [RESTRICTED], [], []]);
  });

  it('refuse a file of more than 400 lines, and console in src', async () => {
    const lines = Array.from({ length: 401 }, (_, n) => `export const a${n} = ${n};\n`).join('');
    const found = await lint([
      { place: 'src/dns', text: lines },
      { place: 'src', text: `console.log('x');\n` },
    ]);
    expect(found).toEqual([['eslint(max-lines)'], ['eslint(no-console)']]);
  });

  it('name every folder of src', async () => {
    const { overrides } = JSON.parse(await readFile(join(root, '.oxlintrc.json'), 'utf8')) as {
      overrides: { files: string[] }[];
    };
    const named = overrides.flatMap(({ files }) => files);
    const folders = (await readdir(join(root, 'src'), { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(folders.filter((name) => !named.some((glob) => glob.startsWith(`src/${name}/`)))).toEqual([]);
  });
});
