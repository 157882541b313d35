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

const MOST_AT_ONCE = 16;
const MOST_AT_ONE_TARGET = 4;

/** Sends recorded messages, again where that may help, and records what came of each attempt. */
export class Sender {
  readonly #deps: SenderDeps;
  readonly #all = limiter(MOST_AT_ONCE);
  /** A webhook that hangs must not keep the others waiting. */
  readonly #perTarget = new Map<string, ReturnType<typeof limiter>>();

  constructor(deps: SenderDeps) {
    this.#deps = deps;
  }

  /**
   * Sends a message until it is taken, refused, or has to wait for long; then it is due for whoever comes first.
   * @param signal gives it up in the same way.
   * @throws what the store throws.
   */
  async send(message: Message, signal: AbortSignal): Promise<void> {
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
      if (signal.aborted) return void (await state({ due: now() }));
      const attempts = delivery.attempts + 1;
      if (!(await state({ due: after(pace.leaseMs), attempts }))) return;
      const posted = await this.#attempt(message, signal);
      const { error, passing, retryAfterMs } = posted;
      this.#tell(message, attempts, posted);
      if (error === null) return void (await state({ due: null, deliveredAt: now(), error }));
      if (!passing) return void (await state({ due: null, error }));
      const wait = signal.aborted ? 0 : waitAfter(attempts, retryAfterMs, pace);
      const due = after(wait);
      if (wait > pace.patienceMs || signal.aborted) return void (await state({ due, error }));
      if (!(await state({ due: after(wait + pace.leaseMs), error }))) return;
      await sleep(wait, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return void (await state({ due }));
    }
  }

  async #attempt(message: Message, signal: AbortSignal): Promise<Posted> {
    const { target } = message.delivery;
    const one = this.#perTarget.get(target) ?? limiter(MOST_AT_ONE_TARGET);
    this.#perTarget.set(target, one);
    return one(() => this.#all(() => this.#post(message, signal)));
  }

  async #post({ delivery, secret, body }: Message, signal: AbortSignal): Promise<Posted> {
    const { pace, now } = this.#deps;
    try {
      const url = await urlOf(delivery.target, this.#deps);
      const key = secret === null ? null : await signingKeyOf(secret, this.#deps);
      const text = await body();
      const headers = signedHeaders(key, delivery.id, now(), text);
      return await post(url, headers, text, { timeoutMs: pace.timeoutMs, signal });
    } catch (error) {
      if (!(error instanceof NetgoatError)) throw error;
      // Another process may know it, and this one a corrected file.
      return { status: null, error: error.message, passing: true, retryAfterMs: pace.patienceMs + 1 };
    }
  }

  #tell({ incident, delivery }: Message, attempts: number, { error, passing }: Posted): void {
    const told = { incident: String(incident), what: delivery.event, target: delivery.target, attempts };
    if (error === null) this.#deps.log({ event: 'notified', ...told });
    else this.#deps.log({ event: 'not-notified', ...told, message: error, again: passing });
  }
}
