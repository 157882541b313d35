import { describe, expect, it } from 'vitest';
import { optionsOf } from '../src/commands/build.ts';
import type { CommandSpec } from '../src/commands/spec.ts';
import { nouns } from '../src/program.ts';
import { runCli } from './helpers/run-cli.ts';

async function everyCommand(): Promise<[string, CommandSpec][]> {
  const found: [string, CommandSpec][] = [];
  for (const [name, { load }] of Object.entries(nouns)) {
    const { noun } = await load();
    const groups = Object.entries(noun.groups ?? {}).map(
      ([group, { verbs }]) => [`${name} ${group}`, verbs] as const,
    );
    for (const [path, verbs] of [[name, noun.verbs] as const, ...groups]) {
      for (const [verb, loadVerb] of Object.entries(verbs)) found.push([`${path} ${verb}`, await loadVerb()]);
    }
  }
  return found;
}

const commands = await everyCommand();
const changes = (spec: CommandSpec) =>
  spec.effect === 'database' ? spec.change !== undefined : 'plan' in spec || spec.effect === 'edit';
const asks = (spec: CommandSpec) =>
  ['remove', 'retire'].includes(spec.effect) || (spec.effect === 'database' && spec.change === 'replaces');
const writes = commands.filter(([, spec]) => changes(spec));
/** One that looks at its file first says so with a file that is one: test/commands/db-restore.test.ts. */
const removes = commands.filter(([, spec]) => asks(spec) && !('looksFirst' in spec));
const withArguments = commands.filter(
  ([, spec]) => !asks(spec) && spec.args?.some(({ optional }) => !optional),
);
const nobodyThere = { env: { NETGOAT_DB: 'mongodb://127.0.0.1:1/nobody-there' } };

describe('every command', () => {
  it.each(commands)('%s: has help with its options and an example', async (path, spec) => {
    const { stdout, code } = await runCli(`${path} --help`);
    expect(code).toBe(0);
    for (const example of spec.examples) expect(stdout).toContain(example);
    for (const { flags } of optionsOf(spec)) expect(stdout).toContain(/--[a-z-]+/.exec(flags)![0]);
    expect(spec.examples[0]).toMatch(new RegExp(`^netgoat ${path}`));
    expect(spec.summary).toMatch(/^[a-z]/);
    expect(path.split(' ').at(-1)).toBe(spec.name);
  });

  it.each(commands)('%s: has help that fits 40 columns, but for flags and examples', async (path) => {
    const { stdout } = await runCli(`${path} --help`, { columns: 40 });
    const [text = ''] = stdout.split(/^Examples?:$/m);
    const tooWide = text.split('\n').filter((line) => line.length > 40 && !/^ {2}-/.test(line));
    expect(tooWide).toEqual([]);
  });

  it.each(commands)('%s: refuses an unknown flag in two lines', async (path) => {
    const result = await runCli(`${path} --no-such-flag`, nobodyThere);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  });

  it.each(withArguments)('%s: says what is missing before it opens the database', async (path) => {
    const result = await runCli(path, nobodyThere);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/missing </);
  });

  it.each(writes)('%s: can be tried without writing', async (path, { effect }) => {
    const flags = effect === 'database' ? /--dry-run/ : /--dry-run.*--if-revision/s;
    expect((await runCli(`${path} --help`)).stdout).toMatch(flags);
  });

  it.each(removes)('%s: refuses without --yes where nobody can be asked', async (path) => {
    const result = await runCli(`${path} something`, nobodyThere);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('--yes');
  });
});
