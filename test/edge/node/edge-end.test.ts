import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dial } from '../../../src/edge/dial.ts';
import { newFrame } from '../../../src/edge/protocol/frames.ts';
import { loadSigner } from '../../../src/edge/signature.ts';
import { startEdgeNode } from '../../helpers/edge-node.ts';
import { runCli } from '../../helpers/run-cli.ts';
import { edgeDomainOf } from '../fixtures.ts';
import { reach, stateOf } from './control.ts';

const [a, b, c] = ['a.example', 'b.example', 'c.example'].map((name) => edgeDomainOf(name));
const one = stateOf(1, [a!, b!]);
const two = stateOf(2, [{ ...b!, waf: 'off' }, c!]);
const toTwo = {
  base: 1,
  upserts: [JSON.stringify({ ...b!, waf: 'off' }), JSON.stringify(c)],
  deletes: ['a.example'],
};

const payloadOf = (folder: string) => readFile(join(folder, 'payload.ndjson'), 'utf8');

/** The lines of a payload but for the time in its header. */
async function linesOf(folder: string): Promise<string[]> {
  const [header, ...rest] = (await payloadOf(folder)).split('\n');
  return [JSON.stringify({ ...JSON.parse(header!), generatedAt: '' }), ...rest];
}

async function expected({ version, checksum, count, lines }: typeof one): Promise<string[]> {
  const domains: string[] = [];
  for await (const line of lines()) domains.push(line);
  return [
    JSON.stringify({ schema: 'netgoat.edge/1', version, generatedAt: '' }),
    ...domains,
    JSON.stringify({ checksum, domains: count }),
    '',
  ];
}

