import { niceAbove, shortNumber } from './numbers.ts';
import { inert } from './sanitize.ts';

/** What is stacked in each bar, the lowest first. */
export interface Layer {
  name: string;
  /** Of SVG: `#1a7f37`. */
  color: string;
  values: readonly number[];
}

/** A picture of bars. */
export interface Picture {
  title: string;
  /** In words, what the picture shows: for who cannot see it. */
  description: string;
  layers: readonly Layer[];
  /** A bar each: when it was. */
  labels: readonly string[];
  /** A line below it. */
  caption: string;
}

const [WIDTH, HEIGHT] = [960, 400];
const PLOT = { left: 70, top: 70, right: 940, bottom: 340 } as const;
const MOST_BARS = 435;
const MOST_LABELS = 6;
/** As much as the longest label takes. */
const LABEL_WIDTH = 120;
const LINES = 4;

const STYLE = `text { font: 12px system-ui, sans-serif; fill: #24292f } .title { font-size: 18px; font-weight: 600 }
.line { stroke: #d0d7de } .back { fill: #ffffff }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .line { stroke: #3d444d } .back { fill: #0d1117 } }`;

/**
 * A picture as an SVG file that needs nothing else: bars of layers, a scale, a key. Of more bars than can be seen apart
 * neighbours are added up.
 */
export function barsSvg({ title, description, layers, labels, caption }: Picture): string {
  const together = Math.max(1, Math.ceil(labels.length / MOST_BARS));
  const bars = { layers: layers.map((layer) => ({ ...layer, values: summed(layer.values, together) })) };
  const shown = labels.filter((_, at) => at % together === 0);
  const sums = shown.map((_, at) => bars.layers.reduce((sum, { values }) => sum + values[at]!, 0));
  const most = niceAbove(Math.max(0, ...sums));
  const body = [
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="back" width="${WIDTH}" height="${HEIGHT}"/>`,
    `<text class="title" x="${PLOT.left}" y="28">${escaped(title)}</text>`,
    ...key(bars.layers),
    ...scale(most),
    ...shown.map((label, at) => bar(bars.layers, { label, at, of: shown.length, most })),
    ...axis(shown),
    `<text x="${PLOT.left}" y="${HEIGHT - 12}">${escaped(caption)}</text>`,
  ];
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title description">`;
  return [`<?xml version="1.0" encoding="UTF-8"?>`, open, ...body, '</svg>', ''].join('\n');
}

function summed(values: readonly number[], together: number): number[] {
  return Array.from({ length: Math.ceil(values.length / together) }, (_, at) =>
    values.slice(at * together, (at + 1) * together).reduce((sum, value) => sum + value, 0),
  );
}

function key(layers: readonly Layer[]): string[] {
  return layers.flatMap(({ name, color }, at) => {
    const x = PLOT.left + at * 90;
    return [
      `<rect x="${x}" y="42" width="12" height="12" fill="${color}"/>`,
      `<text x="${x + 18}" y="52">${escaped(name)}</text>`,
    ];
  });
}

function scale(most: number): string[] {
  return Array.from({ length: LINES + 1 }, (_, at) => {
    const y = fixed(PLOT.bottom - (at / LINES) * (PLOT.bottom - PLOT.top));
    return (
      `<line class="line" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y}" y2="${y}"/>` +
      `<text x="${PLOT.left - 8}" y="${Number(y) + 4}" text-anchor="end">${shortNumber((at / LINES) * most)}</text>`
    );
  });
}

/** One bar, with what it counts in words where a pointer is held over it. */
function bar(
  layers: readonly Layer[],
  { label, at, of, most }: { label: string; at: number; of: number; most: number },
): string {
  const slot = (PLOT.right - PLOT.left) / of;
  const gap = Math.min(2, slot * 0.15);
  let bottom: number = PLOT.bottom;
  const parts = layers.flatMap(({ color, values }) => {
    const height = (values[at]! / most) * (PLOT.bottom - PLOT.top);
    if (height === 0) return [];
    bottom -= height;
    const x = fixed(PLOT.left + at * slot + gap / 2);
    return `<rect x="${x}" y="${fixed(bottom)}" width="${fixed(slot - gap)}" height="${fixed(height)}" fill="${color}"/>`;
  });
  if (parts.length === 0) return '';
  const counts = layers
    .map(({ name, values }) => `${name} ${values[at]!.toLocaleString('en-US')}`)
    .join(', ');
  return `<g><title>${escaped(`${label}: ${counts}`)}</title>${parts.join('')}</g>`;
}

function axis(labels: readonly string[]): string[] {
  const every = Math.ceil(labels.length / MOST_LABELS);
  const slot = (PLOT.right - PLOT.left) / labels.length;
  return labels.flatMap((label, at) =>
    at % every === 0 && at * slot <= PLOT.right - PLOT.left - LABEL_WIDTH
      ? [`<text x="${fixed(PLOT.left + at * slot)}" y="${PLOT.bottom + 20}">${escaped(label)}</text>`]
      : [],
  );
}

function fixed(value: number): string {
  return String(Math.round(value * 100) / 100);
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return inert(text).replace(/[&<>"']/g, (char) => ENTITIES[char]!);
}
