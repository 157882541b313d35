import { onInterruption } from '../interruption.ts';
import { inert } from './sanitize.ts';

const SHOWN_AFTER_MS = 1_000;
const DRAWN_EVERY_MS = 100;
const LONGEST_BAR = 30;
const SHORTEST_BAR = 5;
const ERASE = '\r\u001b[K';

type Output = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

/** Told how far some work is. */
export interface Progress {
  /**
   * @param label what is being done, a few words.
   * @param total undefined where nobody knows: then only the number is shown.
   */
  report(label: string, done: number, total?: number): void;
  /** Takes the bar off the screen, until the next report. */
  clear(): void;
}

type Report = Parameters<Progress['report']>;

/** Of a stream that is no terminal. */
const SILENT: Progress = { report: () => undefined, clear: () => undefined };

/**
 * Does the work with a bar on the stream that shows how far it is, if that is a terminal and `enabled`; work that
 * takes no longer than a second never shows one. It is drawn when the work reports, so work that leaves no time for
 * timers shows it too. Nothing of it is left on the screen, whatever way this ends.
 */
export async function withProgress<T>(
  stream: Output,
  enabled: boolean,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  if (!enabled || !stream.isTTY) return work(SILENT);
  const start = performance.now();
  let drawn = -Infinity;
  let last = '';
  let latest: Report | undefined;
  const draw = (): void => {
    const now = performance.now();
    if (latest === undefined || now - start < SHOWN_AFTER_MS || now - drawn < DRAWN_EVERY_MS) return;
    drawn = now;
    const line = progressLine(latest, stream.columns ?? 80);
    if (line !== last) stream.write(`${ERASE}${line}`);
    last = line;
  };
  const clear = (): void => {
    if (last !== '') stream.write(ERASE);
    last = '';
    drawn = -Infinity;
    latest = undefined;
  };
  // What was reported once, before the first second was over, is shown as well.
  const timer = setTimeout(draw, SHOWN_AFTER_MS + 1);
  const forget = onInterruption(clear);
  try {
    return await work({
      report: (...report) => {
        latest = report;
        draw();
      },
      clear,
    });
  } finally {
    clearTimeout(timer);
    forget();
    clear();
  }
}

/** One line that is narrower than the terminal, so that it can be erased: `Writing [####      ] 40 %  400/1000`. */
function progressLine([label, done, total]: Report, columns: number): string {
  const words = inert(label);
  const room = columns - 1;
  if (total === undefined || total <= 0) return `${words} ${done.toLocaleString('en-US')}`.slice(0, room);
  const share = Math.min(1, done / total);
  const percent = ` ${Math.floor(share * 100)} %`;
  const length = Math.min(LONGEST_BAR, room - words.length - percent.length - 3);
  if (length < SHORTEST_BAR) return `${words.slice(0, Math.max(0, room - percent.length))}${percent}`;
  const full = Math.round(share * length);
  const bar = ` [${'#'.repeat(full)}${' '.repeat(length - full)}]`;
  const counts = `  ${done.toLocaleString('en-US')}/${total.toLocaleString('en-US')}`;
  const line = `${words}${bar}${percent}`;
  return line.length + counts.length <= room ? `${line}${counts}` : line;
}