describe('an edge node', () => {
  it('takes a snapshot, then a delta, and says at the next hello what it holds', async () => {
    const node = await startEdgeNode();
    const control = await reach(node.url);
    expect(control.hello).toEqual({ node: 'edge-1', version: null, checksum: null });
    expect(await control.bring(one)).toMatchObject({ by: 'snapshot', result: 'acked' });
    expect(await linesOf(node.folder)).toEqual(await expected(one));
    expect(await control.bring(two, toTwo)).toMatchObject({ by: 'delta', result: 'acked' });
    expect(await linesOf(node.folder)).toEqual(await expected(two));
    expect(await node.next('acked', { by: 'delta' })).toMatchObject({ version: 2, domains: 2 });
    const verified = await runCli(['sync', 'verify', join(node.folder, 'payload.ndjson'), '-o', 'json']);
    expect(verified, verified.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(verified.stdout)).toMatchObject({ format: 'ndjson', version: 2, domains: 2 });
    const { version, checksum } = two;
    expect((await reach(node.url)).hello).toEqual({ node: 'edge-1', version, checksum });
    expect(await node.stop()).toBe(0);
    const again = await startEdgeNode(['--listen', '127.0.0.1:0'], { folder: node.folder });
    expect((await reach(again.url)).hello).toEqual({ node: 'edge-1', version, checksum });
  });

  it('takes an empty state', async () => {
    const node = await startEdgeNode();
    const control = await reach(node.url);
    expect(await control.bring(stateOf(7, []))).toMatchObject({ by: 'snapshot', result: 'acked' });
    expect(await linesOf(node.folder)).toEqual(await expected(stateOf(7, [])));
  });

  it('confirms what it holds already, under its new version', async () => {
    const node = await startEdgeNode();
    const control = await reach(node.url);
    await control.bring(one);
    const renumbered = { ...one, version: 5 };
    expect(await control.bring(renumbered)).toMatchObject({ by: 'current', result: 'acked', version: 5 });
    expect(await linesOf(node.folder)).toEqual(await expected(renumbered));
  });

  it('refuses a delta onto a wrong base, and takes the snapshot that follows', async () => {
    const node = await startEdgeNode();
    const control = await reach(node.url);
    await control.bring(one);
    const brought = await control.bring(two, { ...toTwo, base: 0 });
    expect(brought).toMatchObject({ by: 'snapshot', result: 'acked', version: 2 });
    expect((await node.next('nacked')).message).toMatch(/^base 0 is not what is held here: 1$/);
    expect(await linesOf(node.folder)).toEqual(await expected(two));
  });

  it('refuses a delta on an empty node', async () => {
    const node = await startEdgeNode();
    const control = await reach(node.url);
    expect(await control.bring(two, toTwo)).toMatchObject({ by: 'snapshot', result: 'acked' });
    expect((await node.next('nacked')).message).toBe('base 1 is not what is held here: nothing');
  });

  it('refuses a delta that gives another checksum, keeps what it had, and takes the snapshot', async () => {
    const node = await startEdgeNode();
    const control = await reach(node.url);
    await control.bring(one);
    const brought = await control.bring(two, { ...toTwo, deletes: [] });
    expect(brought).toMatchObject({ by: 'snapshot', result: 'acked' });
    expect((await node.next('nacked')).message).toMatch(/^checksum: the domains give [0-9a-f]{64}, not /);
    expect(await linesOf(node.folder)).toEqual(await expected(two));
  });

  it('refuses a snapshot with a wrong checksum or out of order, and keeps what it had', async () => {
    const node = await startEdgeNode();
    const control = await reach(node.url);
    await control.bring(one);
    const wrong = await control.bring({ ...two, checksum: 'a'.repeat(64) });
    expect(wrong).toMatchObject({ result: 'refused' });
    const unsorted = {
      ...two,
      lines: async function* () {
        yield JSON.stringify(c);
        yield JSON.stringify(b);
      },
    };
    expect(await control.bring(unsorted)).toMatchObject({
      result: 'refused',
      errors: [{ message: 'checksum: domain b.example comes after c.example: not sorted' }],
    });
    expect(await linesOf(node.folder)).toEqual(await expected(one));
  });

  it.each<[string, (folder: string) => Promise<void>]>([
    ['taken away', (folder) => rm(join(folder, 'payload.ndjson'))],
    ['changed', (folder) => writeFile(join(folder, 'payload.ndjson'), '{}\n{"hostname":\n{}\n')],
    ['cut off', (folder) => truncate(join(folder, 'payload.ndjson'), 200)],
  ])('takes a snapshot where what it held was %s meanwhile', async (_, spoil) => {
    const node = await startEdgeNode();
    const control = await reach(node.url);
    await control.bring(one);
    const three = stateOf(3, [a!, b!, c!]);
    await spoil(node.folder);
    expect(await control.bring(three, { base: 1, upserts: [JSON.stringify(c)], deletes: [] })).toMatchObject({
      by: 'snapshot',
      result: 'acked',
    });
    expect(await linesOf(node.folder)).toEqual(await expected(three));
  });

  it('refuses what it cannot keep, and runs on', async () => {
    const node = await startEdgeNode();
    const control = await reach(node.url);
    await control.bring(one);
    await rm(node.folder, { recursive: true });
    expect(await control.bring(two)).toMatchObject({
      result: 'refused',
      errors: [{ message: `it cannot be kept: there is no folder ${node.folder}` }],
    });
    await mkdir(node.folder);
    expect(await control.bring(two)).toMatchObject({ by: 'snapshot', result: 'acked' });
  });

  it('answers frames that only a node sends with an error', async () => {
    const node = await startEdgeNode();
    const channel = await dial(node.url, { withinMs: 5_000, maxPayload: 1024 * 1024 });
    const frames = channel.frames()[Symbol.asyncIterator]();
    expect((await frames.next()).value).toMatchObject({ type: 'hello' });
    const foreign = newFrame('hello', { node: 'x', version: null, checksum: null });
    await channel.send(foreign);
    expect((await frames.next()).value).toMatchObject({
      type: 'error',
      data: { re: foreign.nonce, code: 'unexpected', message: "hello is the node's to send" },
    });
    channel.close(1000, '');
  });
});

