import { PassThrough, Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { World } from '../../src/context.ts';
import type { Happening } from '../../src/edge/event-lines.ts';
import { main } from '../../src/main.ts';

export type EventOf<E extends Happening, T extends E['event']> = Extract<E, { event: T }>;

/** A netgoat command that runs in this process until it is told to end, and tells what it does by `--log json`. */
export interface Running<E extends Happening> {
  /** All that it has told so far. */
  readonly events: readonly E[];
  readonly stderr: () => string;
  /**
   * The first event of this type that no call has given yet and that has these fields, once it is told.
   * @throws Error: the command ended without it, or it was not told within ten seconds.
   */
  next<T extends E['event']>(type: T, fields?: Partial<EventOf<E, T>>): Promise<EventOf<E, T>>;
  /** Ends it in order. */
  stop(): Promise<number>;
  /** Its exit code, once it has ended. */
  readonly code: Promise<number>;
}

const PATIENCE_MS = 10_000;

/** Starts such a command; it is stopped when the test has finished. */
export function startRunning<E extends Happening>(
  words: readonly string[],
  { cwd, env }: { cwd: string; env: Record<string, string> },
): Running<E> {
  const ending = new AbortController();
  const telling = new Telling<E>();
  const stderr = new PassThrough();
  let said = '';
  stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const world: World = {
    stdin: Readable.from([]),
    stdout: telling.stream,
    stderr,
    env: { USER: 'tester', ...env },
    cwd,
    now: () => new Date(),
    ending: ending.signal,
  };
  const code = main([...words, '--log', 'json'], world).finally(() => telling.end(() => said));
  const stop = (): Promise<number> => {
    ending.abort();
    return code;
  };
  onTestFinished(async () => void (await stop()));
  return {
    events: telling.events,
    stderr: () => said,
    next: (type, fields) => telling.next(type, fields),
    stop,
    code,
  };
}

/** Reads events off a stream as they are told, and gives each away once. */
class Telling<E extends Happening> {
  readonly stream = new PassThrough();
  readonly events: E[] = [];
  readonly #given = new Set<E>();
  #text = '';
  #ended: string | undefined;
  #wake: (() => void)[] = [];

  constructor() {
    this.stream.on('data', (chunk: Buffer) => {
      const [rest = '', ...lines] = `${this.#text}${chunk.toString()}`.split('\n').toReversed();
      this.#text = rest;
      for (const line of lines.toReversed()) this.events.push(JSON.parse(line) as E);
      this.#woken();
    });
  }

  end(stderr: () => string): void {
    this.#ended = stderr();
    this.#woken();
  }

  async next<T extends E['event']>(type: T, fields: Partial<EventOf<E, T>> = {}): Promise<EventOf<E, T>> {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = this.events.find(
        (each) => each.event === type && !this.#given.has(each) && matches(each, fields),
      );
      if (found !== undefined) {
        this.#given.add(found);
        return found as EventOf<E, T>;
      }
      if (this.#ended !== undefined) throw this.#missing(type, `it ended: ${this.#ended}`);
      if (Date.now() > until) throw this.#missing(type, `not within ${PATIENCE_MS} ms`);
      await this.#toldOr(until);
    }
  }

  #woken(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  async #toldOr(until: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, until - Date.now() + 1);
      this.#wake.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #missing(type: string, why: string): Error {
    const told = this.events.map((each) => JSON.stringify(each)).join('\n');
    return new Error(`no event ${type}: ${why}\n${told}`);
  }
}

function matches(event: Happening, fields: object): boolean {
  return Object.entries(fields).every(([name, value]) => Object.is(event[name], value));
}
