import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

let plane: ControlPlane;

/**
 * The form of Cloudflare's exports: the name of the SOA has no last dot, a TTL of 1 is automatic beside every record,
 * and only records that can be proxied have cf_tags.
 */
const EXPORT = `;;
;; Domain:     shop.example.com.
;; Exported:   2026-09-24 08:00:00
;;
;; SOA Record
shop.example.com\t3600\tIN\tSOA\tada.ns.cloudflare.com. dns.cloudflare.com. 2051234567 10000 2400 604800 3600

;; NS Records
shop.example.com.\t86400\tIN\tNS\tada.ns.cloudflare.com.
shop.example.com.\t86400\tIN\tNS\tbob.ns.cloudflare.com.

;; A Records
shop.example.com.\t1\tIN\tA\t203.0.114.10 ; cf_tags=cf-proxied:true
mail.shop.example.com.\t120\tIN\tA\t203.0.114.25 ; post cf_tags=cf-proxied:false,team:"a,b"

;; CNAME Records
www.shop.example.com.\t1\tIN\tCNAME\tshop.example.com. ; cf_tags=cf-proxied:true,cf-flatten-cname

;; MX Records
shop.example.com.\t1\tIN\tMX\t10 mail.shop.example.com.

;; TXT Records
shop.example.com.\t1\tIN\tTXT\t"v=spf1 mx -all"
`;

beforeAll(async () => {
  plane = await controlPlane();
  await plane.ok('team add Acme');
  await plane.ok('domain add shop.example.com --team acme');
  await plane.ok('domain add mail.example.net --team acme');
  writeFileSync(join(plane.folder, 'export.txt'), EXPORT);
});

it("an export of Cloudflare's is checked and imported as it is", async () => {
  const checked = await plane.ok('dns check --file export.txt --origin shop.example.com');
  expect(checked.stderr).toContain('8 records: 0 errors');
  const flags = '--with-apex-ns --allow apex-ns';
  const { stderr } = await plane.ok(`dns import shop.example.com export.txt ${flags}`);
  expect(stderr).toContain('1 record has the tag cf-flatten-cname');
  const { stdout } = await plane.ok('dns export shop.example.com');
  expect(stdout.split('\n').slice(3)).toEqual([
    '@\t3600\tIN\tSOA\tada.ns.cloudflare.com. dns.cloudflare.com. 2051234567 10000 2400 604800 3600',
    '@\t86400\tIN\tNS\tada.ns.cloudflare.com.',
    '@\t86400\tIN\tNS\tbob.ns.cloudflare.com.',
    '@\t\tIN\tA\t203.0.114.10 ; cf_tags=cf-proxied:true',
    '@\t\tIN\tMX\t10 mail.shop.example.com.',
    '@\t\tIN\tTXT\t"v=spf1 mx -all"',
    'mail\t120\tIN\tA\t203.0.114.25 ; post cf_tags=cf-proxied:false,team:"a,b"',
    'www\t\tIN\tCNAME\tshop.example.com. ; cf_tags=cf-proxied:true',
    '',
  ]);
  for (const file of ['export.txt', 'ours.txt']) {
    writeFileSync(join(plane.folder, 'ours.txt'), stdout);
    const again = await plane.ok(`dns import shop.example.com ${file} --mode replace --with-apex-ns`);
    expect(again.stderr, file).toContain('Nothing to change.');
  }
});

it('a zone without records that can be proxied is known by its SOA', async () => {
  const text = EXPORT.replaceAll('shop.example.com', 'mail.example.net').replace(/^.*cf_tags.*\n/gm, '');
  writeFileSync(join(plane.folder, 'mail.txt'), text);
  await plane.ok('dns import mail.example.net mail.txt');
  const found = await plane.json<object[]>('dns list mail.example.net --json type,ttl');
  expect(found).toEqual([
    { type: 'MX', ttl: 300 },
    { type: 'TXT', ttl: 300 },
  ]);
});

it('in a file of somebody else a 1 is one second, and a SOA below the apex is a mistake', async () => {
  const stdin = 'sub 1 IN TXT one\n';
  await plane.ok('dns import mail.example.net -', { stdin });
  expect(await plane.json('dns show mail.example.net sub --json ttl')).toEqual([{ ttl: 1 }]);
  const soa = 'mail.example.net 1 IN SOA ns1.example.net. root.example.net. 1 2 3 4 5\n';
  const refused = await plane.run('dns import mail.example.net - --with-apex-ns', { stdin: soa });
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stderr).toContain('soa-single');
});
