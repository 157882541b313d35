import { describe, expect, it } from 'vitest';
import { readMasterFile } from '../../../src/dns/master-file/read.ts';
import { read } from './reading.ts';

/** Files and the records they mean (RFC 1035 5, RFC 2308 4); those with `{}` have a problem. */
const MEANING: Record<string, [string, string[]]> = {
  'relative names, absolute ones and the apex': [
    '$TTL 300\n@ A 192.0.2.1\nwww A 192.0.2.2\nmail.example.com. A 192.0.2.3\n',
    ['example.com. 300 A 192.0.2.1', 'www.example.com. 300 A 192.0.2.2', 'mail.example.com. 300 A 192.0.2.3'],
  ],
  'TTL and class in either order': [
    'a 1h IN A 192.0.2.1\nb IN 1h A 192.0.2.2\nc IN A 192.0.2.3\nd CLASS1 1W A 192.0.2.4\n',
    [
      'a.example.com. 3600 A 192.0.2.1',
      'b.example.com. 3600 A 192.0.2.2',
      'c.example.com. 3600 A 192.0.2.3',
      'd.example.com. 604800 A 192.0.2.4',
    ],
  ],
  'a blank owner is that of the record above': [
    'www 300 A 192.0.2.1\n\tA 192.0.2.2\n\n; nothing\n    IN TXT x\n',
    ['www.example.com. 300 A 192.0.2.1', 'www.example.com. 300 A 192.0.2.2', 'www.example.com. 300 TXT "x"'],
  ],
  'parentheses join lines, comments within them are passed over': [
    '@ 1d SOA ns hostmaster ( ; the head\n  2026112401 ; serial\n  2h 1h 4w\n  5m ) ; end\n',
    ['example.com. 86400 SOA ns.example.com. hostmaster.example.com. 2026112401 7200 3600 2419200 300 ; end'],
  ],
  'parentheses around what stands on one line': [
    '(www) 300 ( IN ) A (192.0.2.1)\n',
    ['www.example.com. 300 A 192.0.2.1'],
  ],
  'the last TTL where there is no $TTL': [
    'a 60 A 192.0.2.1\nb A 192.0.2.2\n',
    ['a.example.com. 60 A 192.0.2.1', 'b.example.com. 60 A 192.0.2.2'],
  ],
  '$TTL comes before the last TTL': [
    '$TTL 5m\na 60 A 192.0.2.1\nb A 192.0.2.2\n$ttl 600\nc A 192.0.2.3\n',
    ['a.example.com. 60 A 192.0.2.1', 'b.example.com. 300 A 192.0.2.2', 'c.example.com. 600 A 192.0.2.3'],
  ],
  'the minimum of a SOA where nothing is said': [
    '@ SOA . . 1 2 3 4 77\n@ NS ns.example.net.\n',
    ['example.com. 77 SOA . . 1 2 3 4 77', 'example.com. 77 NS ns.example.net.'],
  ],
  '$ORIGIN, relative too': [
    '$TTL 1\n$ORIGIN eu\n@ A 192.0.2.1\n$ORIGIN a\nwww MX 10 mail\n$ORIGIN example.com.\nx NS @\n',
    [
      'eu.example.com. 1 A 192.0.2.1',
      'www.a.eu.example.com. 1 MX 10 mail.a.eu.example.com.',
      'x.example.com. 1 NS example.com.',
    ],
  ],
  'quotes, escapes and comments': [
    '$TTL 1\na TXT "v=spf1 ; \\"x\\" \\059" b\\032c ;remark "of it"\n',
    ['a.example.com. 1 TXT "v=spf1 ; \\"x\\" ;" "b c" ; remark "of it"'],
  ],
  'a quote after = in SVCB is part of the word, in TXT it is not': [
    '$TTL 1\na HTTPS 1 . alpn="h2,h3" port=443\nb TXT HTTPS x="y"\n',
    ['a.example.com. 1 HTTPS 1 . alpn="h2,h3" port="443"', 'b.example.com. 1 TXT "HTTPS" "x=" "y"'],
  ],
  'numbers with any count of zeros in front': [
    'a 1 MX 00000000001 m.\nb 1 TYPE65280 \\# 000002 beef\nc 1 SVCB 1 . port=0000053\n',
    [
      'a.example.com. 1 MX 1 m.',
      'b.example.com. 1 TYPE65280 \\# 2 beef',
      'c.example.com. 1 SVCB 1 . port="53"',
    ],
  ],
  'paths of DNS over HTTPS with the variable dns (RFC 9461 5)': [
    'a 1 SVCB 1 . dohpath=/q{?dns}\na 1 SVCB 2 . dohpath=/{+dns}\n' +
      'a 1 SVCB 3 . dohpath=/q{?a,dns,b}\na 1 SVCB 4 . dohpath="/\\"{?dns}"\n',
    [
      'a.example.com. 1 SVCB 1 . dohpath="/q{?dns}"',
      'a.example.com. 1 SVCB 2 . dohpath="/{+dns}"',
      'a.example.com. 1 SVCB 3 . dohpath="/q{?a,dns,b}"',
      'a.example.com. 1 SVCB 4 . dohpath="/\\"{?dns}"',
    ],
  ],
  'types by number and data in hex (RFC 3597)': [
    'a 1 TYPE1 \\# 4 c0 00 0201\nb 1 TYPE65280 \\# 2 beef\nc 1 A \\# 4 C0000202\n',
    ['a.example.com. 1 A 192.0.2.1', 'b.example.com. 1 TYPE65280 \\# 2 beef', 'c.example.com. 1 A 192.0.2.2'],
  ],
  'CRLF, a byte order mark, no end of the last line': [
    '\ufeffwww 1 A 192.0.2.1\r\r\n\r\nb 1 TXT "x"\r',
    ['www.example.com. 1 A 192.0.2.1', 'b.example.com. 1 TXT "x"'],
  ],
  'international names, as A-labels': [
    'bücher 1 CNAME straße.example.\n',
    ['xn--bcher-kva.example.com. 1 CNAME xn--strae-oqa.example.'],
  ],
  'disabled records in comments': [
    '; netgoat-disabled: www 300 A 192.0.2.1 ; old\n;; netgoat\nb 1 A 192.0.2.2\n',
    ['off www.example.com. 300 A 192.0.2.1 ; old', 'b.example.com. 1 A 192.0.2.2'],
  ],
  'a blank owner below $GENERATE is that of the last record that was written': [
    'x 1 A 192.0.2.1\n$GENERATE 1-2 a$ 2 A 192.0.2.$\n A 192.0.2.3\n',
    [
      'x.example.com. 1 A 192.0.2.1',
      'a1.example.com. 2 A 192.0.2.1',
      'a2.example.com. 2 A 192.0.2.2',
      'x.example.com. 2 A 192.0.2.3',
    ],
  ],
  'nibbles of every width, as BIND counts it': [
    '$TTL 1\n' +
      [0, 1, 2, 3, 4, 5]
        .map((width) => `$GENERATE 26-26 \${0,${width},n}w CNAME \${0,${width},N}x\n`)
        .join(''),
    ['a.1w a.1x', 'a.1w a.1x', 'a.1w a.1x', 'a.1w a.1x', 'a.1.w a.1.x', 'a.1.0w a.1.0x'].map((names) =>
      names.replace(' ', '.example.com. 1 CNAME ').replace(/$/, '.example.com.'),
    ),
  ],
  'nibbles that end in a dot before a label': [
    '$TTL 1\n$GENERATE 1-2 ${0,2,n}b A 192.0.2.$\n$GENERATE 3-3 ${0,4,n}c PTR ${0,2,n}\n',
    ['1.b.example.com. 1 A 192.0.2.1', '2.b.example.com. 1 A 192.0.2.2', '3.0.c.example.com. 1 PTR 3.'],
  ],
  'records in comments go by those above them, and nothing goes by them': [
    'a 60 A 192.0.2.1\n; netgoat-disabled: old 90 A 192.0.2.2\n; netgoat-disabled: \tA 192.0.2.3\n A 192.0.2.4\n' +
      '; netgoat-disabled:  A 192.0.2.5\nb A 192.0.2.6\n',
    [
      'a.example.com. 60 A 192.0.2.1',
      'off old.example.com. 90 A 192.0.2.2',
      'off old.example.com. 90 A 192.0.2.3',
      'a.example.com. 60 A 192.0.2.4',
      'off a.example.com. 60 A 192.0.2.5',
      'b.example.com. 60 A 192.0.2.6',
    ],
  ],
  'the mark of a record in a comment as people write it': [
    [
      '; Netgoat-Disabled: a',
      ';netgoat-disabled:b',
      ' ;\tnetgoat-disabled : c',
      ';; netgoat-disabled: d',
      '; netgoat-disabled x:',
    ]
      .map((line) => `${line} 1 A 192.0.2.1\n`)
      .join(''),
    ['a', 'b', 'c'].map((name) => `off ${name}.example.com. 1 A 192.0.2.1`),
  ],
  'a record in a comment has an owner where its words make one, whatever the blanks behind the mark': [
    [
      'x 60 A 192.0.2.1',
      '; netgoat-disabled:  www A 192.0.2.2',
      '; netgoat-disabled:\ttxt TXT "hello"',
      '; netgoat-disabled: \t mx 300 IN MX 10 m.',
      '; netgoat-disabled:  svc HTTPS 1 . alpn="h2"',
      '; netgoat-disabled:  https TXT k="v"',
      '; netgoat-disabled:\tsvcb\t300\tTXT\tk="v"',
      '; netgoat-disabled: a\t\tIN\tTYPE65280\t\\# 0',
      // The owner of a reverse zone, as export writes it, and where nothing else makes sense.
      '; netgoat-disabled: 9\t\tIN\tPTR\th.',
      '; netgoat-disabled:  9 300 IN PTR h.',
      '; netgoat-disabled:  3com A 192.0.2.3',
      '',
    ].join('\n'),
    [
      'x.example.com. 60 A 192.0.2.1',
      'off www.example.com. 60 A 192.0.2.2',
      'off txt.example.com. 60 TXT "hello"',
      'off mx.example.com. 300 MX 10 m.',
      'off svc.example.com. 300 HTTPS 1 . alpn="h2"',
      'off https.example.com. 300 TXT "k=" "v"',
      'off svcb.example.com. 300 TXT "k=" "v"',
      'off a.example.com. 300 TYPE65280 \\# 0',
      'off 9.example.com. 300 PTR h.',
      'off 9.example.com. 300 PTR h.',
      'off 3com.example.com. 300 A 192.0.2.3',
    ],
  ],
  'a record in a comment takes its owner from above where its words begin with a type, TTL or class': [
    [
      'x 60 A 192.0.2.1',
      '; netgoat-disabled:  A 192.0.2.2',
      ';netgoat-disabled:TXT "hello"',
      '; netgoat-disabled:  300 A 192.0.2.3',
      '; netgoat-disabled:\tIN 1h A 192.0.2.4',
      '; netgoat-disabled:  IN A 192.0.2.5',
      '; netgoat-disabled:  MX 10 mx',
      '; netgoat-disabled:  NS ns',
      '; netgoat-disabled:  HTTPS 1 . alpn="h2"',
      '; netgoat-disabled:\t300\tSVCB\t1 a alpn="h2"',
      '',
    ].join('\n'),
    [
      '60 A 192.0.2.1',
      '60 A 192.0.2.2',
      '60 TXT "hello"',
      '300 A 192.0.2.3',
      '3600 A 192.0.2.4',
      '3600 A 192.0.2.5',
      '3600 MX 10 mx.example.com.',
      '3600 NS ns.example.com.',
      '3600 HTTPS 1 . alpn="h2"',
      '300 SVCB 1 a.example.com. alpn="h2"',
    ].map((record, at) => `${at === 0 ? '' : 'off '}x.example.com. ${record}`),
  ],
  'a SOA in a comment gives its minimum to nobody else': [
    '; netgoat-disabled: @ SOA . . 1 2 3 4 77\na 60 A 192.0.2.1\nb A 192.0.2.2\n',
    [
      'off example.com. 77 SOA . . 1 2 3 4 77',
      'a.example.com. 60 A 192.0.2.1',
      'b.example.com. 60 A 192.0.2.2',
    ],
  ],
  '$GENERATE in all its forms': [
    '$TTL 1\n$GENERATE 1-5/2 host${0,3} A 192.0.2.$\n$GENERATE 10-10 ${-8,2,x} 60 IN TXT "\\"$$ $\\""\n' +
      '$GENERATE 18-18 ${0,3,n} CNAME a$\n',
    [
      'host001.example.com. 1 A 192.0.2.1',
      'host003.example.com. 1 A 192.0.2.3',
      'host005.example.com. 1 A 192.0.2.5',
      '02.example.com. 60 TXT "$ 10"',
      '2.1.example.com. 1 CNAME a18.example.com.',
    ],
  ],
};

