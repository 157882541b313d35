import type { Store } from '../../database/store.ts';
import type { Id } from '../../models/base.ts';
import { confirmNodes } from '../node-records.ts';
import type { Confirmation } from '../node-records.ts';

/** Notes what nodes confirm: those that answer while a note is being written share the next one. */
export class Confirmations {
  readonly #store: Store;
  #waiting = new Map<Id, Confirmation>();
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Resolves when it is written. */
  add(node: Id, confirmation: Confirmation): Promise<void> {
    this.#waiting.set(node, confirmation);
    this.#next ??= this.#writing
      .catch(() => undefined)
      .then(() => {
        const confirmed = this.#waiting;
        [this.#waiting, this.#next] = [new Map(), undefined];
        return (this.#writing = confirmNodes(this.#store, confirmed));
      });
    return this.#next;
  }
}
