import { describe, expect, it } from 'vitest';
import { read } from './reading.ts';

/** Files and their problems, all of them, each where it stands. */
const WRONG: Record<string, [string, string[]]> = {
  'several, each at its word': [
    '$TTL 1\nwww A 192.0.2.256\nwww A 192.0.2.1\nwww MX ten mail\n  MX 10\n@ BLA x\n',
    ['2:7 a-address', '4:8 number-range', '5:6 value-fields', '6:3 type-unknown'],
  ],
  'an unclosed ( at its opening line': [
    '$TTL 1\na A (\n 192.0.2.1\nb A 192.0.2.2\n',
    ['2:5 parenthesis-unclosed'],
  ],
  'an unclosed quote at its opening': ['$TTL 1\na TXT "x\nb A 192.0.2.2\n', ['2:7 quote-unclosed']],
  'one mistake within parentheses once': [
    '$TTL 1\n@ SOA . . ( 1\n  2 "3\n  4 5 6 )\nb A 192.0.2.300\n',
    ['3:5 quote-unclosed', '5:5 a-address'],
  ],
  'a ) too many': ['a 1 A 192.0.2.1 )\n', ['1:17 parenthesis-stray']],
  'names of another zone': ['$TTL 1\nwww.example.net. A 192.0.2.1\n', ['2:1 name-outside-zone']],
  'names of another zone that come from above, at the beginning of their line': [
    '$TTL 1\n$ORIGIN example.net.\nb A 192.0.2.1\n A ( 192.0.2.2\n )\n',
    ['3:1 name-outside-zone', '4:1 name-outside-zone'],
  ],
  'a blank owner with nothing above': [' 1 A 192.0.2.1\n', ['1:1 owner-missing']],
  'a TTL with an unknown unit': ['a 1y A 192.0.2.1\n', ['1:3 ttl-invalid']],
  'a TTL of 2^31': ['$TTL 2147483648\n', ['1:6 ttl-invalid']],
  'extra words': ['a 1 A 192.0.2.1 x\n', ['1:7 value-fields']],
  'directives in comments': [
    '; netgoat-disabled: $TTL 60\n; netgoat-disabled:\t$INCLUDE x\na A 192.0.2.1\n',
    ['1:21 directive-invalid', '2:21 directive-invalid', '3:1 ttl-missing'],
  ],
  'no record in a comment': [
    '; netgoat-disabled:\n; netgoat-disabled: ; gone\n;netgoat-disabled: \n',
    ['1:1 record-incomplete', '2:1 record-incomplete', '3:1 record-incomplete'],
  ],
  'a record that is too long once, up to where its parentheses end': [
    `a 1 TXT (\n${'"0123456789 0123456789"\n'.repeat(50_000)})\nb 1 A x\n`,
    ['1:1 entry-too-long', '50003:7 a-address'],
  ],
  'a record in a comment of several lines, which would take in those below': [
    '; netgoat-disabled: a 1 TXT (\nb 1 A x )\nc 1 A 192.0.2.1\n',
    ['1:29 parenthesis-unclosed', '2:9 parenthesis-stray'],
  ],
  'text behind the closing quote of a parameter, and a quote within one': [
    'a 1 HTTPS 1 . alpn="h2"port=443\na 1 HTTPS 1 . key667=a="b"\na 1 HTTPS 1 . alpn="h2""h3"\n',
    ['1:15 service-parameter', '2:24 service-parameter', '3:24 service-parameter'],
  ],
  'a parameter that is not known, at its word': [
    'a 1 HTTPS 1 . alpn=h2 foo=bar\n',
    ['1:23 service-parameter'],
  ],
  'data in hex, at the word that is wrong': [
    'a 1 TYPE65280 \\# 2 zzzz\na 1 TYPE65280 \\# 3 beef\n',
    ['1:20 hex-invalid', '2:18 rdata-length'],
  ],
  'parameters in hex out of their order, or twice (RFC 9460 2.2)': [
    'a 1 HTTPS \\# 16 0001 00 0003 0002 0035 0001 0003 026832\n' +
      'b 1 HTTPS \\# 15 0001 00 0003 0002 0035 0003 0002 0035\n',
    ['1:11 service-parameter', '2:11 service-parameter'],
  ],
  'a dot behind a backslash, which parts no labels': [
    'a\\.example.com. 1 A 192.0.2.1\nb\\\\.example.com. 1 A x\n',
    ['1:1 name-outside-zone', '2:22 a-address'],
  ],
  'a quote that is not closed before a backslash at the end': [
    'a 1 TXT "x\\\nb 1 TXT \\12\n',
    ['1:9 quote-unclosed', '2:9 escape-invalid'],
  ],
  'a type in quotes': ['a 1 "TXT" x\n', ['1:5 type-unknown']],
  'a name in quotes': ['"a" 1 A 192.0.2.1\n', ['1:1 name-characters']],
  'a range that is too large, before anything is made': [
    '$GENERATE 0-4294967295 a$ 1 A 192.0.2.1\n$GENERATE 1-100000 b$ 1 A 192.0.2.1\n',
    ['1:11 generate-invalid', '2:11 generate-invalid'],
  ],
  'a $GENERATE whose value leaves its range, once': [
    '$GENERATE 250-300 a$ 1 A 192.0.2.$\n',
    ['1:26 a-address'],
  ],
  'NUL octets, which are no text': [
    'a 1 A 192.0.2.1\nb 1 A x\nc 1 TXT "\0"\n',
    ['2:7 a-address', '3:1 text-encoding'],
  ],
  'a CR that ends no line: to some a blank, to others the end of a record': [
    'a 1 TXT "x"\rb 1 TXT "y"\r\nc 1 TXT "x\ry"\nd 1 TXT x ; y\re 1 A 192.0.2.1\n',
    ['1:12 text-encoding', '2:11 text-encoding', '3:14 text-encoding'],
  ],
  'lines that end in CR alone, once': ['$TTL 1\ra A 192.0.2.1\rb A x\r', ['1:7 text-encoding']],
  'the same, longer than a line may be': ['a 1 A 192.0.2.1\r'.repeat(70_000), ['1:1 text-encoding']],
  'UTF-16': ['', ['1:1 text-encoding']],
};

