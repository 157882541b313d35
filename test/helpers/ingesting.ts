import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach } from 'vitest';
import { openStore, parseTarget } from '../../src/database/open.ts';
import type { AnalyticsData } from '../../src/models/analytics-data.ts';
import { controlPlane } from './control-plane.ts';

/** When the tests take place. */
export const NOW = new Date('2026-11-24T19:00:00Z');

const MINUTE_MS = 60_000;

interface Summary {
  lines: number;
  counted: number;
  reports: number;
  reportsAgain: number;
  malformed: number;
  unknownHosts: number;
  again: number;
  left: number;
  domains: { domain: string; requests: number }[];
  from: string | null;
  to: string | null;
}

/** A control plane with the teams acme and globex, where each test has a domain of acme of its own. */
export async function ingesting() {
  const plane = await controlPlane('team add Acme', 'team add Globex');
  const store = await openStore(parseTarget(plane.database, {}));
  const own = { domain: '', number: 0 };

  beforeEach(async () => {
    own.number += 1;
    own.domain = `d${own.number}.example`;
    await plane.ok(`domain add ${own.domain} --team acme`);
  });

  afterAll(() => store.close());

  /** A line of the combined format, in the n-th minute of the day, of this test alone. */
  const line = (n: number, { host = '', status = 200, size = 10 } = {}): string => {
    const at = new Date(Date.UTC(2026, 10, 24) + n * MINUTE_MS).toISOString().slice(11, 19);
    const start = `${host === '' ? '' : `${host}:443 `}192.0.2.${own.number} - -`;
    return `${start} [24/Nov/2026:${at} +0000] "GET /${own.domain} HTTP/1.1" ${status} ${size} "-" "x"\n`;
  };

  return {
    plane,
    store,
    own,
    line,
    lines: (count: number, from = 0): string =>
      Array.from({ length: count }, (_, n) => line(from + n)).join(''),
    ingest: (args: string, options: object = {}): Promise<Summary> =>
      plane.json<Summary>(`analytics ingest ${args} -o json`, { now: NOW, ...options }),
    file: async (name: string, content: string | Buffer): Promise<string> => {
      await writeFile(join(plane.folder, name), content);
      return name;
    },
    /** Requests in all buckets of a domain. */
    requestsOf: async (hostname: string): Promise<number> => {
      const { _id: domainId } = (await store.models.Domain.findOne({ hostname }))!;
      const buckets = await store.models.AnalyticsData.find({ domainId }).lean<AnalyticsData[]>();
      return buckets.reduce((sum, { requests }) => sum + requests, 0);
    },
  };
}
