import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether the checker of BIND is here (Debian: bind9-utils); tests that need it skip where it is not. */
export const hasCheckzone = spawnSync('named-checkzone', ['-v']).status === 0;

/**
 * What named-checkzone understands of a master file: a line each record.
 * @throws where it refuses the file; the message has its words.
 */
export function checkzone(origin: string, text: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'netgoat-zone-'));
  const path = join(folder, 'zone');
  try {
    writeFileSync(path, text);
    // Without -i local it asks the network for the addresses of name servers.
    const args = ['-i', 'local', '-D', '-o', '-', origin, path];
    const said = execFileSync('named-checkzone', args, { encoding: 'utf8', stdio: 'pipe' });
    return said.split('\n').filter((line) => /\sIN\s/.test(line));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
