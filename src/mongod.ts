import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { processWorld, type World } from './context.ts';
import { EXIT, NetgoatError } from './errors.ts';

const HELP = `Usage: netgoat-mongod --dbpath <folder> [options]

Serves an embedded store of netgoat over MongoDB's wire protocol, with the flags of mongod that a test harness uses.
For tests: it has no users, listens on this machine only, and knows the part of MongoDB that docs/embedded.md lists.

Options:
  --dbpath <folder>       where the store is, or is to be made
  --port <number>         the port to listen on (default: 27017)
  --bind_ip <address>     a loopback address (default: 127.0.0.1)
  --replSet <name>        be a replica set of one: with transactions and retryable writes
  --storageEngine <name>  taken from a harness; the store is always lmdb
  --noauth                taken from a harness; there is no authentication
  --version               print the version of MongoDB that is imitated
  --help                  print this
`;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/;

interface Settings {
  dbpath: string;
  port: number;
  host: string;
  setName: string | undefined;
}

/**
 * Serves a store until a signal or a client's `shutdown` ends it; what it says on stdout is what mongodb-memory-server
 * waits for.
 * @param argv the words after `netgoat-mongod`.
 * @returns the exit code of the table in errors.ts.
 */
export async function main(argv: readonly string[], world: World = processWorld()): Promise<number> {
  try {
    const settings = parse(argv);
    if (typeof settings === 'object') await serve(settings, world);
    else world.stdout.write(settings === 'help' ? HELP : await version());
    return EXIT.done;
  } catch (thrown) {
    const { report } = await import('./report.ts');
    return EXIT[await report(thrown, world, { json: false, debug: false, secrets: [] })];
  }
}

function parse(argv: readonly string[]): Settings | 'help' | 'version' {
  const values = parseWords(argv);
  if (values.help) return 'help';
  if (values.version) return 'version';
  const { dbpath, port, bind_ip: host, replSet: setName } = values;
  if (!dbpath) throw usage('--dbpath is missing: name the folder of the store');
  if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    throw usage(`--port ${port} is not a port: it is a number from 1 to 65535`);
  if (!LOOPBACK.test(host))
    throw usage(`--bind_ip ${host} is refused: there is no authentication, so it listens on loopback only`);
  return { dbpath, port: Number(port), host, setName };
}

function parseWords(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        dbpath: { type: 'string' },
        port: { type: 'string', default: '27017' },
        bind_ip: { type: 'string', default: '127.0.0.1' },
        replSet: { type: 'string' },
        storageEngine: { type: 'string' },
        noauth: { type: 'boolean' },
        version: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function usage(message: string): NetgoatError {
  return new NetgoatError('usage', message, { hint: 'see `netgoat-mongod --help`' });
}

async function version(): Promise<string> {
  const { VERSION } = await import('./embedded/commands/administration.ts');
  return `db version v${VERSION}\nThis is netgoat's embedded store, not MongoDB.\n`;
}

async function serve({ dbpath, port, host, setName }: Settings, world: World): Promise<void> {
  const { openEmbedded } = await import('./embedded/open.ts');
  const stopping = new AbortController();
  const stopped = once(stopping.signal, 'abort');
  const stop = (): void => stopping.abort();
  const store = await openEmbedded(dbpath, { host, port, setName, stop });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  world.stdout.write(`netgoat-mongod: waiting for connections on ${host}:${port}\n`);
  if (setName !== undefined)
    world.stdout.write('transition to primary complete; database writes are now permitted\n');
  await stopped;
  await store.close();
}
