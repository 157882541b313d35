/*
 * Builds dist/: `src` and its packages as chunks that boot.cjs loads with V8's code cache. What each step is for
 * was measured with bench/start.mjs: one file of everything doubles the time of `--help`; ES modules cannot take
 * a code cache; packages left in node_modules cost more to find than to run.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const { resolve } = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const target = { platform: 'node', target: 'node20' };
const smaller = { minifyWhitespace: true, minifySyntax: true, legalComments: 'none' };

/** What the driver loads only for a URI that asks for it, and only where the user has installed it. */
const OPTIONAL = [
  '@aws-sdk/credential-providers',
  '@mongodb-js/zstd',
  'gcp-metadata',
  'kerberos',
  'mongodb-client-encryption',
  'snappy',
  'socks',
];

/**
 * `z` imported by name drags in all of zod with its 50 languages (450 kB, 200 ms at the first start); imported as
 * a namespace, which means the same, it leaves what is used.
 */
const zodNamespace = {
  name: 'zod-namespace',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(`import { z } from 'zod'`, `import * as z from 'zod'`),
      loader: 'ts',
    }));
  },
};

/** What is changed in packages on the way into the bundle. A text that is no longer there ends the build. */
const PATCHES = [
  {
    why: 'lmdb looks for its native part beside its own file, which is no longer where it was',
    file: /[/\\]lmdb[/\\]dist[/\\]index\.cjs$/,
    from: `'file:' + __filename`,
    to: `'file:' + require.resolve('lmdb')`,
  },
  {
    why: 'a package asks which C library node is made with; its own first bytes name the loader',
    file: /[/\\]node-gyp-build-optional-packages[/\\]node-gyp-build\.js$/,
    from: `const { familySync, MUSL } = require('detect-libc');
  return familySync() === MUSL;`,
    to: `const head = Buffer.alloc(2048);
  const file = fs.openSync(process.execPath);
  fs.readSync(file, head);
  fs.closeSync(file);
  return head.includes('/ld-musl-');`,
  },
  {
    why: 'commander starts programs for subcommands that are files; netgoat has none',
    file: /[/\\]commander[/\\]lib[/\\]command\.js$/,
    from: `const childProcess = require('node:child_process');`,
    to: '',
  },
  {
    why: 'as above',
    file: /[/\\]commander[/\\]lib[/\\]command\.js$/,
    from: 'childProcess.spawn',
    to: `require('node:child_process').spawn`,
  },
  {
    why: 'the global crypto makes node load all of WebCrypto, 11 ms of every start; its own module is as random',
    file: /[/\\]bson[/\\]lib[/\\]bson\.cjs$/,
    from: 'const { crypto } = globalThis;',
    to: `const crypto = { getRandomValues: require('crypto').randomFillSync };`,
  },
  {
    why: 'tables for passwords that are not ASCII, unpacked at every start though few log in with one',
    file: /[/\\]saslprep[/\\]dist[/\\]node\.js$/,
    from: 'const codePoints = (0, memory_code_points_1.createMemoryCodePoints)(code_points_data_1.default);',
    to: `let known;
         const unpack = () => memory_code_points_1.createMemoryCodePoints(require('./code-points-data').default);`,
  },
  {
    why: 'as above',
    file: /[/\\]saslprep[/\\]dist[/\\]node\.js$/,
    from: '(0, index_1.default)(codePoints, input, opts)',
    to: '(0, index_1.default)((known ??= unpack()), input, opts)',
  },
  {
    why: 'as above',
    file: /[/\\]saslprep[/\\]dist[/\\]node\.js$/,
    from: 'const code_points_data_1 = __importDefault(require("./code-points-data"));',
    to: '',
  },
];

const patches = {
  name: 'patches',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]node_modules[/\\].*\.c?js$/ }, async ({ path }) => {
      const wanted = PATCHES.filter(({ file }) => file.test(path));
      if (wanted.length === 0) return undefined;
      let contents = await readFile(path, 'utf8');
      for (const { from, to, why } of wanted) {
        if (!contents.includes(from)) throw new Error(`${path} has changed; look again whether ${why}`);
        contents = contents.replaceAll(from, to);
      }
      return { contents, loader: 'js' };
    });
  },
};

