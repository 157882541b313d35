/*
 * Starts an entry of the bundle with V8's code cache, which node has of its own only from 22.8 on: without it,
 * compiling mongoose and the driver takes longer than the command. A cache that is missing, stale or out of
 * reach costs time and nothing else.
 */
import fs = require('node:fs');
import path = require('node:path');
import vm = require('node:vm');
import url = require('node:url');

/** The version and a hash of the chunks; put in by the build. */
declare const BUILD_ID: string;

interface Entry {
  main(argv: string[]): Promise<number>;
}

interface Chunk {
  name: string;
  script: vm.Script;
  cached: boolean;
}

type Wrapper = (exports: object, require: NodeJS.Require, module: object, file: string, url: string) => void;

const LONG_MS = 30 * 24 * 60 * 60 * 1000;

const modules = new Map<string, { exports: unknown }>();
const chunks: Chunk[] = [];
const cache = cacheFolder();
const places = placesOfCaches();

/** Chunks ask for each other by `./name`; what is not in the bundle comes from node_modules. */
const requireFromChunk = Object.assign((id: string) => (id.startsWith('./') ? load(id) : require(id)), {
  resolve: require.resolve,
}) as NodeJS.Require;

function load(id: string): unknown {
  const known = modules.get(id);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  modules.set(id, module);
  const file = path.join(__dirname, id);
  const cachedData = readFirst(places, `${path.basename(id)}.bin`);
  // The build writes chunks in ASCII, as functions of what a CommonJS module sees.
  const script = new vm.Script(fs.readFileSync(file, 'latin1'), {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  chunks.push({
    name: path.basename(id),
    script,
    cached: cachedData !== undefined && !script.cachedDataRejected,
  });
  const wrapper = script.runInThisContext() as Wrapper;
  wrapper(module.exports, requireFromChunk, module, file, url.pathToFileURL(file).href);
  return module.exports;
}

function readFirst(folders: string[], name: string): Buffer | undefined {
  for (const folder of folders) {
    try {
      return fs.readFileSync(path.join(folder, name));
    } catch {
      // It may be in the next.
    }
  }
  return undefined;
}

/** Where to look for code caches: the user's, then the one that the build made with its own node. */
function placesOfCaches(): string[] {
  const { env, version, arch } = process;
  if (env['NODE_DISABLE_COMPILE_CACHE']) return [];
  const shipped = path.join(__dirname, 'code-cache', `${version}-${arch}`);
  return cache !== undefined && isOurs(cache) ? [cache, shipped] : [shipped];
}

/** `<user's caches>/netgoat/<build>/<node>-<arch>`; undefined where there is no such place. */
function cacheFolder(): string | undefined {
  const { env, platform, version, arch } = process;
  if (env['NODE_DISABLE_COMPILE_CACHE']) return undefined;
  const home = env['HOME'];
  const xdg = env['XDG_CACHE_HOME'];
  const place =
    xdg !== undefined && path.isAbsolute(xdg)
      ? xdg
      : platform === 'win32'
        ? env['LOCALAPPDATA']
        : home && path.join(home, platform === 'darwin' ? 'Library/Caches' : '.cache');
  return place ? path.join(place, 'netgoat', BUILD_ID, `${version}-${arch}`) : undefined;
}

/** A cache is code: one that others can write, or that another user made, is left alone. */
function isOurs(folder: string): boolean {
  try {
    const { uid, mode } = fs.statSync(folder);
    return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
  } catch {
    return false;
  }
}

/** Takes away the caches of builds that were made long ago. */
function sweep(builds: string): void {
  for (const name of fs.readdirSync(builds)) {
    const folder = path.join(builds, name);
    if (Date.now() - fs.statSync(folder).mtimeMs > LONG_MS)
      fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes the chunks that ran without a cache, with the functions that this run has compiled. */
function saveCache(): void {
  const missing = chunks.filter((chunk) => !chunk.cached);
  if (cache === undefined || missing.length === 0) return;
  try {
    if (fs.mkdirSync(cache, { recursive: true, mode: 0o700 }) !== undefined) sweep(path.join(cache, '../..'));
    if (!isOurs(cache)) return;
    for (const { name, script } of missing) {
      const file = path.join(cache, `${name}.bin`);
      const temporary = `${file}.${process.pid}`;
      fs.writeFileSync(temporary, script.createCachedData(), { mode: 0o600 });
      fs.renameSync(temporary, file);
    }
  } catch {
    // A full disk or a read-only home: the next run is as slow as this one.
  }
}

/** Runs the entry `name` of the bundle with the words of the command line; its result is the exit code. */
async function start(name: string): Promise<void> {
  const code = await (load(`./${name}.js`) as Entry).main(process.argv.slice(2));
  process.exitCode = code;
  if (code === 0) saveCache();
}

export = start;
