import type { Delivery } from '../../models/incident.ts';

type Told = Pick<Delivery, 'target' | 'attempts'> & {
  incident: string;
  /** Of the incident: opened, escalated, resolved. */
  what: Delivery['event'];
};

/** What is said of messages to webhooks while they are sent; none of it shows what a reference stands for. */
export type NotifyEvent =
  | ({ event: 'notified' } & Told)
  /** `again`: it will be tried again. */
  | ({ event: 'not-notified'; message: string; again: boolean } & Told)
  | { event: 'notify-failed'; message: string };
