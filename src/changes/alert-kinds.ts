import type { AlertKind } from '../models/alert.ts';

interface AlertDefaults {
  /** What the threshold counts. */
  counts: string;
  threshold: number;
  /** The highest threshold that can be meant. */
  most: number;
  /** Seconds. */
  window: number;
}

/** What an alert of each kind watches, and from when on it speaks up unless told otherwise. */
export const alertDefaults: Record<AlertKind, AlertDefaults> = {
  'bad-gateway-streak': { counts: 'answers of 502 in a row', threshold: 5, most: 1_000_000, window: 300 },
  'error-rate': { counts: '% of answers are 5xx', threshold: 5, most: 100, window: 300 },
  downtime: { counts: 'failed probes in a row', threshold: 3, most: 10_000, window: 300 },
  'tls-expiry': { counts: 'days before expiry', threshold: 14, most: 825, window: 86_400 },
};
