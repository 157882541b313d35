import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { newChecksum } from '../../../src/edge/checksum.ts';
import type { EdgeState } from '../../../src/edge/protocol/offer.ts';
import type { EdgeDomain } from '../../../src/edge/schema.ts';
import type { Bundle } from '../../helpers/bundle.ts';
import { edgeDomainOf } from '../fixtures.ts';
import { bundleNetgoat, startProcess } from './child.ts';
import { reach } from './control.ts';

let netgoat: Bundle;
beforeAll(async () => {
  netgoat = await bundleNetgoat();
});
afterAll(() => netgoat.remove());

const DOMAINS = 2_000;
const RECORDS = 26;
const MIB = 1024 * 1024;

/** One of many, of about 53 kB: few long records, which are quick to check. */
function domainOf(n: number, round: number): EdgeDomain {
  const hostname = `shop-${String(n).padStart(6, '0')}.example`;
  const value = createHash('sha256').update(`${hostname} ${round}`).digest('hex').repeat(31);
  const dns = Array.from({ length: RECORDS }, (_, at) => {
    return { name: `host-${at}`, type: 'TXT', ttl: 300, proxied: false, value: `"${value.slice(at)}"` };
  });
  return edgeDomainOf(hostname, { dns });
}

function stateOf(version: number, roundOf: (n: number) => number): EdgeState {
  const checksum = newChecksum();
  for (let n = 0; n < DOMAINS; n += 1) checksum.add(domainOf(n, roundOf(n)));
  return {
    version,
    checksum: checksum.digest(),
    count: DOMAINS,
    lines: async function* () {
      for (let n = 0; n < DOMAINS; n += 1) yield JSON.stringify(domainOf(n, roundOf(n)));
    },
  };
}

/** The most memory that a process has had, where the system tells. */
async function peakOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
}

describe('a payload of 100 MiB', () => {
  it('is taken, and then a delta onto it, with 64 MiB of heap', { timeout: 300_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netgoat-test-edge-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const node = await startProcess(netgoat.path, folder, { nodeFlags: ['--max-old-space-size=64'] });
    const control = await reach(node.url);
    const first = stateOf(1, () => 0);
    const whole = await control.bring(first, null, 120_000);
    expect(whole).toMatchObject({ by: 'snapshot', result: 'acked' });
    const { size } = await stat(join(folder, 'payload.ndjson'));
    expect(size).toBeGreaterThan(100 * MIB);
    const second = stateOf(2, (n) => (n % 10 === 0 ? 1 : 0));
    const upserts = Array.from({ length: DOMAINS / 10 }, (_, n) => JSON.stringify(domainOf(10 * n, 1)));
    const part = await control.bring(second, { base: 1, upserts, deletes: [] }, 120_000);
    expect(part).toMatchObject({ by: 'delta', result: 'acked' });
    expect(await peakOf(node.pid)).toBeLessThan(256 * MIB);
  });
});
