import type { Document } from 'bson';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { Engine } from '../../src/embedded/commands/command.ts';
import { controlPlane, type ControlPlane } from '../helpers/control-plane.ts';
import { EDGE_CODE, mainJob } from '../helpers/main-job.ts';

/** Of days ago, so that its minutes are rolled up. */
const [, day, month, year, time] = new Date(Date.now() - 3 * 86_400_000).toUTCString().split(' ');
const LOG = `192.0.2.7 - - [${day}/${month}/${year}:${time} +0000] "GET / HTTP/1.1" 200 512\n`;

type Execute = (engine: Engine, command: Document, connection: number) => Promise<Document>;

/** What was asked with a filter and answered by reading a whole collection. */
const scans = new Set<string>();

vi.mock('../../src/embedded/commands/execute.ts', async (original) => {
  const real = await original<{ execute: Execute }>();
  const execute: Execute = async (engine, command, connection) => {
    for (const query of queriesOf(command)) {
      const { queryPlanner } = await real.execute(
        engine,
        { explain: query, $db: command['$db'] },
        connection,
      );
      const scan = JSON.stringify(queryPlanner).includes('COLLSCAN');
      if (scan && (await isPeopled(query['find'] as string))) scans.add(`${query['find']} ${shape(query)}`);
    }
    return real.execute(engine, command, connection);

    async function isPeopled(collection: string): Promise<boolean> {
      const { n } = await real.execute(engine, { count: collection, $db: command['$db'] }, connection);
      return (n as number) > 0;
    }
  };
  return { ...real, execute };
});

/** The reads of a command that begin with a filter. */
function queriesOf(command: Document): Document[] {
  const [[name, collection] = ['', '']] = Object.entries(command) as [string, unknown][];
  const find = (filter: Document = {}, more: Document = {}) => ({ find: collection, filter, ...more });
  const sort = command['sort'] === undefined ? {} : { sort: command['sort'] as Document };
  const queries: Record<string, () => Document[]> = {
    find: () => [find(command['filter'], sort)],
    count: () => [find(command['query'])],
    distinct: () => [find(command['query'])],
    findAndModify: () => [find(command['query'], sort)],
    update: () => (command['updates'] as Document[]).map(({ q }) => find(q as Document)),
    delete: () => (command['deletes'] as Document[]).map(({ q }) => find(q as Document)),
    aggregate: () => (command['pipeline'] as Document[]).slice(0, 1).map((stage) => find(stage['$match'])),
  };
  const isFiltered = ({ filter }: Document) => Object.keys(filter as Document).length > 0;
  return (queries[name]?.() ?? []).filter(isFiltered);
}

/** The fields and operators of a filter, without the values. */
function shape({ filter }: Document): string {
  return JSON.stringify(filter, (_, value: unknown) =>
    typeof value === 'object' && value !== null ? value : '…',
  );
}

describe.runIf(inject('store') === 'embedded')('what is asked of the database', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await controlPlane();
    await writeFile(join(plane.folder, EDGE_CODE.file), EDGE_CODE.text);
  });

  it('never reads a whole collection to find a part of it', async () => {
    const looks = [
      'team list',
      'team show acme',
      'user list --team acme',
      'user show ops@acme.example',
      'user token list ops@acme.example',
      'domain list --team acme',
      'domain show shop.example.com',
      'dns list shop.example.com --team acme',
      'proxy show shop.example.com',
      'alert list --team acme',
      'incident list',
      'incident list --team acme',
      'incident resolve shop.example.com bad-gateway-streak',
      'alert add shop.example.com downtime',
      'alert add shop.example.com error-rate',
      'alert check --team acme --connect-to ::127.0.0.1:1',
      'history list --team acme',
      'analytics ingest - --domain shop.example.com',
      'analytics show shop.example.com',
      'analytics show --team acme',
      'analytics show',
      'analytics rollup',
      'analytics prune shop.example.com --older-than 30d --yes',
      'analytics prune --older-than 1h --dry-run',
      'sync show --team acme',
      'dns set shop.example.com www A 192.0.2.12',
      'dns remove shop.example.com www A --yes',
      'domain remove shop.example.com --yes',
      'team remove acme --yes',
    ];
    for (const line of [...(await mainJob()), ...looks]) {
      await plane.ok(line, line.includes('ingest') ? { stdin: LOG } : {});
    }
    expect([...scans]).toEqual([]);
  });
});
