import { describe, expect, it } from 'vitest';
import { inPlaces } from '../../src/output/bins.ts';
import { byteText, percentText, shortNumber, wholeNumber } from '../../src/output/numbers.ts';
import { barPlot } from '../../src/output/plot.ts';
import { sparkline } from '../../src/output/sparkline.ts';
import { barsSvg } from '../../src/output/svg.ts';
import { readsUnicode } from '../../src/output/terminal-text.ts';

const PRINTABLE_ASCII = /^[ -~]*$/;

describe('a sparkline', () => {
  it('shows each value as its share of the greatest, nothing as a blank, and a trace of anything', () => {
    expect(sparkline([0, 1, 50, 100], 10, true)).toBe(' ▁▄█');
    expect(sparkline([0, 1, 50, 100], 10, false)).toBe(' .=@');
    expect(sparkline([0, 0], 10, true)).toBe('  ');
    expect(sparkline([], 10, true)).toBe('');
  });

  it('is never longer than the room, and shows the mean of what shares a place', () => {
    expect(sparkline([0, 100, 50, 50, 0, 0], 3, true)).toBe('██ ');
    expect(sparkline(Array<number>(1_000).fill(1), 17, true)).toBe('█'.repeat(17));
  });
});

describe('bars', () => {
  const labels = Array.from({ length: 24 }, (_, at) => `${String(at).padStart(2, '0')}:00`);
  const values = labels.map((_, at) => at * 500);

  it.each([true, false])('fit 40 and 80 columns and any number of values (unicode: %s)', (unicode) => {
    for (const width of [20, 40, 80, 200]) {
      for (const count of [1, 2, 24, 180, 10_080]) {
        const many = Array.from({ length: count }, (_, at) => at);
        const lines = barPlot({ values: many, labels: many.map(String), width, unicode });
        expect(lines).toHaveLength(10);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      }
    }
  });

  it('have a scale that is easily read, and labels where they belong', () => {
    const lines = barPlot({ values, labels, width: 78, unicode: true });
    expect(lines[0]).toBe(`12k │ ${' '.repeat(66)}▃▃▃▅▅▅`);
    expect(lines[4]).toMatch(/^ 6k │ +/);
    expect(lines[8]).toBe(` 0 └${'─'.repeat(73)}`.padStart(78));
    expect(lines[9]).toBe('      00:00    03:00    06:00    09:00    12:00    15:00    18:00    21:00');
  });

  it('are of ASCII where nothing else is read, and not drawn where there is no room', () => {
    expect(barPlot({ values, labels, width: 40, unicode: false }).join('')).toMatch(PRINTABLE_ASCII);
    expect(barPlot({ values, labels, width: 12, unicode: true })).toEqual([]);
    expect(barPlot({ values: [], labels: [], width: 80, unicode: true })).toEqual([]);
  });

  it('share the room evenly', () => {
    expect(inPlaces([1, 2], 5)).toEqual([1, 1, 2, 2]);
    expect(inPlaces([1, 3, 5, 7, 9], 2)).toEqual([2, 7]);
  });
});

describe('numbers for people', () => {
  it.each([
    [byteText(0), '0 B'],
    [byteText(1_023), '1023 B'],
    [byteText(1_024), '1 KiB'],
    [byteText(1_048_575), '1 MiB'],
    [byteText(1.5 * 1_024 ** 3), '1.5 GiB'],
    [shortNumber(999), '999'],
    [shortNumber(999_999), '1M'],
    [shortNumber(1_250), '1.3k'],
    [shortNumber(2.5), '2.5'],
    [wholeNumber(1_234_567), '1,234,567'],
    [percentText(0, 0), ''],
    [percentText(1, 3), '33.3 %'],
    [percentText(1, 1_000_000), '<0.1 %'],
    [percentText(999_999, 1_000_000), '99.9 %'],
    [percentText(5, 5), '100.0 %'],
  ])('%s', (text, wanted) => expect(text).toBe(wanted));
});

describe('a picture', () => {
  const layers = [
    { name: '2xx', color: '#000000', values: [1, 2, 3] },
    { name: '5xx', color: '#ff0000', values: [0, 1, 0] },
  ];

  it('is a file of its own with title and description, in which no text is markup', () => {
    const svg = barsSvg({
      title: `</title><script>alert("1")</script>&'`,
      description: 'a\u001b[31m<b>',
      layers,
      labels: ['<a>', 'b', 'c'],
      caption: '<c>',
    });
    expect(svg).toContain(
      '<title id="title">&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;</title>',
    );
    expect(svg).toContain('<desc id="description">a\\x1b[31m&lt;b&gt;</desc>');
    expect(svg).toContain('role="img" aria-labelledby="title description"');
    expect(svg).toContain('<title>&lt;a&gt;: 2xx 1, 5xx 0</title>');
    expect(svg).toContain('>&lt;c&gt;</text>');
    expect(svg).not.toMatch(/<script|href|url\(|@import/);
    expect(svg.match(/<g>/g)).toHaveLength(3);
  });

  it('adds neighbours up where there are more bars than can be seen apart', () => {
    const values = Array<number>(10_080).fill(1);
    const svg = barsSvg({
      title: 't',
      description: 'd',
      layers: [{ name: '2xx', color: '#000000', values }],
      labels: values.map(String),
      caption: '',
    });
    const bars = [...svg.matchAll(/: 2xx (\d+)<\/title>/g)].map(([, count]) => Number(count));
    expect(bars.length).toBeLessThanOrEqual(435);
    expect(bars.reduce((sum, count) => sum + count, 0)).toBe(10_080);
  });
});

describe('unicode', () => {
  it.each([
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LANG: 'C.utf8' }, true],
    [{ LANG: 'C' }, false],
    [{}, false],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'C', LC_CTYPE: 'C.UTF-8', LC_ALL: '' }, true],
    [{ WT_SESSION: 'x' }, true],
  ])('with %j: %s', (env, wanted) => expect(readsUnicode(env)).toBe(wanted));
});
