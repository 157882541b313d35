/*
 * `npm run demo`: builds netgoat and does the main job, from a team to what an edge runs, on an embedded store in a
 * folder that is removed afterwards.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'netgoat-demo-'));
const env = { ...process.env, NETGOAT_DB: `embedded:${join(folder, 'store')}` };

const STEPS = `
team add "Acme Inc" --slug acme
user add ops@acme.example --name Ops --team acme --role owner
domain add shop.example.com --team acme
dns add shop.example.com www A 192.0.2.10 192.0.2.11 --ttl 5m --proxied
dns add shop.example.com @ MX "10 mail.example.net."
dns add shop.example.com @ TXT "v=spf1 -all"
proxy upstream add shop.example.com http://127.0.0.1:5080 --weight 2
proxy waf add shop.example.com block-admin --expr 'Path startsWith "/admin"' --action block --priority 100
proxy rate-limit add shop.example.com login --path /login --limit 10 --per 1m --key ip
proxy edge-function add shop.example.com geo --on request --file geo.js
proxy set shop.example.com --cache aggressive --cache-ttl 1h
domain set shop.example.com --waf on
alert add shop.example.com bad-gateway-streak --threshold 5 --window 5m
incident open shop.example.com bad-gateway-streak --message "checkout answers 502"
incident list --team acme --status open
dns list shop.example.com
`;
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
  for (const line of STEPS.trim().split('\n')) run(line, 'inherit');
  console.log(fold(JSON.parse(run(PAYLOAD, 'pipe'))));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
