/*
 * `npm run demo`: builds netgoat and does the main job, from a team to what an edge runs, on an embedded store in a
 * folder that is removed afterwards.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'netgoat-demo-'));
const env = { ...process.env, NETGOAT_DB: `embedded:${join(folder, 'store')}` };

/** The main job, which the tests do too, and a look at what came of it. */
const STEPS = [
  ...readFileSync(join(root, 'scripts', 'main-job.txt'), 'utf8')
    .trim()
    .split('\n'),
  'incident list --team acme --status open',
  'dns list shop.example.com',
];
const PAYLOAD = 'sync show --domain shop.example.com';
const WIDTH = 120;

/** The words of a command line; quotes keep words together. */
function words(line) {
  return [...line.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single),
  );
}

/** Runs netgoat in the demo's folder; gives what it printed, unless that goes to the terminal. */
function run(line, stdout) {
  console.log(`\n$ netgoat ${line}`);
  const args = [join(root, 'bin', 'netgoat.js'), ...words(line)];
  const result = spawnSync(process.execPath, args, {
    cwd: folder,
    env,
    stdio: ['ignore', stdout, 'inherit'],
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(`netgoat ${line}: exit code ${result.status}`);
  return result.stdout;
}

/** JSON with as much on a line as fits. */
function fold(value, indent = '') {
  const flat = JSON.stringify(value).replace(/("(?:[^"\\]|\\.)*")([:,])?|,/g, (text, _, end) =>
    end || text === ',' ? `${text} ` : text,
  );
  if (typeof value !== 'object' || value === null || indent.length + flat.length <= WIDTH) return flat;
  const inner = `${indent}  `;
  const items = Array.isArray(value)
    ? value.map((item) => fold(item, inner))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${fold(item, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open} ${fill(items, inner)} ${close}`;
}

/** Items side by side as long as they fit; one of several lines stands alone. */
function fill(items, indent) {
  const lines = [];
  for (const item of items) {
    const last = lines.at(-1);
    const joined = last === undefined ? '' : `${last}, ${item}`;
    if (joined && !joined.includes('\n') && indent.length + joined.length < WIDTH)
      lines[lines.length - 1] = joined;
    else lines.push(item);
  }
  return lines.join(`,\n${indent}`);
}

try {
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { stdio: 'inherit' });
  writeFileSync(join(folder, 'geo.js'), 'export default (request) => request;\n');
  for (const line of STEPS) run(line, 'inherit');
  console.log(fold(JSON.parse(run(PAYLOAD, 'pipe'))));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