describe('the parts of a transfer', () => {
  const frame = (part: number, parts: number, domains: readonly unknown[], state = one) =>
    newFrame('snapshot', {
      version: state.version,
      checksum: state.checksum,
      part,
      parts,
      domains: domains as never,
    });

  it('refuses a part that does not follow, once, and takes a new part 1', async () => {
    const node = await startEdgeNode();
    const { channel } = await reach(node.url);
    for (const [part, domains] of [
      [1, [a]],
      [3, [b]],
      [4, [c]],
    ] as const) {
      await channel.send(frame(part, 4, domains));
    }
    expect(await node.next('nacked')).toMatchObject({ message: 'order: part 3 of 4 does not follow part 1' });
    await channel.send(frame(1, 2, [a]));
    await channel.send(frame(2, 2, [b]));
    await node.next('acked', { version: 1 });
    expect(node.events.filter(({ event }) => event === 'nacked')).toHaveLength(1);
    expect(await linesOf(node.folder)).toEqual(await expected(one));
  });

  it('drops an unfinished transfer for a part 1 of another', async () => {
    const node = await startEdgeNode();
    const { channel } = await reach(node.url);
    await channel.send(frame(1, 2, [c], two));
    await channel.send(frame(1, 2, [a]));
    await channel.send(frame(2, 2, [b]));
    await node.next('acked', { version: 1 });
    expect(await linesOf(node.folder)).toEqual(await expected(one));
  });

  it('refuses a part of another version or checksum within a transfer', async () => {
    const node = await startEdgeNode();
    const { channel } = await reach(node.url);
    await channel.send(frame(1, 2, [a]));
    await channel.send(frame(2, 2, [b], two));
    expect(await node.next('nacked')).toMatchObject({
      message: expect.stringMatching(/^order: part 2 of 2/),
    });
    expect(node.events.filter(({ event }) => event === 'acked')).toEqual([]);
  });

  it('forgets an unfinished transfer with its connection', async () => {
    const node = await startEdgeNode();
    const first = await reach(node.url);
    await first.channel.send(frame(1, 2, [a]));
    await node.next('part');
    first.channel.close(1000, '');
    await node.next('closed');
    const second = await reach(node.url);
    await second.channel.send(frame(2, 2, [b]));
    expect(await node.next('nacked')).toMatchObject({ message: 'order: part 2 of 2 does not follow part 0' });
    expect(await second.bring(one)).toMatchObject({ result: 'acked' });
  });
});

describe('a node with a public key', () => {
  async function keys(folder: string): Promise<{ sign: string; verify: string }> {
    const pair = generateKeyPairSync('ed25519');
    const [sign, verify] = [join(folder, 'sign.pem'), join(folder, 'verify.pem')];
    await writeFile(sign, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    await writeFile(verify, pair.publicKey.export({ type: 'spki', format: 'pem' }));
    return { sign, verify };
  }

  it('takes what the key has signed and nothing else', async () => {
    const plain = await startEdgeNode();
    const { sign, verify } = await keys(plain.folder);
    const node = await startEdgeNode(['--listen', '127.0.0.1:0', '--verify-key', verify]);
    const unsigned = await reach(node.url);
    expect(await unsigned.bring(one)).toMatchObject({
      result: 'refused',
      errors: [{ message: 'signature: it is not signed' }],
    });
    const signer = await loadSigner(sign, () => undefined);
    const signed = await reach(node.url, { sign: signer });
    expect(await signed.bring(one)).toMatchObject({ by: 'snapshot', result: 'acked' });
    expect(await signed.bring(two, toTwo)).toMatchObject({ by: 'delta', result: 'acked' });
    expect(await signed.bring({ ...two, version: 3 })).toMatchObject({ by: 'current', result: 'acked' });
    const trailer = JSON.parse((await payloadOf(node.folder)).trimEnd().split('\n').at(-1)!);
    expect(trailer).toMatchObject({ signature: signer({ version: 3, checksum: two.checksum }) });
    const payload = join(node.folder, 'payload.ndjson');
    const verified = await runCli(['sync', 'verify', payload, '--verify-key', verify]);
    expect(verified, verified.stderr).toMatchObject({ code: 0 });
    const forged = await reach(node.url, { sign: () => signer({ version: 4, checksum: two.checksum }) });
    expect(await forged.bring(one)).toMatchObject({
      result: 'refused',
      errors: [{ message: expect.stringMatching(/^signature: it is not signed by the key/) }],
    });
    await node.stop();
    const again = await startEdgeNode(['--listen', '127.0.0.1:0', '--verify-key', verify], node);
    expect((await reach(again.url)).hello.version).toBe(3);
    expect(again.stderr()).toBe('');
  });

  it('does not start from a payload that is not signed', async () => {
    const node = await startEdgeNode();
    await (await reach(node.url)).bring(one);
    await node.stop();
    const { verify } = await keys(node.folder);
    const again = await startEdgeNode(['--listen', '127.0.0.1:0', '--verify-key', verify], node);
    expect((await reach(again.url)).hello.version).toBeNull();
    expect(again.stderr()).toMatch(/^warning: .*payload\.ndjson is not used: it is not signed\n$/);
  });
});
