import { execFile } from 'node:child_process';
import { Script } from 'node:vm';
import { NetgoatError } from '../errors.ts';

const TIMEOUT_MS = 10_000;

/**
 * Checks that code parses as a JavaScript module or script; runs none of it. Modules are parsed by a second node,
 * because this one can compile them only under a flag.
 * @throws NetgoatError usage: names the line and the fault.
 */
export async function checkCode(code: string): Promise<void> {
  if (code.trim() === '') throw new NetgoatError('usage', 'the code is empty');
  if (isScript(code)) return;
  const complaint = await parseModule(code);
  if (complaint === null) return;
  const line = /^\[stdin\]:(\d+)/m.exec(complaint)?.[1];
  const fault = /^\w*Error: (.*)$/m.exec(complaint)?.[1];
  if (fault === undefined) {
    throw new NetgoatError('failed', 'the code could not be checked', { cause: new Error(complaint) });
  }
  throw new NetgoatError('usage', `the code is no JavaScript: ${fault}${line ? ` (line ${line})` : ''}`);
}

function isScript(code: string): boolean {
  try {
    void new Script(code);
    return true;
  } catch {
    return false;
  }
}

/** What `node --check` says of a module; null where it parses. */
function parseModule(code: string): Promise<string | null> {
  const { NODE_OPTIONS: _options, ...env } = process.env;
  return new Promise((resolve) => {
    const args = ['--check', '--input-type=module', '-'];
    const child = execFile(process.execPath, args, { env, timeout: TIMEOUT_MS }, (error, _stdout, stderr) => {
      resolve(error === null ? null : stderr || error.message);
    });
    // A node that cannot start closes its input early; the callback says why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(code);
  });
}
