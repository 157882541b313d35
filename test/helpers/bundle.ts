import { chmod, mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..', '..');
/** Beside the packages, so that what is bundled finds them. */
const folder = join(root, 'node_modules', '.cache', 'netgoat-test');

/** A file that node runs, made of TypeScript, and how to remove it. */
export interface Bundle {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes an executable of TypeScript text that imports by paths from the root of the repository. */
export async function bundle(name: string, contents: string): Promise<Bundle> {
  const path = join(folder, `${basename(name)}-${process.pid}.mjs`);
  await mkdir(folder, { recursive: true });
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    banner: { js: '#!/usr/bin/env node' },
    outfile: path,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  await chmod(path, 0o755);
  return { path, remove: () => rm(path, { force: true }) };
}
