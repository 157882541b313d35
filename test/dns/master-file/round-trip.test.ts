import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeString } from '../../../src/dns/escapes.ts';
import { labelText } from '../../../src/dns/labels.ts';
import type { FileRecord } from '../../../src/dns/master-file/file-record.ts';
import { readMasterFile } from '../../../src/dns/master-file/read.ts';
import { readRemark } from '../../../src/dns/master-file/remark.ts';
import type { StoredRecord } from '../../../src/dns/master-file/write.ts';
import { recordType, recordTypeNames } from '../../../src/dns/record.ts';
import { tokenize } from '../../../src/dns/tokens.ts';
import type { SoaData } from '../../../src/dns/types/soa.ts';
import { asLine } from '../../../src/dns/unsafe.ts';
import { masterFileOf } from '../../helpers/master-file.ts';

// parse(serialize(zone)) = zone, whatever octets its names and texts are made of

const ORIGIN = 'example.com';

const number = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
/** Octets that mean something in a master file, and any others. */
const octet = fc.oneof(
  fc.constantFrom(...Buffer.from(' "\\;()@$.\t\r\n\0*#:=,\x7f\xe9', 'latin1')),
  number(8),
);
const octets = (most: number) => fc.array(octet, { maxLength: most }).map((list) => Buffer.from(list));
const label = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[a-z0-9_]([a-z0-9-]{0,6}[a-z0-9])?$/) },
  { weight: 1, arbitrary: fc.array(octet, { minLength: 1, maxLength: 8 }).map((list) => labelText(list)) },
);
const labels = (least: number) =>
  fc.array(label, { minLength: least, maxLength: 3 }).map((list) => list.join('.'));
/** A name within the zone, as stored; labels that begin with xn-- are left to the tests of names. */
const owner = fc
  .oneof(
    fc.constant('@'),
    labels(1),
    labels(1).map((name) => `*.${name}`),
  )
  .filter((name) => !name.includes('xn--'));
const target = labels(0)
  .map((name) => `${name}.`)
  .filter((name) => !name.includes('xn--') && !/(?:^|\.)(?:\d+\.){4}$/.test(name) && !name.includes(':'));
const text = octets(255).map((value) => `"${encodeString(value)}"`);
const hex = (least: number, most: number) =>
  fc.uint8Array({ minLength: least, maxLength: most }).map((value) => Buffer.from(value).toString('hex'));
const ipv6 = fc.ipV6().filter((address) => !address.includes('%'));

const words = (...parts: fc.Arbitrary<string | number>[]) => fc.tuple(...parts).map((list) => list.join(' '));
/** Ids of any octets; `,` and `\` of an id stand behind a backslash of the list's own (RFC 9460 A.1). */
const protocols = fc
  .array(
    octets(20).filter(({ length }) => length > 0),
    { minLength: 1, maxLength: 3 },
  )
  .map((ids) => ids.map((id) => id.toString('latin1').replaceAll(/[\\,]/g, String.raw`\$&`)).join(','))
  .map((list) => encodeString(Buffer.from(list, 'latin1')));
const path = fc
  .tuple(fc.stringMatching(/^[!-~]{0,9}$/), fc.constantFrom('{?dns}', '{+dns}', '{&a,dns}'))
  .map(([folder, query]) => encodeString(Buffer.from(`/${folder}${query}`)));
const parameters = fc
  .record(
    {
      alpn: protocols,
      'no-default-alpn': fc.constant(''),
      port: number(16).map(String),
      ipv4hint: fc.array(fc.ipV4(), { minLength: 1, maxLength: 2 }).map(String),
      ech: fc
        .uint8Array({ minLength: 1, maxLength: 20 })
        .map((value) => Buffer.from(value).toString('base64')),
      ipv6hint: fc.array(ipv6, { minLength: 1, maxLength: 2 }).map(String),
      dohpath: path,
      key667: octets(20).map(encodeString),
      key65534: octets(20).map(encodeString),
    },
    { requiredKeys: [] },
  )
  .map(({ 'no-default-alpn': alone, ...given }) => ({
    ...given,
    ...(alone === undefined || given.alpn === undefined ? {} : { 'no-default-alpn': alone }),
  }))
  .chain((given) =>
    fc.shuffledSubarray(Object.keys(given)).map((mandatory) =>
      Object.entries({ ...(mandatory.length === 0 ? {} : { mandatory: mandatory.join(',') }), ...given })
        .map(([key, value]) => (value === '' ? key : `${key}="${value}"`))
        .join(' '),
    ),
  );
const service = words(number(16), target, parameters).map((value) => value.trim());

