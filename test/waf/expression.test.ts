import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkExpression } from '../../src/waf/expression.ts';
import { WafError } from '../../src/waf/waf-error.ts';

function refusal(source: string): WafError | undefined {
  try {
    checkExpression(source);
    return undefined;
  } catch (error) {
    if (error instanceof WafError) return error;
    throw error;
  }
}

describe('a rule', () => {
  it.each([
    'Path startsWith "/admin"',
    'Path startsWith "/admin" && !(IP in ["192.0.2.7"])',
    'Headers["User-Agent"][0] contains "bot"',
    '"X-Forwarded-For" in Headers and Headers["X-Forwarded-For"][-1] == IP',
    'any(Headers["User-Agent"], lower(#) contains "curl")',
    'none(Query["id"], {# matches `^[0-9]+$`})',
    'all(["a", "b"], RawQuery not contains #)',
    'any(["/.git", "/.env"], Path startsWith #) or Path endsWith ".php"',
    'Path matches `(?i)\\.(php|asp)$` and Method not in ["GET", "HEAD"]',
    "Host == 'shop.example.com' || Host endsWith '.example.com'",
    'len(Query) > 20 or len(RawQuery) >= 2048 or len(Headers["Cookie"]) != 1',
    'len(Path) in [3, 5]',
    'not (Method == "POST") && trim(Path, "/") == ""',
    'Method + " " + Path == "GET /\\u00e9\\x41\\n"',
    'Query.page[0] == "1"',
    'Query["Get"][0] == "x"',
    '(Path < "/m") == true',
    'any(Query["a"], any(Headers["Via"], # == "x") && # == "y")',
    '(Path\n\tcontains "x")\r\n',
    'true',
    '"例え" in [Path]',
  ])('takes %s', (source) => expect(refusal(source)).toBeUndefined());
});

