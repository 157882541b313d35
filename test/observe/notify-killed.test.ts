import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { bundle } from '../helpers/bundle.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const CHECK = 'alert check --connect-to ::127.0.0.1:1';

it('what a killed check was about to send is sent by one of the checks that follow', async () => {
  const plane = await controlPlane('team add Acme', 'domain add shop.example.com --team acme');
  await plane.ok('alert add shop.example.com downtime --threshold 1 --notify env:HOOK --secret env:KEY');
  const receiver = await startReceiver();
  receiver.answer('never', 204);
  const env = { HOOK: receiver.url, KEY: SECRET };
  const program = await bundle(
    'notify-killed',
    `import { main } from './src/main.ts';
     process.exitCode = await main(process.argv.slice(2));`,
  );
  const child = spawn(process.execPath, [program.path, ...CHECK.split(' ')], {
    cwd: plane.folder,
    env: { PATH: process.env['PATH'], USER: 'tester', NETGOAT_DB: plane.database, ...env },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await receiver.next();
  child.kill('SIGKILL');
  await ended;
  await program.remove();
  const shown = async () => plane.json('incident show shop.example.com downtime --json deliveries,count');
  expect(await shown()).toMatchObject({
    deliveries: [{ target: 'env:HOOK', state: 'pending', attempts: 1, deliveredAt: null, error: null }],
  });

  // Until it is known to be dead, nobody takes its message over.
  expect((await plane.run(CHECK, { env })).code).toBe(7);
  expect(receiver.received).toHaveLength(1);
  const now = new Date(Date.now() + 3 * 60_000);
  const checks = await Promise.all([1, 2, 3].map(async () => plane.run(CHECK, { env, now })));
  expect(checks.map(({ code }) => code)).toEqual([7, 7, 7]);
  expect(receiver.received).toHaveLength(2);
  expect(await shown()).toMatchObject({
    deliveries: [{ target: 'env:HOOK', state: 'delivered', attempts: 2, error: null }],
  });
  const told = receiver.received.map(({ body, headers }) => {
    const { type } = new Webhook(SECRET).verify(body, headers as Record<string, string>) as { type: string };
    return [headers['webhook-id'], type];
  });
  expect(told[1]).toEqual(told[0]);
  expect(told[0]).toEqual([expect.stringMatching(/^msg_/), 'incident.opened']);
});