describe('a file means', () => {
  it.each(Object.entries(MEANING))('%s', async (_, [content, expected]) => {
    const { records, problems } = await read(content);
    expect(problems).toEqual([]);
    expect(records).toEqual(expected);
  });

  it('the same in pieces of any size', async () => {
    const content = Object.values(MEANING)
      .map(([text]) => text.replace('\ufeff', ''))
      .join('\n');
    const octets = Buffer.from(content);
    const whole = await read([octets]);
    for (const size of [1, 7, 64]) {
      const pieces = Array.from({ length: Math.ceil(octets.length / size) }, (_, at) =>
        octets.subarray(at * size, (at + 1) * size),
      );
      const { records, problems } = await read(pieces);
      expect({ records, problems }).toEqual({ records: whole.records, problems: whole.problems });
    }
  });

  it('octets that are no UTF-8 as they are', async () => {
    const content = Buffer.from('a 1 TXT "caf\xe9 \xff" ; b\xfc\n', 'latin1');
    expect((await read([content])).records).toEqual(['a.example.com. 1 TXT "caf\\233 \\255" ; b\\252']);
  });

  it('octets behind a backslash as they are too', async () => {
    const records = async (quote: string, octet: (value: number) => Buffer) => {
      const lines = Array.from({ length: 128 }, (_, at) => [
        Buffer.from(`a${at} 1 TXT ${quote}x\\\\`),
        octet(128 + at),
        Buffer.from(`9${quote} ${quote}`),
        octet(128 + at),
        Buffer.from(`${quote}\n`),
      ]);
      return (await read([Buffer.concat(lines.flat())])).records;
    };
    for (const quote of ['', '"']) {
      const plain = await records(quote, (value) => Buffer.from(`\\${value}`));
      expect(plain).toHaveLength(128);
      expect(await records(quote, (value) => Buffer.of(value))).toEqual(plain);
      expect(await records(quote, (value) => Buffer.of(0x5c, value))).toEqual(plain);
    }
  });

  it('its first $TTL as default', async () => {
    expect((await read('$TTL 1h\n$TTL 2h\n')).reading.defaultTtl).toBe(3600);
    expect((await read('a 1 A 192.0.2.1\n')).reading.defaultTtl).toBeUndefined();
  });

  it('the fallback where no TTL is known', async () => {
    const { records } = await read('a A 192.0.2.1\n', { fallbackTtl: 42 });
    expect(records).toEqual(['a.example.com. 42 A 192.0.2.1']);
  });
});