/** Values of every type, in presentation form. */
const VALUES: Record<string, fc.Arbitrary<string>> = {
  A: fc.ipV4(),
  AAAA: ipv6,
  CNAME: target,
  MX: words(number(16), target),
  TXT: fc.array(text, { minLength: 1, maxLength: 4 }).map((list) => list.join(' ')),
  NS: target,
  SRV: words(number(16), number(16), number(16), target),
  CAA: words(number(8), fc.stringMatching(/^[a-z0-9]{1,15}$/), text),
  PTR: target,
  ALIAS: target,
  HTTPS: service,
  SVCB: service,
  TLSA: words(number(8), number(8), number(8), hex(1, 40)),
  SSHFP: words(number(8), number(8), hex(1, 40)),
  DS: words(number(16), number(8), number(8), hex(1, 40)),
  NAPTR: words(number(16), number(16), text, text, text, target),
  TYPE65280: hex(0, 40).map((digits) => `\\# ${digits.length / 2} ${digits}`.trim()),
};

const comment = fc.oneof(
  fc.constantFrom('', 'cf_tags=', 'a ; b', 'x cf_tags=y cf_tags=', '"', '\\', ') ('),
  fc.string({ maxLength: 30, unit: 'grapheme' }).map(asLine),
);
const tags = fc
  .uniqueArray(
    fc.oneof(
      fc.constantFrom('a', 'b:c', 'b:"', 'x=y', 'u,v', 'w:x:y', 'p q'),
      fc.stringMatching(/^[a-z]{1,9}$/),
    ),
    { maxLength: 3 },
  )
  .map((list) => list.toSorted());

const record: fc.Arbitrary<StoredRecord> = fc.constantFrom(...Object.keys(VALUES)).chain((type) => {
  const entry = recordType(type);
  return fc.record({
    name: owner,
    type: fc.constant(type),
    data: VALUES[type]!.map((value) =>
      entry.read(tokenize(value, entry.pairs), { origin: ORIGIN, source: 'file' }),
    ),
    ttl: fc.oneof(fc.constantFrom(0, 1, 300, 2 ** 31 - 1), number(31)),
    proxied: entry.proxiable === true ? fc.boolean() : fc.constant(false),
    enabled: fc.boolean(),
    comment,
    tags,
  });
});

const soa: fc.Arbitrary<SoaData> = fc.record({
  mname: target,
  rname: target,
  serial: number(32),
  refresh: number(32),
  retry: number(32),
  expire: number(32),
  minimum: number(32),
});

const zone = fc.record({
  origin: fc.constant(ORIGIN),
  defaultTtl: fc.constantFrom(1, 300, 3600),
  soa: fc.record({ ttl: number(31), data: soa }),
  records: fc.array(record, { maxLength: 12 }),
});

/** As it was before it was written: what stands in the comment is a record's own again. */
function asStored({ name, type, data, ttl, enabled, remark }: FileRecord): StoredRecord {
  const { comment: said, tags: tagged, proxied = false } = readRemark(remark);
  return { name, type, data, ttl, enabled, proxied, comment: said, tags: tagged };
}

describe('a zone that is written and read', () => {
  it('covers every type of the table', () => {
    expect(Object.keys(VALUES)).toEqual(expect.arrayContaining([...recordTypeNames]));
  });

  it.each([
    { absolute: false, aliasByName: false },
    { absolute: true, aliasByName: false },
    { absolute: false, aliasByName: true },
  ])('is the same zone, written %j', async (style) => {
    await fc.assert(
      fc.asyncProperty(zone, async (given) => {
        const read: FileRecord[] = [];
        const { problems, defaultTtl } = await readMasterFile(
          [masterFileOf(given, style)],
          { origin: ORIGIN, file: 'zone' },
          (each) => read.push(each),
        );
        expect(problems).toEqual([]);
        expect(defaultTtl).toBe(given.defaultTtl);
        const [first, ...others] = read;
        expect(first).toMatchObject({ type: 'SOA', name: '@', ttl: given.soa.ttl, data: given.soa.data });
        const wanted = new Set(given.records.map((each) => JSON.stringify(inOrder(each))));
        expect(new Set(others.map((each) => JSON.stringify(inOrder(asStored(each)))))).toEqual(wanted);
        expect(others).toHaveLength(given.records.length);
      }),
      { numRuns: Number(process.env['NETGOAT_FUZZ'] ?? 300) },
    );
  });
});

function inOrder({ name, type, data, ttl, proxied, enabled, comment: said, tags: tagged }: StoredRecord) {
  return { name, type, data, ttl, proxied, enabled, comment: said, tags: tagged };
}
