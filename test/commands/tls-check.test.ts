import { beforeAll, describe, expect, it } from 'vitest';
import { certificateFor } from '../helpers/certificates.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { webServer } from '../helpers/web-server.ts';

const SHOP = 'shop.example.com';
const NOW = new Date('2026-06-01T00:00:00Z');

let plane: ControlPlane;

beforeAll(async () => {
  plane = await controlPlane('team add Acme', `domain add ${SHOP} --team acme`);
});

const check = async (port: number, flags = '', now = NOW) =>
  plane.run(`domain tls check ${SHOP} --connect-to ${SHOP}:443:127.0.0.1:${port} ${flags}`, { now });
const shown = async () => plane.json(`domain tls show ${SHOP} -o json`);

describe('domain tls check', () => {
  it('reads what the server shows, and writes it as any other change', async () => {
    const server = await webServer(
      await certificateFor(plane.folder, 'DNS:*.example.com', '20261210000000Z'),
    );
    const tried = await check(server.port, '--dry-run');
    expect(tried).toMatchObject({ code: 0, stdout: expect.stringContaining('status: Pending -> Active') });
    expect(await shown()).toMatchObject({ status: 'Pending', fingerprint: null });
    expect((await check(server.port, '--reason renewed')).code).toBe(0);
    expect(await shown()).toMatchObject({ status: 'Active', notAfter: '2026-12-10T00:00:00.000Z' });
    expect(tried.stderr).toContain(
      'who signed the certificate is not trusted here: DEPTH_ZERO_SELF_SIGNED_CERT',
    );
    expect(await plane.json('history list -o json')).toMatchObject([
      { command: `netgoat domain tls check ${SHOP}`, message: 'renewed' },
      {},
      {},
    ]);
    const again = await check(server.port);
    expect(again).toMatchObject({ code: 0 });
    expect(await plane.json('history list -o json')).toHaveLength(3);
    expect((await check(server.port, '--if-revision 1')).code).toBe(4);

    const over = new Date('2026-12-11T00:00:00Z');
    const ended = await check(server.port, '', over);
    expect(ended.stderr).toContain('the certificate ended 1 day ago');
    expect(await shown()).toMatchObject({ status: 'Expired' });
  });

  it('says whom a certificate is for that is for others', async () => {
    const server = await webServer(await certificateFor(plane.folder, 'DNS:other.example.com'));
    const { code, stderr } = await check(server.port);
    expect(code).toBe(0);
    expect(stderr).toContain(`the certificate is for DNS:other.example.com, not for ${SHOP}`);
    expect(await shown()).toMatchObject({ status: 'Pending', notAfter: '2049-12-31T23:59:59.000Z' });
  });

  it('fails where there is no certificate to be seen, unless one has ended that is known', async () => {
    const server = await webServer(await certificateFor(plane.folder, `DNS:${SHOP}`, '20261210000000Z'));
    await check(server.port);
    await server.stop();
    const failed = await check(server.port);
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toBe(
      `error: ${SHOP} shows no certificate: nobody listens there (ECONNREFUSED)\n` +
        '  ask one edge with --connect-to, or read a file with `netgoat domain tls set --cert`\n',
    );
    expect(await shown()).toMatchObject({ status: 'Active' });
    const over = await check(server.port, '', new Date('2026-12-11T00:00:00Z'));
    expect(over).toMatchObject({ code: 0, stdout: expect.stringContaining('Active -> Expired') });
    expect(over.stderr).toContain('no certificate is seen: nobody listens there');
  });
});
