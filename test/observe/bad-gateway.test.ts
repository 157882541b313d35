import { Webhook } from 'standardwebhooks';
import { expect, it, vi } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import { startEdgeNode } from '../helpers/edge-node.ts';
import { edgeToken, startServe } from '../helpers/serving.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

const SHOP = 'shop.example.com';
const SECRET = 'whsec_c2VjcmV0IG9mIHRoZSBvcGVyYXRvcnM=';

interface Shown {
  id: string;
  domain: string;
  kind: string;
  status: string;
}

/** "When an edge node reports a 502 Bad Gateway streak, an Incident is created here, referencing the affected Domain." */
it('a streak of 502s that an edge node reports is an incident of its domain, until it is over', async () => {
  const plane = await controlPlane('team add Acme', `domain add ${SHOP} --team acme`);
  const receiver = await startReceiver();
  const notify = `--notify ${receiver.url} --secret env:HOOK_SECRET`;
  await plane.ok(`alert add ${SHOP} bad-gateway-streak --threshold 5 --window 1s ${notify}`);
  const { url } = await startServe(plane, [], { HOOK_SECRET: SECRET });
  const env = { NETGOAT_EDGE_TOKEN: await edgeToken(plane, 'acme') };
  const dial = ['--connect', url, '--report-every', '200ms', '--bad-gateway-streak'];

  const failing = await startEdgeNode([...dial, '7'], { env });
  const [opened] = await receiver.next();
  const [incident] = await plane.json<Shown[]>('incident list --team acme -o json');
  expect(incident).toMatchObject({ domain: SHOP, kind: 'bad-gateway-streak', status: 'open' });
  expect((await plane.ok('incident list --team acme')).stdout).toContain(
    '7 answers of 502 in a row at edge-1',
  );
  await plane.ok('db check');
  await failing.stop();

  // Nobody reports anything, which is no recovery.
  expect(await plane.json('incident list -o json')).toMatchObject([{ id: incident!.id, status: 'open' }]);
  await startEdgeNode([...dial, '0'], { env });
  const [resolved] = await receiver.next();
  expect(await plane.json('incident list -o json')).toEqual([]);
  expect(await plane.json(`incident show ${incident!.id} -o json`)).toMatchObject({
    status: 'resolved',
    timeline: [{ event: 'opened' }, { event: 'resolved' }],
  });

  const webhook = new Webhook(SECRET);
  const told = [opened!, resolved!].map(({ body, headers }) =>
    webhook.verify(body, headers as Record<string, string>),
  );
  expect(told).toMatchObject([
    { type: 'incident.opened', data: { incident: { id: incident!.id } } },
    { type: 'incident.resolved', data: { incident: { id: incident!.id } } },
  ]);
  await vi.waitFor(async () => {
    const { deliveries } = await plane.json<{ deliveries: object[] }>(
      `incident show ${incident!.id} -o json`,
    );
    expect(deliveries).toMatchObject([
      { deliveredAt: expect.any(String) },
      { deliveredAt: expect.any(String) },
    ]);
  });
  expect(receiver.received).toHaveLength(2);
});
