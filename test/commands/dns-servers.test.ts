import { beforeEach, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import { importing } from '../helpers/importing.ts';

// Name servers that an import stored with the zone itself, and what `dns` makes of them

const plane = await controlPlane('team add Acme');
const { zone, load, rows, zoneOf } = importing(plane);

const FILE = [
  '$TTL 300',
  '@ 3600 IN SOA ns1.example.net. hostmaster 7 3600 900 604800 300',
  '@ 3600 IN NS ns1.example.net.',
  '@ 3600 IN NS ns2.example.net.',
  'www IN A 192.0.2.1',
];

let domain: string;

beforeEach(async () => {
  domain = await zone();
  await load(domain, FILE, '--with-apex-ns');
});

const exported = async () => (await plane.ok(`dns export ${domain}`)).stdout;
const servers = async () => [...(await exported()).matchAll(/\tNS\t(\S+)/g)].map(([, target]) => target);

it('are no records at first', async () => {
  expect(await rows(domain)).toEqual(['www 300 A 192.0.2.1']);
  expect(await servers()).toEqual(['ns1.example.net.', 'ns2.example.net.']);
});

it('become records with one that is added, and the diff shows them', async () => {
  const refused = await plane.run(`dns add ${domain} @ NS ns3.example.net.`);
  expect(refused).toMatchObject({ code: 8 });
  const { stdout } = await plane.ok(`dns add ${domain} @ NS ns3.example.net. --allow apex-ns`);
  expect(stdout).toContain(`+ dns ${domain} @ NS ns1.example.net.`);
  expect(stdout).toContain(`~ domain ${domain}`);
  expect(await servers()).toEqual(['ns1.example.net.', 'ns2.example.net.', 'ns3.example.net.']);
  expect(await rows(domain)).toEqual([
    '@ 3600 NS ns1.example.net.',
    '@ 3600 NS ns2.example.net.',
    '@ 3600 NS ns3.example.net.',
    'www 300 A 192.0.2.1',
  ]);
  expect((await zoneOf(domain)).zone).toMatchObject({ apexNs: [], soa: { serial: 7 } });
});

it('are there for set and remove', async () => {
  await plane.ok(`dns remove ${domain} @ NS ns1.example.net. --yes --allow apex-ns`);
  expect(await servers()).toEqual(['ns2.example.net.']);
  expect(await plane.run(`dns add ${domain} @ NS ns2.example.net. --allow apex-ns`)).toMatchObject({
    code: 4,
  });
  await plane.ok(`dns set ${domain} @ NS ns4.example.net. --only ns2.example.net. --allow apex-ns`);
  expect(await servers()).toEqual(['ns4.example.net.']);
});

it('count as the record they are, where they are added again or are not there', async () => {
  const twice = await plane.run(`dns add ${domain} @ NS ns1.example.net. --allow apex-ns`);
  expect(twice).toMatchObject({ code: 4 });
  const missing = await plane.run(`dns remove ${domain} @ NS ns9.example.net. --yes --allow apex-ns`);
  expect(missing).toMatchObject({ code: 3 });
  expect(missing.stderr).toContain('@ NS ns1.example.net.');
  expect(await servers()).toEqual(['ns1.example.net.', 'ns2.example.net.']);
});

it('go with all records of the apex', async () => {
  await plane.ok(`dns remove ${domain} @ --yes --allow apex-ns`);
  expect(await servers()).toEqual(['ns.invalid.']);
});

it('are enabled with a record that was disabled', async () => {
  const off = ['; netgoat-disabled: @ 60 IN NS ns2.example.net. ; old', 'www IN A 192.0.2.1'];
  domain = await zone(off.join('\n') + '\n');
  await load(domain, FILE, '--with-apex-ns --allow apex-ns');
  await plane.ok(`dns add ${domain} @ NS ns3.example.net. --allow apex-ns`);
  expect(await servers()).toEqual(['ns1.example.net.', 'ns2.example.net.', 'ns3.example.net.']);
});

it('are told by list and show', async () => {
  const listed = await plane.ok(`dns list ${domain}`);
  expect(listed.stderr).toContain('ns1.example.net., ns2.example.net.');
  expect((await plane.ok(`dns list ${domain} --type A`)).stderr).toBe('');
  const shown = await plane.run(`dns show ${domain} @ NS`);
  expect(shown).toMatchObject({ code: 3 });
  expect(shown.stderr).toContain(`netgoat domain show ${domain}`);
});

it('come with a SOA whose serial domain show has as export does', async () => {
  await plane.ok(`dns add ${domain} b A 192.0.2.2`);
  const { soa } = await plane.json<{ soa: { serial: number } }>(`domain show ${domain} --json soa`);
  expect(soa).toMatchObject({ serial: 8, mname: 'ns1.example.net.' });
  expect(await exported()).toContain(' 8 3600 900 604800 300');
  expect((await plane.ok(`domain show ${domain}`)).stdout).toContain(' 8 3600 900 604800 300');
});
