/*
 * `node scripts/run.mjs FILE [ARGUMENTS]`: runs a TypeScript file of this repository. What it imports is built in,
 * packages stay outside; it lies two folders below the root, as test/crash/main.ts does, so that paths agree.
 */
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [file] = process.argv.splice(2, 1);
const root = fileURLToPath(new URL('..', import.meta.url));
const name = `netgoat-${basename(dirname(file))}-${basename(file, '.ts')}.mjs`;
const outfile = join(root, 'node_modules', '.cache', name);
await build({
  entryPoints: [join(root, file)],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'error',
});
await import(pathToFileURL(outfile).href);
