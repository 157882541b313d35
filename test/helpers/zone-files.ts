import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { runCli } from './run-cli.ts';
import type { RunResult } from './run-cli.ts';

/** The head of a zone, on four lines. */
export const HEAD = `$TTL 1h
@ SOA ns1.example.net. hostmaster.example.net. 1 2h 15m 1w 5m
@ NS ns1.example.net.
@ NS ns2.example.net.
`;

/** For what needs no database. */
export const nowhere = { NETGOAT_DB: 'mongodb://127.0.0.1:1/nobody-there' };

interface Row {
  where: string;
  rule: string;
  message: string;
}

/** A folder for master files, new before each test, and `dns check` in it, without a database. */
export function zoneFiles() {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netgoat-check-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const at = (...path: string[]) => join(folder, ...path);

  function run(words: string | readonly string[], stdin?: string): Promise<RunResult> {
    const piped = stdin === undefined ? {} : { stdin };
    return runCli(words, { cwd: folder, env: nowhere, ...piped });
  }

  const check = (words: string, stdin?: string) => run(`dns check ${words}`, stdin);

  const rows = async (words: string) => JSON.parse((await check(`${words} --output json`)).stdout) as Row[];

  return {
    at,
    run,
    check,
    file: (name: string, content: string) => writeFile(at(name), content),
    /** What a check finds: where, and by which rule. */
    found: async (words: string) => (await rows(words)).map(({ where, rule }) => `${where} ${rule}`),
    refusal: async (words: string) => (await rows(words)).map(({ message }) => message),
  };
}
