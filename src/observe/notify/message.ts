import { createHash } from 'node:crypto';
import type { Alert } from '../../models/alert.ts';
import type { Domain } from '../../models/domain.ts';
import type { Delivery, Incident } from '../../models/incident.ts';
import type { Notice } from './notifier.ts';

/** What all messages of an alert say of it. */
interface About {
  alert: Alert;
  domain: Domain;
  /** The slug of its team. */
  team: string;
}

/**
 * The name of a message: the same for who finds that it is to be sent a second time. An incident is opened and resolved
 * once, and rises to each severity once.
 */
export function messageId({ event, incident }: Pick<Notice, 'event' | 'incident'>, target: string): string {
  const severity = event === 'escalated' ? incident.severity : '';
  const text = JSON.stringify([String(incident._id), event, severity, target]);
  return `msg_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}

/** The body of a message: what happened, and the incident as it is now. */
export function bodyOf(event: Delivery['event'], incident: Incident, at: Date, about: About): string {
  const { _id, kind, severity, status, message, firstSeen, lastSeen, resolvedAt, count } = incident;
  const auto = incident.auto === true;
  const shown = { severity, status, message, firstSeen, lastSeen, resolvedAt, count, auto };
  const seen = event === 'resolved' ? lastWords(incident) : message;
  return JSON.stringify({
    type: `incident.${event}`,
    timestamp: at.toISOString(),
    text: `${about.domain.hostname}: ${kind} ${event} (${severity})${seen === '' ? '' : `: ${seen}`}`,
    data: { incident: { id: String(_id), kind, ...shown }, ...dataOf(about) },
  });
}

/** What was seen at the end, or what the person said who resolved it. */
function lastWords({ timeline }: Incident): string {
  return timeline.findLast(({ event }) => event === 'resolved')?.text ?? '';
}

/** The body of the message of `alert test`. */
export function testBody(at: Date, about: About): string {
  return JSON.stringify({
    type: 'alert.test',
    timestamp: at.toISOString(),
    text: `${about.domain.hostname}: ${about.alert.kind}: a test, nothing is wrong`,
    data: dataOf(about),
  });
}

function dataOf({ alert, domain, team }: About) {
  const { kind, threshold, percent = false, window } = alert;
  return { alert: { kind, threshold, percent, window }, domain: domain.hostname, team };
}
