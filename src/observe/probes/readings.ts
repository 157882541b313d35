import type { X509Certificate } from 'node:crypto';
import { foreignNames, validityOf } from '../../changes/tls.ts';
import type { Domain } from '../../models/domain.ts';
import type { Reading, Watched } from '../alert-states.ts';
import type { Seen } from './probe.ts';

/** What a reading of a probe says, beside when. */
type Finding = Pick<Reading, 'bad' | 'text' | 'severity'>;

const DAY_MS = 86_400_000;
/** A certificate that ends within so many days is more than a note to oneself. */
const URGENT_DAYS = 3;

/**
 * What a probe tells an alert; null where it has seen nothing of what the alert is about.
 * @param watched an alert on downtime or tls-expiry.
 */
export function findingOf(watched: Watched, seen: Seen, now: Date): Finding | null {
  if (watched.alert.kind === 'downtime') return { bad: !seen.up, text: seen.text, severity: 'critical' };
  return seen.certificate === null ? remembered(watched, seen, now) : shown(watched, seen.certificate, now);
}

function shown({ alert, domain }: Watched, certificate: X509Certificate, now: Date): Finding {
  const { until } = validityOf(certificate);
  const [fault] = certificateFaults(domain, certificate, now);
  return fault === undefined
    ? endFinding(alert.threshold, until, now)
    : { bad: true, text: fault, severity: 'critical' };
}

/** What keeps clients from taking a certificate for a domain; who signed it is not looked at. */
export function certificateFaults(
  domain: Pick<Domain, 'hostname'>,
  certificate: X509Certificate,
  now: Date,
): string[] {
  const { from, until } = validityOf(certificate);
  const foreign = foreignNames(certificate, domain);
  return [
    ...(now > until ? [endFinding(0, until, now).text] : []),
    ...(foreign === null ? [] : [`the certificate is for ${foreign}, not for ${domain.hostname}`]),
    ...(now < from ? [`the certificate is not valid before ${from.toISOString()}`] : []),
  ];
}

/**
 * What is known of the certificate that was seen last: that it ends soon is true whether it was seen now or not, that
 * it lasts may have been told by hand and is no news of the edge.
 */
function remembered({ alert, domain }: Watched, { why }: Seen, now: Date): Finding | null {
  const { notAfter } = domain.tls;
  if (notAfter === null) return null;
  const { bad, text, severity } = endFinding(alert.threshold, notAfter, now);
  return bad ? { bad, text: `${text}, and none is seen now: ${why}`, severity } : null;
}

function endFinding(threshold: number, until: Date, now: Date): Finding {
  const days = (until.getTime() - now.getTime()) / DAY_MS;
  const words = days < 0 ? 'ended' : 'ends';
  const text = `the certificate ${words} ${distance(days)} (${until.toISOString()})`;
  const severity = days < 0 ? 'critical' : days <= URGENT_DAYS ? 'major' : 'minor';
  return { bad: days <= threshold, text, severity };
}

/** `in 5 days`, `2 days ago`, `within a day`; days that are not over do not count. */
function distance(days: number): string {
  const whole = Math.floor(Math.abs(days));
  if (whole === 0) return days < 0 ? 'less than a day ago' : 'within a day';
  const words = `${whole} day${whole === 1 ? '' : 's'}`;
  return days < 0 ? `${words} ago` : `in ${words}`;
}

/** Why a probe tells an alert on certificates nothing. */
export function unseenWords({ tls }: Pick<Domain, 'tls'>, { why }: Seen): string {
  const known =
    tls.notAfter === null ? '' : `; the last one that is known ends ${tls.notAfter.toISOString()}`;
  return `no certificate is seen: ${why}${known}`;
}
