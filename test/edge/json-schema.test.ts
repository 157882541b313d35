import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { jsonSchema, schemaNames } from '../../src/edge/json-schema.ts';
import type { SchemaName } from '../../src/edge/json-schema.ts';
import { newFrame } from '../../src/edge/protocol/frames.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import { runCli } from '../helpers/run-cli.ts';
import { edgeDomainOf } from './fixtures.ts';

const docs = join(import.meta.dirname, '..', '..', 'docs');
const sum = 'a'.repeat(64);
const signature = { algorithm: 'ed25519', key: sum, value: `${'A'.repeat(86)}==` } as const;
const time = '2026-03-01T12:00:00.000Z';

/** A validator by others of the schema that is printed. */
async function validator(name: SchemaName): Promise<(value: unknown) => boolean> {
  const { stdout } = await runCli(`sync schema ${name}`);
  // The formats are beside patterns, which say the same.
  const ajv = new Ajv2020({ strict: true, strictTypes: false, validateFormats: false });
  return ajv.compile(JSON.parse(stdout));
}

describe('sync schema', () => {
  it.each(schemaNames)('of %s is shipped in docs (NETGOAT_UPDATE_DOCS=1 rewrites it)', async (name) => {
    const path = join(docs, `edge-${name}.schema.json`);
    const { code, stdout, stderr } = await runCli(`sync schema ${name}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    if (process.env['NETGOAT_UPDATE_DOCS'] === '1') await writeFile(path, stdout);
    expect(await readFile(path, 'utf8')).toBe(stdout);
    expect(JSON.parse(stdout)).toEqual(jsonSchema(name));
  });

  it('is of the payload if nothing else is asked for', async () => {
    expect(await runCli('sync schema')).toEqual(await runCli('sync schema payload'));
    const { code, stderr } = await runCli('sync schema xml');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: argument 'xml' is invalid\. Allowed choices are payload, ndjson, protocol\.$/m,
    );
    expect((await runCli('sync schema ndjsn')).stderr).toContain('did you mean ndjson?');
  });
});

describe('the help of sync', () => {
  it('says which arguments are required', async () => {
    const { stdout } = await runCli('sync --help');
    expect(stdout).toMatch(
      /push \[options\] <url\.\.\.> .*schema \[options\] \[of\] .*verify \[options\] <file> /s,
    );
  });
});

describe('the JSON Schema of the payload', () => {
  const payload = (more: object = {}) => ({
    schema: 'netgoat.edge/1',
    version: 7,
    generatedAt: time,
    checksum: sum,
    signature,
    domains: [edgeDomainOf('a.example'), edgeDomainOf('b.example', { proxy: null })],
    ...more,
  });
  const changed = (change: (domain: Record<string, unknown>) => void) => {
    const domain = JSON.parse(JSON.stringify(edgeDomainOf('a.example'))) as Record<string, unknown>;
    change(domain);
    return payload({ domains: [domain] });
  };

  it('takes what is shown of a store, in either format', async () => {
    const plane = await controlPlane();
    await plane.ok('team add Acme');
    await plane.ok('domain add shop.example.com --team acme --waf on');
    await plane.ok('dns add shop.example.com www A 192.0.2.11 --proxied');
    await plane.ok('proxy upstream add shop.example.com http://127.0.0.1:5080');
    const whole = JSON.parse((await plane.ok('sync show')).stdout);
    expect(whole.domains[0].proxy.upstreams).toHaveLength(1);
    expect((await validator('payload'))(whole)).toBe(true);
    const isLine = await validator('ndjson');
    const lines = (await plane.ok('sync show --format ndjson')).stdout.trimEnd().split('\n');
    expect(lines.map((line) => isLine(JSON.parse(line)))).toEqual([true, true, true]);
  });

  it('takes one that has something everywhere', async () => {
    expect((await validator('payload'))(payload())).toBe(true);
  });

  it.each<[string, unknown]>([
    ['nothing', {}],
    ['another form', payload({ schema: 'netgoat.edge/2' })],
    ['a field too many', payload({ more: 1 })],
    ['no checksum', payload({ checksum: undefined })],
    ['a short checksum', payload({ checksum: 'aa' })],
    ['a negative version', payload({ version: -1 })],
    ['half a version', payload({ version: 1.5 })],
    ['a time without a zone', payload({ generatedAt: '2026-03-01T12:00:00' })],
    ['a day that is none', payload({ generatedAt: '2026-02-30T12:00:00Z' })],
    ['another algorithm', payload({ signature: { ...signature, algorithm: 'rsa' } })],
    ['a short signature', payload({ signature: { ...signature, value: 'AA==' } })],
    ['a hostname that is a path', changed((domain) => (domain['hostname'] = '../../x'))],
    ['a hostname in capitals', changed((domain) => (domain['hostname'] = 'A.example'))],
    ['a domain without a team', changed((domain) => delete domain['team'])],
    ['a domain with an id', changed((domain) => (domain['_id'] = 'x'))],
    ['another state of TLS', changed((domain) => (domain['tls'] = { status: 'active' }))],
    [
      'a record without a value',
      changed((domain) => delete (domain['dns'] as object[])[0]!['value' as never]),
    ],
    ['a TTL over 31 bits', changed((domain) => ((domain['dns'] as { ttl: number }[])[0]!.ttl = 2 ** 31))],
    ['a proxy without a cache', changed((domain) => delete (domain['proxy'] as { cache?: object }).cache)],
  ])('refuses %s', async (_what, value) => {
    expect((await validator('payload'))(JSON.parse(JSON.stringify(value)))).toBe(false);
  });
});

describe('the JSON Schema of the protocol', () => {
  const part = { version: 7, checksum: sum, part: 1, parts: 1 };
  const frames = [
    newFrame('hello', { node: 'edge-1', version: null, checksum: null }),
    newFrame('snapshot', { ...part, domains: [edgeDomainOf('a.example')], signature }),
    newFrame('delta', { ...part, base: 6, upserts: [], deletes: ['b.example'] }),
    newFrame('current', { version: 7, checksum: sum }),
    newFrame('ack', { re: 'x', version: 7, checksum: sum }),
    newFrame('nack', { re: 'x', version: 7, errors: [{ message: 'no' }] }),
    newFrame('report', {
      reportId: 'r1',
      window: { from: time, to: time },
      domains: [{ hostname: 'a.example', requests: 3, status: { 502: 1 } }],
    }),
    newFrame('ok', { re: 'x', reportId: 'r1' }),
    newFrame('error', { re: null, code: 'bad-frame', message: 'no' }),
  ].map(({ text }) => JSON.parse(text) as { type: string; data: object });

  it('takes a frame of each type, with fields that are ignored', async () => {
    const isFrame = await validator('protocol');
    expect(frames.filter((frame) => !isFrame(frame))).toEqual([]);
    expect(frames.filter((frame) => !isFrame({ ...frame, data: { ...frame.data, later: 1 } }))).toEqual([]);
  });

  it('refuses a type that is none, and the data of another', async () => {
    const isFrame = await validator('protocol');
    expect(frames.filter((frame) => isFrame({ ...frame, type: 'helo' }))).toEqual([]);
    expect(frames.filter((frame) => isFrame({ ...frame, data: {} }))).toEqual([]);
  });
});
