import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own, of a few MiB. */
export interface SmallDisk {
  readonly path: string;
  /** Changes its size, in MiB, or makes it read-only. */
  remount(options: string): void;
  remove(): void;
}

function run(command: string, ...words: string[]): void {
  execFileSync(command, words, { stdio: 'ignore' });
}

/** Mounts one; undefined where this user or this system may not. */
export function smallDisk(megabytes: number): SmallDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), 'netgoat-disk-'));
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', path);
  } catch {
    rmSync(path, { recursive: true });
    return undefined;
  }
  return {
    path,
    remount: (options) => run('mount', '-o', `remount,${options}`, path),
    remove: () => {
      run('umount', '-l', path);
      rmSync(path, { recursive: true });
    },
  };
}
