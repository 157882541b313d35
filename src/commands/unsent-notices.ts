import type { Happening } from '../edge/event-lines.ts';

/** The messages to webhooks that have not been taken, of what is said of each while it is tried. */
export class UnsentNotices {
  readonly #last = new Map<string, string>();

  /** Takes what happens. */
  readonly log = (happening: Happening): void => {
    const { event, incident, what, target, message, again } = happening as Record<string, unknown>;
    const key = [incident, what, target].join('\n');
    if (event === 'notified') this.#last.delete(key);
    if (event === 'not-notified') {
      const more = again === true ? '; it will be tried again' : '';
      this.#last.set(key, `${String(target)} was not told: ${String(message)}${more}`);
    }
    if (event === 'notify-failed') this.#last.set(key, `a webhook was not told: ${String(message)}`);
  };

  /** A line each; what can be tried again is, by the next check or by `sync serve`. */
  lines(): string[] {
    return [...new Set(this.#last.values())];
  }
}
