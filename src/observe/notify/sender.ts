import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../database/store.ts';
import { NetgoatError } from '../../errors.ts';
import type { Id } from '../../models/base.ts';
import type { Delivery } from '../../models/incident.ts';
import type { NotifyEvent } from './events.ts';
import { limiter } from './limiter.ts';
import { waitAfter } from './pace.ts';
import type { Pace } from './pace.ts';
import { post } from './post.ts';
import type { Posted } from './post.ts';
import { restate } from './records.ts';
import { signingKeyOf, urlOf } from './references.ts';
import type { Surroundings } from './references.ts';
import { signedHeaders } from './signature.ts';

/** A message that is recorded, and what it takes to send it. */
export interface Message {
  incident: Id;
  delivery: Delivery;
  /** Where the key is; null for none. */
  secret: string | null;
  /** Made when it is first sent. */
  body(): Promise<string>;
}

export interface SenderDeps extends Surroundings {
  store: Store;
  pace: Pace;
  now(): Date;
  log(event: NotifyEvent): void;
}

/** What ends the work of a sender. */
export interface Ending {
  /** Whoever began it waits for its end: only short waits are sat out from now on. */
  hurry: AbortSignal;
  /** Nothing is waited for any more, not even an answer. */
  stop: AbortSignal;
}

interface Place {
  url: URL;
  key: Buffer | null;
}

/** The longest wait that is sat out at the end: what failed once may be tried once more. */
const LAST_WAIT_MS = 2_000;
const MOST_REMEMBERED = 10_000;
const MOST_AT_ONCE = 16;
const MOST_AT_ONE_TARGET = 4;

/** Sends recorded messages, again where that may help, and records what came of each attempt. */
export class Sender {
  readonly #deps: SenderDeps;
  readonly #all = limiter(MOST_AT_ONCE);
  /** A webhook that hangs must not keep the others waiting. */
  readonly #perTarget = new Map<string, ReturnType<typeof limiter>>();
  /** Why messages were left for others, by their ids. */
  readonly #unknown = new Map<string, string>();

  constructor(deps: SenderDeps) {
    this.#deps = deps;
  }

  /**
   * Sends a message until it is taken, refused, or has to wait for long; then it is due for whoever comes first. So is,
   * as it was, what goes to a webhook that is not known here.
   * @throws what the store throws.
   */
  async send(message: Message, { hurry, stop }: Ending): Promise<void> {
    const { store, pace, now } = this.#deps;
    const { incident } = message;
    let delivery = message.delivery;
    const state = async (next: Partial<Delivery>): Promise<boolean> => {
      const holds = await restate(store, incident, delivery, next);
      delivery = { ...delivery, ...next };
      return holds;
    };
    const after = (ms: number) => new Date(now().getTime() + ms);
    for (;;) {
      if (stop.aborted) return void (await state({ due: now() }));
      const place = await this.#placeOf(message);
      if (typeof place === 'string') {
        this.#tellUnknown(message, delivery.attempts, place);
        const due = delivery.due !== null && delivery.due < now() ? delivery.due : now();
        const isNews = delivery.error !== place || delivery.due !== due;
        return void (isNews && (await state({ due, error: place })));
      }
      const attempts = delivery.attempts + 1;
      if (!(await state({ due: after(pace.leaseMs), attempts }))) return;
      const posted = await this.#attempt(message, place, stop);
      const { error, passing, retryAfterMs } = posted;
      this.#tell(message, attempts, posted);
      if (error === null) return void (await state({ due: null, deliveredAt: now(), error }));
      if (!passing) return void (await state({ due: null, error }));
      const wait = stop.aborted ? 0 : waitAfter(attempts, retryAfterMs, pace);
      const due = after(wait);
      const patienceMs = hurry.aborted ? Math.min(LAST_WAIT_MS, pace.patienceMs) : pace.patienceMs;
      if (wait > patienceMs || stop.aborted) return void (await state({ due, error }));
      if (!(await state({ due: after(wait + pace.leaseMs), error }))) return;
      const wake = wait > LAST_WAIT_MS ? hurry : stop;
      await sleep(wait, undefined, { signal: wake }).catch(() => undefined);
      if (wake.aborted) return void (await state({ due }));
    }
  }

  /** Where a message goes, and its key; in words, why this process does not know it. */
  async #placeOf({ delivery, secret }: Message): Promise<Place | string> {
    try {
      const url = await urlOf(delivery.target, this.#deps);
      return { url, key: secret === null ? null : await signingKeyOf(secret, this.#deps) };
    } catch (error) {
      if (!(error instanceof NetgoatError)) throw error;
      return error.message;
    }
  }

  async #attempt(message: Message, place: Place, signal: AbortSignal): Promise<Posted> {
    const { target } = message.delivery;
    const one = this.#perTarget.get(target) ?? limiter(MOST_AT_ONE_TARGET);
    this.#perTarget.set(target, one);
    return one(() => this.#all(() => this.#post(message, place, signal)));
  }

  async #post({ delivery, body }: Message, { url, key }: Place, signal: AbortSignal): Promise<Posted> {
    const { pace, now } = this.#deps;
    const text = await body();
    const headers = signedHeaders(key, delivery.id, now(), text);
    return post(url, headers, text, { timeoutMs: pace.timeoutMs, signal });
  }

  /** Once of each message: it is looked at again every minute. */
  #tellUnknown(message: Message, attempts: number, error: string): void {
    const { id } = message.delivery;
    if (this.#unknown.get(id) === error) return;
    if (this.#unknown.size === MOST_REMEMBERED) this.#unknown.clear();
    this.#unknown.set(id, error);
    this.#tell(message, attempts, { status: null, error, passing: true, retryAfterMs: null });
  }

  #tell({ incident, delivery }: Message, attempts: number, { error, passing }: Posted): void {
    const told = { incident: String(incident), what: delivery.event, target: delivery.target, attempts };
    if (error === null) this.#deps.log({ event: 'notified', ...told });
    else this.#deps.log({ event: 'not-notified', ...told, message: error, again: passing });
  }
}