describe('types to skip', () => {
  const skipTypes = new Set(['RRSIG', 'LOC', 'TYPE65280']);

  it('are left out whatever their data, and counted; the records after them are the same', async () => {
    const { records, problems, reading } = await read(
      'a 60 A 192.0.2.1\nb 90 IN RRSIG A 8 2 ( 300\n x== ) ; signed\n A 192.0.2.2\n' +
        'c loc 52 N\n rrsig\n TXT x\nd TYPE65280 none\n' +
        '$GENERATE 1-3 e$ LOC x\n; netgoat-disabled: f LOC\n',
      { skipTypes },
    );
    expect(problems).toEqual([]);
    expect(records).toEqual([
      'a.example.com. 60 A 192.0.2.1',
      'b.example.com. 90 A 192.0.2.2',
      'c.example.com. 90 TXT "x"',
    ]);
    expect(Object.fromEntries(reading.skipped)).toEqual({ RRSIG: 2, LOC: 5, TYPE65280: 1 });
  });

  it('still have a name in the zone and a TTL that is one; other types are known or refused', async () => {
    const { problems } = await read('a.example.net. 1 LOC x\na 1y LOC x\nb 1 AFSDB 1 x\n', { skipTypes });
    expect(problems).toEqual(['1:1 name-outside-zone', '2:3 ttl-invalid', '3:5 type-unknown']);
  });
});

