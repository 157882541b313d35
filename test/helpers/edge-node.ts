import { PassThrough, Readable } from 'node:stream';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { World } from '../../src/context.ts';
import type { NodeEvent } from '../../src/edge/node/events.ts';
import { main } from '../../src/main.ts';

type EventOf<T extends NodeEvent['event']> = Extract<NodeEvent, { event: T }>;

/** A `netgoat sync edge-node` that runs in this process. */
export interface EdgeNode {
  /** Where it keeps its payload. */
  readonly folder: string;
  /** Where it is pushed to; '' for one that dials. */
  readonly url: string;
  /** All that it has told so far. */
  readonly events: readonly NodeEvent[];
  readonly stderr: () => string;
  /**
   * The first event of this type that no call has given yet and that has these fields, once it is told.
   * @throws Error: the node ended without it, or it was not told within ten seconds.
   */
  next<T extends NodeEvent['event']>(type: T, fields?: Partial<EventOf<T>>): Promise<EventOf<T>>;
  /** Ends it in order. */
  stop(): Promise<number>;
  /** Its exit code, once it has ended. */
  readonly code: Promise<number>;
}

const PATIENCE_MS = 10_000;

/**
 * Starts an edge node; it is stopped when the test has finished. With --listen it can be pushed to when this resolves.
 * @param flags as typed: `['--listen', '127.0.0.1:0', '--stall']`; the state folder and `--log json` are added.
 */
export async function startEdgeNode(
  flags: readonly string[] = ['--listen', '127.0.0.1:0'],
  options: { folder?: string; env?: Record<string, string>; node?: string } = {},
): Promise<EdgeNode> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'netgoat-test-edge-')));
  const ending = new AbortController();
  const telling = new Telling();
  const stderr = new PassThrough();
  let said = '';
  stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const world: World = {
    stdin: Readable.from([]),
    stdout: telling.stream,
    stderr,
    env: { USER: 'tester', ...options.env },
    cwd: folder,
    now: () => new Date(),
    ending: ending.signal,
  };
  const node = options.node ?? 'edge-1';
  const words = ['sync', 'edge-node', '--state', folder, '--node', node, '--log', 'json', ...flags];
  const code = main(words, world).finally(() => telling.end(() => said));
  const stop = (): Promise<number> => {
    ending.abort();
    return code;
  };
  onTestFinished(async () => void (await stop()));
  const next: EdgeNode['next'] = (type, fields) => telling.next(type, fields);
  const url = flags.includes('--listen') ? (await next('listening')).url : '';
  return { folder, url, events: telling.events, stderr: () => said, next, stop, code };
}

/** Reads events off a stream as they are told, and gives each away once. */
class Telling {
  readonly stream = new PassThrough();
  readonly events: NodeEvent[] = [];
  readonly #given = new Set<NodeEvent>();
  #text = '';
  #ended: string | undefined;
  #wake: (() => void)[] = [];

  constructor() {
    this.stream.on('data', (chunk: Buffer) => {
      const [rest = '', ...lines] = `${this.#text}${chunk.toString()}`.split('\n').toReversed();
      this.#text = rest;
      for (const line of lines.toReversed()) this.events.push(JSON.parse(line) as NodeEvent);
      this.#woken();
    });
  }

  end(stderr: () => string): void {
    this.#ended = stderr();
    this.#woken();
  }

  async next<T extends NodeEvent['event']>(type: T, fields: Partial<EventOf<T>> = {}): Promise<EventOf<T>> {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = this.events.find(
        (each) => each.event === type && !this.#given.has(each) && matches(each, fields),
      );
      if (found !== undefined) {
        this.#given.add(found);
        return found as EventOf<T>;
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

function matches(event: NodeEvent, fields: object): boolean {
  return Object.entries(fields).every(([name, value]) => Object.is((event as never)[name], value));
}