/** Names stay: mongoose and mquery look at the names of constructors. */
async function bundle() {
  const { outputFiles, metafile } = await build({
    ...target,
    absWorkingDir: root,
    entryPoints: ['src/main.ts', 'src/mongod.ts'],
    outdir: dist,
    write: false,
    bundle: true,
    format: 'esm',
    splitting: true,
    minifySyntax: true,
    legalComments: 'none',
    external: OPTIONAL,
    // One copy, whether imported or required.
    alias: { bson: resolve('bson'), lmdb: resolve('lmdb'), 'whatwg-url': 'node:url' },
    define: { 'import.meta.url': '__url' },
    plugins: [zodNamespace, patches],
    metafile: true,
    logLevel: 'warning',
  });
  refuseLostNames(metafile);
  return outputFiles.map(({ path, text }) => ({ name: basename(path), text }));
}

/**
 * `await import()` of a CommonJS package finds none of its names in a bundle, only a default: such a package is
 * imported by a file of ours, and that file is loaded late.
 */
function refuseLostNames({ outputs }) {
  for (const { entryPoint, exports } of Object.values(outputs)) {
    if (!entryPoint?.startsWith('node_modules') || exports.some((name) => name !== 'default')) continue;
    throw new Error(`${entryPoint} is CommonJS and cannot be the target of import()`);
  }
}

/**
 * esbuild wraps a CommonJS module in an arrow function, whose inside V8 reads twice before it runs. As a function
 * expression in parentheses it is compiled at once: 75 ms less at the first start.
 */
function compileAtOnce(text) {
  return text
    .replace(
      /^(var \S+ = __(?:commonJS|esm))\(\{\n {2}"[^"\n]*"\(([^)\n]*)\) \{\n([^]*?)^ {2}\}\n\}\);$/gm,
      '$1((function($2) {\n$3}));',
    )
    .replace(/\(0, (cb|fn)\[__getOwnPropNames\(\1\)\[0\]\]\)\(/g, '$1(');
}

/** A chunk as a script whose value is a function of what a CommonJS module sees. */
async function toScript(text) {
  const { code } = await transform(compileAtOnce(text), {
    ...target,
    ...smaller,
    format: 'cjs',
    supported: { 'dynamic-import': false },
  });
  return `(function(exports,require,module,__filename,__url){${code}})`;
}

function netgoat(words, env) {
  spawnSync(process.execPath, [join(root, 'bin', 'netgoat.js'), ...words.split(' ')], { env });
}

/**
 * Lists a domain of a throw-away store, and ships the code cache of that run: with the node that built it, netgoat is
 * fast from its first start. Any other node makes its own; so a failure here costs nothing but that.
 */
async function shipCodeCache(buildId) {
  const folder = await mkdtemp(join(tmpdir(), 'netgoat-build-'));
  const env = { ...process.env, NETGOAT_DB: `embedded:${join(folder, 'store')}`, XDG_CACHE_HOME: folder };
  const off = { ...env, NODE_DISABLE_COMPILE_CACHE: '1' };
  try {
    netgoat('team add Warm', off);
    netgoat('domain add shop.example.com --team warm', off);
    netgoat('domain list', env);
    await cp(join(folder, 'netgoat', buildId), join(dist, 'code-cache'), { recursive: true });
  } catch (error) {
    console.error(`No code cache is shipped: ${error.message}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const chunks = await Promise.all(
  (await bundle()).map(async ({ name, text }) => ({ name, code: await toScript(text) })),
);
const hash = createHash('sha256');
for (const { name, code } of chunks) hash.update(`${name}\0${code}\0`);
const buildId = `${version}-${hash.digest('hex').slice(0, 12)}`;
const boot = await transform(await readFile(join(root, 'src/boot.cts'), 'utf8'), {
  ...target,
  ...smaller,
  loader: 'ts',
  format: 'cjs',
  define: { BUILD_ID: JSON.stringify(buildId) },
});

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await Promise.all([
  writeFile(join(dist, 'boot.cjs'), boot.code),
  ...chunks.map(({ name, code }) => writeFile(join(dist, name), code)),
]);
await shipCodeCache(buildId);