describe('$INCLUDE', () => {
  const files: Record<string, string> = {
    'a.zone': 'b 1 A 192.0.2.2\n$INCLUDE b.zone eu\nc A 192.0.2.3\n',
    'b.zone': ' TXT x\n@ 2 A 192.0.2.4\n',
    'loop.zone': '$INCLUDE loop.zone\n',
    'secret.zone': 'root:x:0:0 a\n',
  };
  const including = async (content: string) => {
    const names: string[] = [];
    const { problems } = await readMasterFile(
      [content],
      {
        origin: 'example.com',
        file: 'zone',
        include: async (path) => ({ file: path, chunks: [files[path] ?? ''] }),
      },
      ({ name, ttl, type, place }) => names.push(`${place.file}:${place.line} ${name} ${ttl} ${type}`),
    );
    return { names, problems };
  };

  it('reads another file in its origin, and goes on as before', async () => {
    const { names, problems } = await including('x 1 A 192.0.2.1\n$INCLUDE a.zone\n TXT x\n');
    expect(problems).toEqual([]);
    expect(names).toEqual([
      'zone:1 x 1 A',
      'a.zone:1 b 1 A',
      'b.zone:1 b 1 TXT',
      'b.zone:2 eu 2 A',
      'a.zone:3 c 2 A',
      'zone:3 x 2 TXT',
    ]);
  });

  it('is no way round: loops are refused where they close', async () => {
    const { problems } = await including('$INCLUDE loop.zone\n');
    expect(problems.map(({ place, rule }) => `${place.file}:${place.line} ${rule}`)).toEqual([
      'loop.zone:1 include-refused',
    ]);
  });

  it('shows nothing of what a file holds that is none', async () => {
    const { problems } = await including('$INCLUDE secret.zone\n');
    expect(problems[0]?.place).toEqual({ file: 'secret.zone', line: 1, column: 1 });
    expect(JSON.stringify(problems)).not.toContain('root');
  });
});
