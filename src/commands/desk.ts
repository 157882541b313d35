import type { Happening } from '../edge/event-lines.ts';
import type { Desk } from '../observe/judge.ts';
import { openNotifier } from '../observe/notify/open-notifier.ts';
import type { WebhookNotifier } from '../observe/notify/open-notifier.ts';
import type { Call } from './spec.ts';

/** What a command judges with, and what its webhooks need at its start and end. */
export interface CommandDesk extends Desk {
  readonly notifier: WebhookNotifier;
}

/**
 * What judging works with: the store and the clock of a command, and webhooks that are looked up where it runs.
 * @param log is told of incidents, and of messages to webhooks.
 */
export function openDesk({ store, context }: Call, log: (event: Happening) => void): CommandDesk {
  const { env, cwd, now } = context.world;
  const webhooks = openNotifier({ store, env, cwd, now, log });
  const notifier: WebhookNotifier = {
    tell: (notice) => {
      const { event: what, incident, alert, domain } = notice;
      log({
        event: 'incident',
        what,
        kind: alert.kind,
        domain: domain.hostname,
        incident: String(incident._id),
      });
      webhooks.tell(notice);
    },
    settle: (withinMs) => webhooks.settle(withinMs),
    redeliver: (teams) => webhooks.redeliver(teams),
  };
  return { store, notifier, now };
}
