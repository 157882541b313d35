import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { createContext, processWorld } from './context.ts';
import type { Context, GlobalFlags, World } from './context.ts';
import { EXIT, NetgoatError } from './errors.ts';
import { buildProgram, nounFirst } from './program.ts';

/**
 * Runs netgoat.
 * @param typed the words after `netgoat`.
 * @param world the streams, the environment and the clock; the process's own by default.
 * @returns the exit code of the table in errors.ts.
 */
export async function main(typed: readonly string[], world: World = processWorld()): Promise<number> {
  const argv = nounFirst(typed);
  let context: Context | undefined;
  let program: Command | undefined;
  const output = watchOutput(world);
  try {
    program = await buildProgram(argv, world, async (spec, input, path) => {
      const onlyReads = spec.effect === 'read' || spec.effect === 'inspect';
      context = await createContext(world, program!.opts<GlobalFlags>(), onlyReads);
      const { execute } = await import('./commands/execute.ts');
      await execute(context, spec, input, path);
    });
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(argv, { from: 'user' });
    await output.failure();
    return EXIT.done;
  } catch (thrown) {
    // A stream that broke is the cause of whatever followed.
    const error = await output.failure().then(
      () => thrown,
      (cause: unknown) => cause,
    );
    return await fail(error, typed, world, { context, program });
  } finally {
    await context?.close();
  }
}

async function fail(
  error: unknown,
  argv: readonly string[],
  world: World,
  { context, program }: { context: Context | undefined; program: Command | undefined },
): Promise<number> {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done;
    // A noun without a verb: its help is on stderr already.
    if (error.code === 'commander.help') return EXIT.usage;
  }
  const { report } = await import('./report.ts');
  const expected = await report(error, world, {
    json: wantsJson(argv, world, context),
    debug: context?.debug ?? argv.includes('--debug'),
    secrets: context?.config.secrets ?? [],
    typed: { argv, program },
  });
  return EXIT[expected];
}

/** As a command would choose its format, of words that may not make a command. */
function wantsJson(argv: readonly string[], world: World, context: Context | undefined): boolean {
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  if (words.some((word) => /^--json(=|$)/.test(word))) return true;
  const formats = words.flatMap((word, at) => {
    const [, flag, value] = /^(-o|--output)(?:=?(.+))?$/.exec(word) ?? [];
    return flag === undefined ? [] : [value ?? words[at + 1]];
  });
  return (formats.at(-1) ?? context?.config.output ?? world.env['NETGOAT_OUTPUT']) === 'json';
}

/** Keeps the first error of the output streams. `netgoat … | head -1`: the reader has seen enough, and that is none. */
function watchOutput(world: World): { failure(): Promise<void> } {
  let broken: NodeJS.ErrnoException | undefined;
  for (const stream of [world.stdout, world.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') broken ??= error;
    });
  }
  return {
    failure: async () => {
      if (!world.stdout.writableEnded) await new Promise((flushed) => world.stdout.write('', flushed));
      if (broken === undefined) return;
      throw new NetgoatError('failed', `cannot write the output: ${broken.message}`, { cause: broken });
    },
  };
}