/** source, column, message, hint */
const REFUSED: [string, number, RegExp, RegExp?][] = [
  // words and names
  ['path == "/"', 1, /unknown name path/, /did you mean Path\?/],
  ['Path == "/" && raw_query == "x"', 16, /unknown name raw_query/, /RawQuery/],
  ['UserAgent contains "x"', 1, /unknown name/, /Headers\["User-Agent"\]\[0\]/],
  ['Cookie == "x"', 1, /unknown name Cookie/, /IP, Host, Method, Path, RawQuery, Query, Headers/],
  ['constructor == "x"', 1, /unknown name/],
  ['len == 1', 1, /is a function/, /len\(…\)/],
  ['split(Path, "/")[0] == ""', 1, /split is not a function/, /len, lower/],
  ['Len(Path) == 1', 1, /Len is not a function/, /did you mean len\?/],
  ['toString(Path) == "x"', 1, /not a function/],
  ['$env == 1', 1, /unknown name/],
  ['nil == Path', 1, /`nil` is not part/, /in Headers/],
  ['let a = 1; a == 1', 1, /`let` is not part/],
  ['if true { true } else { false }', 1, /`if` is not part/],
  ['Path StartsWith "/x"', 6, /`StartsWith` stands where an operator should/, /startsWith/],
  ['Path eq "/x"', 6, /`eq` stands/, /==/],
  // signs
  ['Path = "/x"', 6, /assignments/, /==/],
  ['true & true', 6, /unknown operator `&`/, /&&/],
  ['true | lower()', 6, /pipes/],
  ['true ? false : true', 6, /conditionals/],
  ['Headers["X"] ?? ["a"]', 14, /nil handling/],
  ['Query?.page[0] == "1"', 6, /nil handling/],
  ['len(Path) * 2 > 1', 11, /arithmetic/],
  ['len(Path) - 2 > 1', 11, /`-` stands where an operator should/],
  ['true; true', 5, /one expression/],
  ['true // and so', 6, /comments/],
  ['true /* x */', 6, /comments/],
  ['Path == "/x" @', 14, /unexpected character @/],
  ['Path =~ "x"', 6, /assignments/, /==/],
  ['{"a": 1} == 1', 1, /maps are not part/],
  ['Path.lower() == "x"', 6, /methods are not part/, /lower\(Path\)/],
  ['Query.in[0] == "x"', 6, /a name must follow the dot/, /Query\["name"\]/],
  ['# == "x"', 1, /inside any, all or none/],
  ['any(Query["a"], #index == 1)', 17, /`#index`/],
  ['any(Query["a"], .b == 1)', 17, /`\.` stands where a value should/],
  // literals
  ['Path == "/x', 9, /not closed/],
  ['Path == "/x\n"', 9, /not closed/],
  ['Path == `/x', 9, /not closed/],
  ['Path == `a``b`', 9, /back-quote/],
  ['Path matches "\\.php$"', 15, /unknown escape \\\./, /back-quotes/],
  ['Path == "\\u{41}"', 10, /unknown escape/],
  ['Path == "\\ud800"', 10, /unknown escape/],
  ['Path == "\\101"', 10, /unknown escape/],
  ['Path == "a\u202eb"', 11, /invisible character \(U\+202E\)/, /\\uXXXX/],
  ['Path == "a\ud800b"', 11, /invisible/],
  ['Path == "a\u0000b"', 11, /invisible/],
  ['Path\u200b == "x"', 5, /invisible/],
  ['len(Path) > 0x10', 13, /plain whole numbers/],
  ['len(Path) > 1.5', 13, /plain whole numbers/],
  ['len(Path) > 1_000', 13, /plain whole numbers/],
  ['len(Path) > 010', 13, /plain whole numbers/],
  ['len(Path) > 99999999999999999999', 13, /too large/],
  // structure
  ['', 1, /empty/],
  [' \n ', 1, /empty/],
  ['Path ==', 8, /ends where a value should/],
  ['(Path == "x"', 13, /ends where `\)` should/],
  ['Path == "x")', 12, /`\)` stands/],
  ['Path in ["x",]', 14, /`\]` stands where a value should/],
  ['len(Path,) == 1', 10, /`\)` stands where a value should/],
  ['any(Query["a"])', 15, /`\)` stands where `,` should/],
  ['any(Query["a"], {# == "x")', 26, /`\)` stands where `}` should/],
  ['Path == "a" == true', 13, /cannot be chained/, /parentheses/],
  ['1 < len(Path) < 5', 15, /cannot be chained/],
  ['"例" == 1', 5, /`==` does not go between a string and a number/],
  ['"👍" == 1', 5, /`==` does not go/],
  // types
  ['Path', 1, /a rule is a condition, and this is a string/],
  ['len(Path)', 1, /a rule is a condition, and this is a number/],
  ['Headers["Via"]', 8, /this is a list of strings/],
  ['Path == 1', 6, /does not go between/, /len\(text\)/],
  ['Path && true', 1, /joins conditions/],
  ['Path == "/a" || "/b"', 17, /joins conditions/, /repeat the whole comparison/],
  ['!Path startsWith "/a"', 2, /`!` takes a condition/, /Path not startsWith/],
  ['not Path == "/a"', 5, /`!` takes a condition/],
  ['-Path == "a"', 2, /`-` takes a number/],
  ['Headers["User-Agent"] contains "x"', 23, /a list of strings and a string/, /any\(list, # contains "x"\)/],
  ['Headers contains "x"', 9, /a map of lists/, /pick one/],
  ['Path contains ["a", "b"]', 6, /and a list of strings/, /any\(\["a", "b"\]/],
  ['Path in "/x"', 6, /does not go/, /contains/],
  ['1 in ["a"]', 3, /does not go/],
  ['1 in Headers', 3, /does not go/],
  ['Path in []', 9, /the list is empty/],
  ['Path in ["a", 1]', 15, /only strings or only numbers/],
  ['Path in [["a"]]', 10, /only strings or only numbers/],
  ['Query["a"] == ["x"]', 12, /does not go/, /any\(list/],
  ['Query == Query', 7, /does not go/],
  ['true < false', 6, /does not go/],
  ['Path + 1 == "x"', 6, /does not go/],
  ['Path[0] == "x"', 5, /a string has no items/],
  ['Headers[0] == "x"', 9, /indexed by a name/],
  ['Query["a"]["b"] == "x"', 12, /indexed by a number/],
  ['lower(Query["a"]) == "x"', 12, /lower takes a string here/, /lower\(Path\)/],
  ['lower() == "x"', 1, /lower takes other arguments/],
  ['any(Path, # == "x")', 5, /any takes a list of strings or a list of numbers/],
  ['any(Headers, # == "x")', 5, /any takes a list/],
  ['any(Query["a"], #)', 17, /any takes a condition here, and this is a string/],
  ['any([1, 2], # == "x")', 15, /does not go/],
  // requests
  ['Headers["user-agent"][0] == "x"', 9, /no request has a header spelt/, /"User-Agent"/],
  ['"X-API-Key" in Headers', 1, /no request has/, /"X-Api-Key"/],
  ['Headers["Host"][0] == "x"', 9, /Host is not among the headers/, /variable Host/],
  ['Host == "Shop.example.com"', 9, /lower case/, /"shop.example.com"/],
  ['Host in ["a.example", "B.example"]', 23, /lower case/],
];

describe('a refused rule', () => {
  it.each(REFUSED)('%j', (source, column, message, hint) => {
    const error = refusal(source);
    expect(error?.message).toMatch(message);
    expect(error?.column).toBe(column);
    expect(error?.hint ?? '').toMatch(hint ?? /^/);
  });
});

describe('a regular expression', () => {
  it.each([
    '^/a(b|c)+$',
    '\\d{2,4}\\bx',
    '(?i)select.+from',
    '[[:alpha:]\\p{Greek}]',
    '(?P<n>a)',
    '\\Q\\p{Foo}\\E',
    '\\\\p{Foo}',
  ])('takes %s', (pattern) => expect(refusal(`Path matches \`${pattern}\``)).toBeUndefined());

  it.each([
    'a(?=b)',
    '(?<!a)b',
    '(a)\\1',
    'a{1001}',
    '(a{100}){100}',
    '[',
    '(',
    '*a',
    'a**',
    '\\p{Foo}',
    '\\p{Garay}',
    '(?>a)',
    '\\Z',
  ])('refuses %s', (pattern) => {
    const error = refusal(`Path matches \`${pattern}\``);
    expect(error?.message).toMatch(/not a regular expression of RE2|not every edge knows/);
    expect(error?.column).toBe(14);
  });

  it('must be a literal', () => {
    expect(refusal('Path matches Host')?.message).toMatch(/literal regular expression/);
    expect(refusal('Path matches "a" + "b"')?.message).toMatch(/literal regular expression/);
  });

  it('must be small once compiled', () => {
    expect(refusal(`Path matches "${'x{1000}'.repeat(60)}"`)?.message).toMatch(/too large/);
  });
});

describe('bounds', () => {
  it('hold for the length', () => {
    const long = `Path == "${'x'.repeat(4086)}"`;
    expect(refusal(long)).toBeUndefined();
    expect(refusal(`${long} `)?.message).toMatch(/longer than 4096/);
  });

  it.each(['(', '!', '-', 'Query[', 'any(Query["a"], ', 'Path in [', 'lower('])(
    'hold for nesting by %s',
    (open) => {
      expect(refusal(open.repeat(60))?.message).toMatch(/nested too deeply/);
    },
  );

  it('allow a long row of conditions', () => {
    expect(refusal(Array.from({ length: 250 }, () => 'IP == "1"').join(' || '))).toBeUndefined();
  });
});

describe('docs/waf-expressions.md', () => {
  const page = readFileSync(new URL('../../docs/waf-expressions.md', import.meta.url), 'utf8');
  const examples = page.split('\n').filter((line) => line.startsWith('    '));

  it('has examples', () => expect(examples.length).toBeGreaterThan(8));

  // What follows the rule after a wide gap is a remark.
  it.each(examples.map((line) => line.trim().replace(/ {3}.*/, '')))('may say %s', (source) =>
    expect(refusal(source)).toBeUndefined(),
  );
});

interface Verdicts {
  compiles: string[];
  refused: string[];
}

const verdictsOf = (file: string) =>
  JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Verdicts;

describe('against expr-lang itself', () => {
  const verdicts = verdictsOf('expr-lang-verdicts.json');

  it('refuses whatever its compiler refuses', () => {
    expect(verdicts.refused.length).toBeGreaterThan(150);
    expect(verdicts.refused.filter((source) => refusal(source) === undefined)).toEqual([]);
  });

  it('takes the subset', () => {
    expect(verdicts.compiles.length).toBeGreaterThan(150);
    expect(verdicts.compiles.filter((source) => refusal(source) !== undefined)).toEqual([]);
  });
});

describe("against Go's regular expressions", () => {
  const verdicts = verdictsOf('go-regexp-verdicts.json');
  const matching = (pattern: string) => refusal(`Path matches ${JSON.stringify(pattern)}`);

  it('refuses whatever Go refuses', () => {
    expect(verdicts.refused.length).toBeGreaterThan(150);
    expect(verdicts.refused.filter((pattern) => matching(pattern) === undefined)).toEqual([]);
  });

  it('takes what Go compiles', () => {
    expect(verdicts.compiles.length).toBeGreaterThan(120);
    expect(verdicts.compiles.filter((pattern) => matching(pattern) !== undefined)).toEqual([]);
  });
});