describe('problems are told with their place:', () => {
  it.each(Object.entries(WRONG))('%s', async (what, [content, expected]) => {
    const { problems } = await read(what === 'UTF-16' ? [Buffer.from('\ufeffa', 'utf16le')] : content);
    expect(problems).toEqual(expected);
  });

  it('of directives that make more text than there may be, all together', async () => {
    const line = `$GENERATE 1-6000 a$ 1 TXT${` "${'x'.repeat(250)}"`.repeat(24)}\n`;
    const { problems, records } = await read(`${line}${line}b 1 A 192.0.2.1\n`);
    expect(problems).toEqual(['2:27 generate-invalid']);
    expect(records.at(-1)).toBe('b.example.com. 1 A 192.0.2.1');
  });

  it('of a line of 1 MB whose every word is a type, at once', async () => {
    const { problems } = await read(`a 1 SVCB${' SVCB'.repeat(200_000)}\n`);
    expect(problems).toEqual(['1:10 number-range']);
  });

  it('with a way out of each', async () => {
    const parameters = [
      'foo=1',
      'port=x',
      'alpn="h2"x',
      'port=1 port=1',
      'mandatory=alpn',
      'no-default-alpn',
    ];
    const values = [
      'MX ten m.',
      'DS 1 1 1 abc',
      'TYPE65280 \\# 3 beef',
      `TXT ${'x'.repeat(256)}`,
      'CH A 192.0.2.1',
    ].concat(parameters.map((parameter) => `SVCB 1 . ${parameter}`));
    const { reading } = await read(values.map((value) => `a 1 ${value}\n`).join(''));
    expect(reading.problems.filter(({ hint }) => hint !== undefined)).toHaveLength(values.length);
    expect(new Set(reading.problems.slice(-6).map(({ hint }) => hint)).size).toBe(6);
  });

  it.each(['www A x\n', 'a.example.net. 1 A 192.0.2.1\n'])(
    'up to a number, the others are counted: %j',
    async (line) => {
      const { problems, reading } = await read(line.repeat(60));
      expect(problems).toHaveLength(50);
      expect(reading.unlisted).toBe(10);
    },
  );

  it('with the text in question, inert and clipped', async () => {
    const { reading } = await read(`a 1 A \u001b[31m${'x'.repeat(200)}\n`);
    expect(reading.problems[0]?.text).toMatch(/^\\u\{1b\}\[31mx{70,80}…$/);
    const tabs = await read('a\tA\t192.0.2.1\n');
    expect(tabs.reading.problems[0]).toMatchObject({ rule: 'ttl-missing', text: 'a A 192.0.2.1' });
  });
});
