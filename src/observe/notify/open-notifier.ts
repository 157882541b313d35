import { setMaxListeners } from 'node:events';
import type { Store } from '../../database/store.ts';
import type { Id } from '../../models/base.ts';
import { teamSlugs } from '../../queries/teams.ts';
import type { NotifyEvent } from './events.ts';
import { bodyOf, messageId } from './message.ts';
import type { Notice, Notifier } from './notifier.ts';
import { PACE } from './pace.ts';
import type { Pace } from './pace.ts';
import { record } from './records.ts';
import { leftBehind } from './left-behind.ts';
import type { Surroundings } from './references.ts';
import { Sender } from './sender.ts';
import type { Message } from './sender.ts';

interface NotifierDeps extends Surroundings {
  store: Store;
  now(): Date;
  log(event: NotifyEvent): void;
  /** Of tests. */
  pace?: Pace;
}

/** A notifier that also sends what others left behind. */
export interface WebhookNotifier extends Notifier {
  /**
   * Begins to send what is due and in nobody's hand: what a process that died did not send, what could not be sent
   * before, and what nobody recorded at all. It is to be called at the start, and from time to time.
   * @param teams only of these; null for all.
   * @throws what the store throws.
   */
  redeliver(teams: readonly Id[] | null): Promise<void>;
}

/** More than this at once is left to whoever looks for it next: a webhook that hangs must not fill the memory. */
const MOST_UNDER_WAY = 1_000;

/** Tells the webhooks of alerts by HTTP, signed after Standard Webhooks 1.0. */
export function openNotifier(deps: NotifierDeps): WebhookNotifier {
  return new Webhooks(deps);
}

class Webhooks implements WebhookNotifier {
  readonly #deps: NotifierDeps & { pace: Pace };
  readonly #sender: Sender;
  readonly #underWay = new Set<Promise<void>>();
  /** The last message to each target about an incident: that it is over is not to arrive before that it began. */
  readonly #last = new Map<string, Promise<void>>();
  #ending = newEnding();

  constructor(deps: NotifierDeps) {
    this.#deps = { pace: PACE, ...deps };
    this.#sender = new Sender(this.#deps);
  }

  tell(notice: Notice): void {
    const at = this.#deps.now();
    for (const target of notice.alert.notify) this.#begin(notice, target, at);
  }

  async redeliver(teams: readonly Id[] | null): Promise<void> {
    const { store, now } = this.#deps;
    const { due, untold } = await leftBehind(store, teams, now());
    for (const { notice, delivery } of due) {
      this.#enqueue(messageOf(store, notice, delivery), async () => true);
    }
    for (const { notice, target } of untold) this.#begin(notice, target, now());
  }

  async settle(withinMs: number): Promise<void> {
    const { hurry, stop } = this.#ending;
    hurry.abort();
    const timer = setTimeout(() => stop.abort(), withinMs);
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
    clearTimeout(timer);
    this.#ending = newEnding();
  }

  #begin(notice: Notice, target: string, at: Date): void {
    const { store, pace } = this.#deps;
    const due = new Date(at.getTime() + pace.leaseMs);
    const id = messageId(notice, target);
    const message = messageOf(store, notice, {
      id,
      event: notice.event,
      target,
      at,
      attempts: 0,
      deliveredAt: null,
      error: null,
      due,
    });
    this.#enqueue(message, () => record(store, message.incident, message.delivery));
  }

  #enqueue(message: Message, first: () => Promise<boolean>): void {
    const { incident, delivery } = message;
    const key = `${String(incident)} ${delivery.target}`;
    const before = this.#last.get(key);
    const run = async (): Promise<void> => {
      if (!(await first())) return;
      await before;
      // What is left is sent by whoever looks for it next.
      if (this.#underWay.size > MOST_UNDER_WAY) return;
      const { hurry, stop } = this.#ending;
      await this.#sender.send(message, { hurry: hurry.signal, stop: stop.signal });
    };
    const running = run()
      .catch((error: unknown) => {
        this.#deps.log({ event: 'notify-failed', message: (error as Error).message });
      })
      .finally(() => {
        this.#underWay.delete(running);
        if (this.#last.get(key) === running) this.#last.delete(key);
      });
    this.#underWay.add(running);
    this.#last.set(key, running);
  }
}

interface EndingControllers {
  hurry: AbortController;
  stop: AbortController;
}

function newEnding(): EndingControllers {
  const ending = { hurry: new AbortController(), stop: new AbortController() };
  // Every message that waits listens to them, and Node takes more than ten for a mistake.
  setMaxListeners(0, ending.hurry.signal, ending.stop.signal);
  return ending;
}

function messageOf(store: Store, notice: Notice, delivery: Message['delivery']): Message {
  const { incident, alert, domain } = notice;
  let body: Promise<string> | undefined;
  const make = async (): Promise<string> => {
    const slugs = await teamSlugs(store, [domain.teamId]);
    const team = slugs.get(String(domain.teamId)) ?? '';
    return bodyOf(delivery.event, incident, delivery.at, { alert, domain, team });
  };
  return {
    incident: incident._id,
    delivery,
    secret: alert.secret ?? null,
    body: async () => (body ??= make()),
  };
}
