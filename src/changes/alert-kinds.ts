import type { Alert, AlertKind } from '../models/alert.ts';

interface AlertDefaults {
  /** What the threshold counts. */
  counts: string;
  /** What it counts where it is a share, `20%`; undefined where it cannot be one. */
  share?: string;
  threshold: number;
  /** The highest threshold that can be meant. */
  most: number;
  /** Seconds. */
  window: number;
}

/** What an alert of each kind watches, and from when on it speaks up unless told otherwise. */
export const alertDefaults: Record<AlertKind, AlertDefaults> = {
  'bad-gateway-streak': {
    counts: 'answers of 502 in a row',
    share: '% of answers are 502',
    threshold: 5,
    most: 1_000_000,
    window: 300,
  },
  'error-rate': {
    counts: '% of answers are 5xx',
    share: '% of answers are 5xx',
    threshold: 5,
    most: 100,
    window: 300,
  },
  downtime: { counts: 'failed probes in a row', threshold: 3, most: 10_000, window: 300 },
  'tls-expiry': { counts: 'days before expiry', threshold: 14, most: 825, window: 300 },
};

/** The threshold of an alert in words: `5 answers of 502 in a row`, `20% of answers are 502`. */
export function thresholdWords({
  kind,
  threshold,
  percent,
}: Pick<Alert, 'kind' | 'threshold' | 'percent'>): string {
  const { counts, share = counts } = alertDefaults[kind];
  const words = percent === true ? share : counts;
  return words.startsWith('%') ? `${threshold}${words}` : `${threshold} ${words}`;
}
