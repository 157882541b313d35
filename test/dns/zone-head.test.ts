import { expect, it } from 'vitest';
import { zoneHead } from '../../src/queries/zone-head.ts';

const soa = {
  ttl: 7200,
  mname: 'ns1.example.net.',
  rname: 'hostmaster.example.net.',
  serial: 2026010101,
  refresh: 1,
  retry: 2,
  expire: 3,
  minimum: 4,
  revision: 5,
};

function domain(zone: object, zoneRevision = 7) {
  return {
    hostname: 'example.com',
    zone: { soa: null, apexNs: [], apexNsTtl: null, defaultTtl: 300, ...zone },
    zoneRevision,
  };
}

function ns(target: string, more: object = {}) {
  return { name: '@', type: 'NS', value: { target }, ttl: 900, enabled: true, ...more };
}

it('a zone that says nothing gets a SOA and a placeholder for its name servers', () => {
  expect(zoneHead(domain({}), [])).toEqual({
    soa: {
      ttl: 3600,
      data: {
        mname: 'ns.invalid.',
        rname: 'hostmaster.example.com.',
        serial: 7,
        refresh: 3600,
        retry: 900,
        expire: 604800,
        minimum: 300,
      },
    },
    ns: { ttl: 300, targets: ['ns.invalid.'], from: 'placeholder' },
    defaultTtl: 300,
  });
  expect(zoneHead(domain({}, 0), []).soa.data.serial).toBe(1);
});

it('the serial rises with the zone, round the corner too (RFC 1982)', () => {
  const { ttl, data } = zoneHead(domain({ soa }), []).soa;
  expect({ ttl, serial: data.serial, minimum: data.minimum }).toEqual({
    ttl: 7200,
    serial: 2026010103,
    minimum: 4,
  });
  expect(data).not.toHaveProperty('revision');
  expect(zoneHead(domain({ soa: { ...soa, serial: 2 ** 32 - 1 } }), []).soa.data.serial).toBe(1);
});

it('records at the apex are the name servers, then what was imported', () => {
  const zone = { apexNs: ['b.example.net.', 'a.example.net.'], apexNsTtl: 60 };
  expect(zoneHead(domain(zone), []).ns).toEqual({
    ttl: 60,
    targets: ['a.example.net.', 'b.example.net.'],
    from: 'zone',
  });
  expect(zoneHead(domain({ ...zone, apexNsTtl: null }), []).ns.ttl).toBe(300);
  const records = [
    ns('z.example.'),
    ns('y.example.'),
    ns('x.example.', { enabled: false }),
    ns('w.', { name: 'sub' }),
  ];
  const head = zoneHead(domain(zone), records);
  expect(head.ns).toEqual({ ttl: 900, targets: ['y.example.', 'z.example.'], from: 'records' });
  expect(head.soa.data.mname).toBe('y.example.');
  expect(zoneHead(domain(zone), [ns('x.example.', { enabled: false })]).ns.from).toBe('zone');
});

it('a name that is as long as can be has nobody to write to', () => {
  const hostname = [63, 63, 63, 61].map((length) => 'a'.repeat(length)).join('.');
  expect(zoneHead({ ...domain({}), hostname }, []).soa.data.rname).toBe('.');
});
