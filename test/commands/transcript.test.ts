import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { EDGE_CODE, mainJob } from '../helpers/main-job.ts';

const steps = await mainJob();

/** The same configuration has the same checksum, whichever store holds it. */
const CHECKSUM = '7d150362a871f5ed7d336cf3e70986edf3fb859d0cbd1e5a9459a519f74f3db3';

describe('the main job', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await controlPlane();
    await writeFile(join(plane.folder, EDGE_CODE.file), EDGE_CODE.text);
  });

  it.each(steps)('netgoat %s', async (step) => {
    await plane.ok(step);
  });

  it('lists what it made', async () => {
    expect(await plane.json('incident list --team acme --status open -o json')).toMatchObject([
      { domain: 'shop.example.com', kind: 'bad-gateway-streak', message: 'checkout answers 502' },
    ]);
    expect(await plane.json('dns list shop.example.com --json name,type,value,ttl')).toEqual([
      { name: '@', type: 'MX', value: '10 mail.example.net.', ttl: 300 },
      { name: '@', type: 'TXT', value: '"v=spf1 -all"', ttl: 300 },
      { name: 'www', type: 'A', value: '192.0.2.10', ttl: 300 },
      { name: 'www', type: 'A', value: '192.0.2.11', ttl: 300 },
    ]);
  });

  it('merges it into the payload of an edge, the same on every store', async () => {
    const shown = await plane.json<Record<string, unknown>>('sync show --domain shop.example.com');
    expect(shown).toMatchObject({
      schema: 'netgoat.edge/1',
      version: steps.length,
      checksum: CHECKSUM,
      domains: [
        {
          hostname: 'shop.example.com',
          team: 'acme',
          waf: 'on',
          dns: [
            { type: 'MX' },
            { type: 'TXT' },
            { value: '192.0.2.10', proxied: true },
            { value: '192.0.2.11' },
          ],
        },
      ],
    });
    await plane.ok('sync show --team acme --out edge.json');
    const saved = JSON.parse(await readFile(join(plane.folder, 'edge.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect({ ...saved, generatedAt: '' }).toEqual({ ...shown, generatedAt: '' });
  });

  it('keeps a history of it, with who and how', async () => {
    const sets = await plane.json<{ version: number; actor: string }[]>('history list -o json');
    expect(sets.map(({ version }) => version)).toEqual(Array.from(steps, (_, at) => steps.length - at));
    expect(sets[0]).toMatchObject({
      actor: 'tester',
      command: 'netgoat incident open shop.example.com bad-gateway-streak',
    });
  });

  it('takes the team away and says what went with it', async () => {
    const { stdout } = await plane.ok('team remove acme --yes');
    for (const gone of [
      'team acme',
      'user ops@acme.example',
      'domain shop.example.com',
      'dns',
      'proxy',
      'alert',
      'incident',
    ]) {
      expect(stdout).toContain(`- ${gone}`);
    }
    expect(await plane.json('sync show')).toMatchObject({ version: steps.length + 1, domains: [] });
    expect((await plane.ok('domain list')).stderr).toContain('No domains');
  });
});
