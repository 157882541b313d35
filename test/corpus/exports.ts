import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FileRecord } from '../../src/dns/master-file/file-record.ts';
import { readMasterFile } from '../../src/dns/master-file/read.ts';
import { masterFileOf } from '../helpers/master-file.ts';
import { safetyLimits } from '../../src/changes/zone-safety.ts';
import { dnsRules } from '../../src/dns/rules.ts';
import type { SoaData } from '../../src/dns/types/soa.ts';
import { ownLine } from './canonical.ts';
import { runCli } from '../helpers/run-cli.ts';
import { openEntry, zoneOf } from './entry.ts';
import type { CorpusEntry } from './entry.ts';

/** What came of one accept that was imported, exported, judged by named-checkzone and imported again. */
export interface ExportVerdict {
  entry: CorpusEntry;
  result: 'equal' | 'equal, written without a store' | 'refused by named-checkzone' | 'changed' | 'failed';
  /** Why it failed, or why it is not in the store. */
  reason: string;
}

type Result = Omit<ExportVerdict, 'entry'>;

const CHECKER = 'named-checkzone';
const run = promisify(execFile);

/** Core accepts that are one file. */
export function isExported({ consensus, core_types_only: core, uses }: CorpusEntry): boolean {
  return consensus === 'accept' && core && !uses?.includes('include');
}

/** Every rule and limit that can be lifted, so that only errors keep a file out. */
const ALLOW = [
  ...dnsRules.filter(({ level }) => level === 'strict').map(({ id }) => id),
  ...safetyLimits,
].flatMap((rule) => ['--allow', rule]);

/** Takes accepts through an embedded store by the commands, one after the other. */
export async function* exportsOf(
  corpus: string,
  entries: readonly CorpusEntry[],
): AsyncGenerator<ExportVerdict> {
  const folder = await mkdtemp(join(tmpdir(), 'netgoat-corpus-'));
  try {
    const env = { NETGOAT_DB: `embedded:${join(folder, 'store')}` };
    await runCli('team add Corpus', { env });
    for (const entry of entries) yield { entry, ...(await exportOf(corpus, entry, folder, env)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function exportOf(
  corpus: string,
  entry: CorpusEntry,
  folder: string,
  env: Record<string, string>,
): Promise<Result> {
  const domain = zoneOf(entry);
  const [original, exported] = [join(folder, 'original'), join(folder, 'exported')];
  const cli = (...words: string[]) => runCli(words, { env, cwd: folder });
  await writeFile(original, await openEntry(corpus, entry));
  const take = (file: string, ...more: string[]) =>
    cli('dns', 'import', domain, file, '--mode', 'replace', '--with-apex-ns', '--yes', ...ALLOW, ...more);
  const files = { origin: entry.origin.toLowerCase(), original, exported };

  const added = await cli('domain', 'add', domain, '--team', 'corpus', '--allow', 'nested-tenant');
  if (added.code !== 0) return withoutStore(files, firstError(added.stderr));
  try {
    const imported = await take(original);
    if (imported.code !== 0) return await withoutStore(files, firstError(imported.stderr));
    const out = await cli('dns', 'export', domain, '--out', exported, '--force');
    if (out.code !== 0) return { result: 'failed', reason: firstLine(out.stderr) };
    const refusal = await refusalOf(files);
    if (refusal !== undefined) return refusal;
    const again = await take(exported, '--dry-run', '--output', 'json');
    if (again.code !== 0) return { result: 'failed', reason: firstError(again.stderr) };
    const { changes } = JSON.parse(again.stdout) as { changes: unknown[] };
    return changes.length === 0
      ? { result: 'equal', reason: '' }
      : { result: 'changed', reason: JSON.stringify(changes[0]) };
  } finally {
    await cli('domain', 'remove', domain, '--yes');
  }
}

interface Files {
  origin: string;
  original: string;
  exported: string;
}

/** What named-checkzone has against the export, unless it has it against the original too, as missing glue. */
async function refusalOf({ origin, original, exported }: Files): Promise<Result | undefined> {
  const reason = await complaint(origin, exported);
  if (reason === undefined || reason === (await complaint(origin, original))) return undefined;
  return { result: 'refused by named-checkzone', reason };
}

/** The first thing that it has against the zone; undefined where it takes the file. Without `-i local` it would ask a resolver. */
function complaint(origin: string, file: string): Promise<string | undefined> {
  return run(CHECKER, ['-i', 'local', '-k', 'ignore', origin, file]).then(
    () => undefined,
    ({ stdout }: { stdout: string }) => /^zone .*$/m.exec(stdout)?.[0] ?? firstLine(stdout),
  );
}

/** The root and what breaks a rule is in no store: it is written as an export would be, and read again. */
async function withoutStore(files: Files, why: string): Promise<Result> {
  const read = await recordsOf(files.original, files.origin);
  const soa = read.find(({ type }) => type === 'SOA');
  if (soa === undefined) return { result: 'failed', reason: why };
  const head = {
    origin: files.origin,
    defaultTtl: 300,
    soa: { ttl: soa.ttl, data: soa.data as unknown as SoaData },
  };
  // An export names one where none is known, as where the lines with them were refused.
  const hasServers = read.some(({ type, name }) => type === 'NS' && name === '@');
  const before = hasServers ? read : [...read, { ...soa, type: 'NS', data: { target: 'ns.invalid.' } }];
  const records = before
    .filter(({ type }) => type !== 'SOA')
    .map((record) => ({ ...record, proxied: false, comment: '', tags: [] }));
  await writeFile(files.exported, masterFileOf({ ...head, records }, { absolute: false }));
  const refusal = await refusalOf(files);
  if (refusal !== undefined) return refusal;
  const lines = (all: readonly FileRecord[]) => all.map((record) => ownLine(record, files.origin)).toSorted();
  const after = lines(await recordsOf(files.exported, files.origin));
  return after.join('\n') === lines(before).join('\n')
    ? { result: 'equal, written without a store', reason: why }
    : { result: 'changed', reason: why };
}

async function recordsOf(file: string, origin: string): Promise<FileRecord[]> {
  const records: FileRecord[] = [];
  await readMasterFile([await readFile(file)], { origin, file }, (record) => records.push(record));
  return records;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

/** The first line that says what is wrong, after remarks on what is left out. */
function firstError(text: string): string {
  return text.split('\n').find((line) => /error/.test(line)) ?? firstLine(text);
}
