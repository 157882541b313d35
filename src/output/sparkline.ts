import { inPlaces } from './bins.ts';

const BLOCKS = ' ▁▂▃▄▅▆▇█';
const ASCII = ' .:-=+*#@';

/**
 * Values as one line, each as high as its share of the greatest: nothing is a blank, and the least that is something
 * can be seen.
 * @param width the line is at most as long.
 * @param unicode false draws it of ASCII.
 */
export function sparkline(values: readonly number[], width: number, unicode: boolean): string {
  const levels = [...(unicode ? BLOCKS : ASCII)];
  const line = values.length <= width ? values : inPlaces(values, width);
  const most = Math.max(0, ...line);
  return line.map((value) => (value > 0 ? levels[Math.ceil((value / most) * 8)]! : ' ')).join('');
}
