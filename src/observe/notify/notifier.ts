import type { Alert } from '../../models/alert.ts';
import type { Domain } from '../../models/domain.ts';
import type { Delivery, Incident } from '../../models/incident.ts';

/** What has become of an incident, which the webhooks of its alert are told. */
export interface Notice {
  event: Delivery['event'];
  incident: Incident;
  alert: Alert;
  domain: Domain;
}

/** Tells webhooks, beside whatever else is going on. */
export interface Notifier {
  /** Returns at once and never throws: what comes of it is recorded with the incident. */
  tell(notice: Notice): void;
  /**
   * Waits for what is under way, no longer than this, and for no wait between attempts of more than two seconds: what is
   * left then is sent by who looks for it next.
   */
  settle(withinMs: number): Promise<void>;
}
