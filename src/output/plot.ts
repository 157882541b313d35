import { inPlaces } from './bins.ts';
import { niceAbove, shortNumber } from './numbers.ts';

const HEIGHT = 8;
const NARROWEST = 8;
/** How full a character is, in eighths. */
const UNICODE = { levels: ' ▁▂▃▄▅▆▇█', side: '│', corner: '└', line: '─', step: 8 } as const;
const ASCII = { levels: ' #', side: '|', corner: '+', line: '-', step: 1 } as const;

/** What is drawn. */
interface Plot {
  values: readonly number[];
  /** What the places stand for, from the left to the right: as many are shown as there is room for. */
  labels: readonly string[];
  width: number;
  unicode: boolean;
}

/**
 * Upright bars with a scale at their left and labels below, in lines that fit the width; many values share a bar,
 * which shows their mean. Nothing where there is no room, or nothing to show.
 */
export function barPlot({ values, labels, width, unicode }: Plot): string[] {
  const { levels, side, corner, line, step } = unicode ? UNICODE : ASCII;
  const most = niceAbove(Math.max(0, ...values));
  const scale = [most, most / 2, 0].map(shortNumber);
  const left = Math.max(...scale.map((text) => text.length));
  const room = width - left - 3;
  if (values.length === 0 || room < NARROWEST) return [];
  const bars = inPlaces(values, room);
  const heights = bars.map((value) => heightOf(value, most, step));
  const rows = Array.from({ length: HEIGHT }, (_, row) => {
    const floor = (HEIGHT - 1 - row) * step;
    const label = row === 0 ? scale[0]! : row === HEIGHT / 2 ? scale[1]! : '';
    const drawn = heights.map((height) => levels[Math.max(0, Math.min(step, height - floor))]!).join('');
    return `${label.padStart(left)} ${side} ${drawn}`.trimEnd();
  });
  const base = `${scale[2]!.padStart(left)} ${corner}${line.repeat(bars.length + 1)}`;
  const below = `${' '.repeat(left + 3)}${axisLabels(labels, bars.length)}`;
  return [...rows, base, below.trimEnd()];
}

/** The least that is something can be seen. */
function heightOf(value: number, most: number, step: number): number {
  return value > 0 ? Math.max(1, Math.round((value / most) * HEIGHT * step)) : 0;
}

/** Labels at the places that they stand for, evenly, as many as leave blanks between them; the first one always. */
function axisLabels(labels: readonly string[], width: number): string {
  const widest = Math.max(...labels.map((label) => label.length)) + 2;
  const every = Math.max(1, Math.ceil((labels.length * widest) / width));
  let text = '';
  for (let at = 0; at < labels.length; at += every) {
    const place = Math.floor((at * width) / labels.length);
    if (place + widest - 2 <= width) text = text.padEnd(place) + labels[at]!;
  }
  return text;
}
