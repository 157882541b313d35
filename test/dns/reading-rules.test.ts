import { expect, it } from 'vitest';
import { readMasterFile } from '../../src/dns/master-file/read.ts';
import { readRemark } from '../../src/dns/master-file/remark.ts';
import { ownerName, toHostname } from '../../src/dns/names.ts';
import type { ReadingRule } from '../../src/dns/reading-rules.ts';
import { parseType, parseValues } from '../../src/dns/record.ts';
import { parseTtl } from '../../src/dns/ttl.ts';
import { errorOf } from './rule-of.ts';

const values = (type: string, ...words: string[]) => parseValues(type, words, 'example.com');
const owner = (name: string) => ownerName(name, 'example.com');

/** One input that breaks each rule, a call or a master file; a new rule without one does not compile. */
const BROKEN: Record<ReadingRule, (() => unknown) | string | Buffer> = {
  'name-too-long': () => owner('a.'.repeat(130)),
  'label-too-long': () => owner('a'.repeat(64)),
  'label-empty': () => owner('a..b'),
  'name-characters': () => owner('a b'),
  'idn-invalid': () => owner('xn--a'),
  'hostname-characters': () => toHostname('_dmarc.example.com'),
  'hostname-address': () => toHostname('0x7f.1'),
  'name-outside-zone': () => owner('www.example.net.'),
  'wildcard-position': () => owner('a.*.b'),
  'escape-invalid': () => owner('a\\999'),
  'quote-unclosed': () => values('TXT', '"a'),
  'value-characters': () => values('MX', '10 mail ; first'),
  'text-not-unicode': () => values('TXT', '\udfff'),
  'text-too-long': () => values('TXT', 'x'.repeat(70_000)),
  'type-unknown': () => parseType('MXX'),
  'value-fields': () => values('MX', '10'),
  'number-range': () => values('MX', '65536 mail'),
  'ttl-invalid': () => parseTtl('1y'),
  'a-address': () => values('A', '192.0.2.256'),
  'aaaa-address': () => values('AAAA', '127.0.0.1'),
  'target-address': () => values('MX', '10 192.0.2.1'),
  'target-dot': () => values('MX', '10 mail.example.net'),
  'caa-tag': () => values('CAA', '0 a-b "x"'),
  'hex-invalid': () => values('DS', '1 8 2 abc'),
  'service-parameter': () => values('HTTPS', '1 . colour=red'),
  'rdata-length': () => values('TYPE65280', '\\# 2 00'),
  'record-incomplete': 'www 300 IN\n',
  'owner-missing': ' 300 A 192.0.2.1\n',
  'ttl-missing': 'www A 192.0.2.1\n',
  'class-unsupported': 'www 300 CH A 192.0.2.1\n',
  'parenthesis-unclosed': 'www 300 A ( 192.0.2.1\n',
  'parenthesis-stray': 'www 300 A 192.0.2.1 )\n',
  'directive-unknown': '$LOOP 3\n',
  'directive-invalid': '$TTL 1h 2h\n',
  'include-refused': '$INCLUDE other.zone\n',
  'generate-invalid': '$GENERATE 3-1 www$ 300 A 192.0.2.$\n',
  'remark-invalid': () => readRemark('cf_tags=cf-proxied:treu'),
  'entry-too-long': `www 300 TXT ${'"x" '.repeat(300_000)}\n`,
  'text-encoding': Buffer.from('\ufeff$TTL 1h\n', 'utf16le'),
};

async function brokenBy(given: (() => unknown) | string | Buffer) {
  if (typeof given === 'function') return errorOf(given);
  const { problems } = await readMasterFile([given], { origin: 'example.com', file: 'zone' }, () => {});
  return problems[0];
}

it.each(Object.entries(BROKEN))('%s is told in one line', async (rule, given) => {
  const error = await brokenBy(given);
  expect(error?.rule).toBe(rule);
  expect(error?.message).toMatch(/^[\x20-\x7e…]{10,300}$/);
});
