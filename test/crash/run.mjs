/* Builds main.ts and runs it: see there. */
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
// beside the packages, and two folders below the root, as main.ts is
const outfile = join('node_modules', '.cache', 'netgoat-crash.mjs');
await build({
  entryPoints: [join('test', 'crash', 'main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'error',
});
await import(pathToFileURL(outfile).href);
