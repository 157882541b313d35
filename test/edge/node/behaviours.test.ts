import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dial } from '../../../src/edge/dial.ts';
import { behaviours } from '../../../src/edge/node/behaviours.ts';
import type { BehaviourName } from '../../../src/edge/node/behaviours.ts';
import { openChannel } from '../../../src/edge/protocol/channel.ts';
import { startEdgeNode } from '../../helpers/edge-node.ts';
import { edgeDomainOf } from '../fixtures.ts';
import { reach, serve, stateOf } from './control.ts';

const LISTEN = ['--listen', '127.0.0.1:0'];
const state = stateOf(3, [edgeDomainOf('a.example'), edgeDomainOf('b.example')]);
/** Several parts. */
const large = stateOf(
  4,
  ['a', 'b', 'c'].map((name) => edgeDomainOf(`${name}.example`, { team: 'x'.repeat(700_000) })),
);

const PATIENCE_MS = 500;
const silence = { result: 'unknown', why: 'no answer within 0.5 s' };

/** What a control plane makes of a node that misbehaves; never a success without a confirmation. */
const outcomes: Partial<Record<BehaviourName, object>> = {
  stall: silence,
  drop: { result: 'unknown', why: 'the connection was closed before an answer (1011 dropped on purpose)' },
  'duplicate-ack': { result: 'acked' },
  'wrong-nonce': silence,
  'stale-nonce': silence,
  'early-ack': silence,
  deaf: silence,
  forget: { result: 'acked' },
  garbage: { result: 'acked' },
  'wrong-checksum': {
    result: 'refused',
    errors: [{ message: `it confirmed version 4, checksum ${'f'.repeat(64)}` }],
  },
  'wrong-version': { result: 'refused', errors: [{ message: expect.stringContaining('version 5') }] },
};

describe('a node that misbehaves on purpose', () => {
  it.each(Object.entries(outcomes))('--%s', async (name, outcome) => {
    const node = await startEdgeNode([...LISTEN, `--${name}`]);
    const control = await reach(node.url);
    const patience = outcome === silence ? PATIENCE_MS : undefined;
    expect(await control.bring(large, null, patience)).toMatchObject(outcome);
  });

  it('confirms more than once, and the second says nothing of what follows', async () => {
    const node = await startEdgeNode([...LISTEN, '--duplicate-ack']);
    const control = await reach(node.url);
    for (const each of [state, large]) expect(await control.bring(each)).toMatchObject({ result: 'acked' });
  });

  it('says no hello', async () => {
    const node = await startEdgeNode([...LISTEN, '--mute']);
    const channel = await dial(node.url, { withinMs: 5_000, maxPayload: 1_000 });
    channel.close(1000, 'tired of waiting');
    for await (const frame of channel.frames()) expect(frame).toBeUndefined();
  });

  it('says that it holds nothing though it does', async () => {
    const node = await startEdgeNode([...LISTEN, '--forget']);
    await (await reach(node.url)).bring(state);
    expect((await reach(node.url)).hello).toEqual({ node: 'edge-1', version: null, checksum: null });
  });

  it('answers no ping, and is cut off', async () => {
    const { WebSocketServer } = await import('ws');
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    const closed = new Promise((resolve) => {
      server.once('connection', (socket) => resolve(openChannel(socket, { pingEveryMs: 50 }).closed));
    });
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const node = await startEdgeNode(['--connect', `ws://127.0.0.1:${port}`, '--frozen', '--once']);
    expect(await closed).toMatchObject({ code: 1006 });
    expect(await node.code).toBe(6);
    server.close();
  });

  it('waits before it answers', async () => {
    const node = await startEdgeNode([...LISTEN, '--lag', '300ms']);
    const brought = await (await reach(node.url)).bring(state);
    expect(brought.result).toBe('acked');
    expect(brought.ms).toBeGreaterThanOrEqual(290);
  });

  it('is not kept by its lag from ending', async () => {
    const node = await startEdgeNode([...LISTEN, '--lag', '1h']);
    const bringing = (await reach(node.url)).bring(state);
    await node.next('part');
    expect(await node.stop()).toBe(0);
    expect(await bringing).toMatchObject({ result: 'unknown' });
  });

  it.each<[string[], object]>([
    [[], { errors: [{ message: 'no memory' }] }],
    [['--nack-version', '3'], { errors: [{ message: 'no memory' }] }],
    [['--nack-version', '4'], { result: 'acked' }],
    [['--nack-hostname', 'b.example'], { errors: [{ hostname: 'b.example', message: 'no memory' }] }],
    [['--nack-hostname', 'c.example'], { result: 'acked' }],
    [['--nack-hostname', 'c.example', '--nack-version', '3'], { errors: [{ message: 'no memory' }] }],
  ])('refuses on purpose: %j', async (only, outcome) => {
    const node = await startEdgeNode([...LISTEN, '--nack', 'no memory', ...only]);
    expect(await (await reach(node.url)).bring(state)).toMatchObject(outcome);
  });

  it('keeps what it had when it refuses', async () => {
    const node = await startEdgeNode([...LISTEN, '--nack', 'no', '--nack-version', '4']);
    const control = await reach(node.url);
    await control.bring(state);
    expect(await control.bring(large)).toMatchObject({ result: 'refused' });
    expect((await reach(node.url)).hello).toMatchObject({ version: 3, checksum: state.checksum });
  });

  it('does so when it dials, too', async () => {
    const control = await serve();
    await startEdgeNode(['--connect', control.url, '--drop']);
    expect(await (await control.met()).bring(state)).toMatchObject({ result: 'unknown' });
    expect(await (await control.met()).bring(state)).toMatchObject({ result: 'unknown' });
  });

  it('has a test for each way', () => {
    const elsewhere = ['mute', 'frozen'];
    const tested = [...Object.keys(outcomes), ...elsewhere].toSorted();
    expect(tested).toEqual(Object.keys(behaviours).toSorted());
  });

  it('is documented', async () => {
    const text = await readFile(join(import.meta.dirname, '../../../docs/edge-node.md'), 'utf8');
    const flags = [...text.matchAll(/^\| `--([a-z-]+)`/gm)].map(([, flag]) => flag);
    expect(flags).toEqual(Object.keys(behaviours));
  });
});
