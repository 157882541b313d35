import { NetgoatError } from '../../errors.ts';
import type { Signer } from '../signature.ts';
import { ChannelClosed } from './channel.ts';
import type { Channel, Closed } from './channel.ts';
import { newFrame } from './frames.ts';
import type { EdgeReportData, Frame, FrameData, FrameFault, NackError, Outgoing } from './frames.ts';
import { currentFrame, deltaFrames, snapshotFrames } from './offer.ts';
import type { Delta, EdgeState } from './offer.ts';

/** What a node holds by its own account. */
export type Held = Pick<FrameData<'hello'>, 'version' | 'checksum'>;

/** How a node was brought to a state, and what came of it: only `acked` is a success. */
export type Brought = Pick<EdgeState, 'version' | 'checksum'> & {
  by: 'current' | 'delta' | 'snapshot';
  /** Of frames, before compression. */
  bytes: number;
  ms: number;
} & ({ result: 'acked' } | { result: 'refused'; errors: NackError[] } | { result: 'unknown'; why: string });

export interface BringOptions {
  answerWithinMs: number;
  sign?: Signer | undefined;
  /** Is told the bytes sent so far. */
  onProgress?: (bytes: number) => void;
}

type Answer =
  | { answer: 'ack'; version: number; checksum: string }
  | { answer: 'nack'; errors: NackError[] }
  | { answer: 'none'; why: string };

type Attempt = Pick<Brought, 'by'> & { answer: Answer };

/** What a node was last sent and has not answered. */
interface Asked {
  /** Of its parts. */
  nonces: Set<string>;
  /** Of the part that can be confirmed, once it was sent. */
  last: string | undefined;
  answered: boolean;
  resolve(answer: Answer): void;
}

/** Takes a report: gives what it is answered with, or the words of a refusal. */
export type ReportTaker = (report: EdgeReportData) => Promise<{ ignored: string[] } | { refused: string }>;

/** A frame that was answered by an `error`, for the log. */
export type Fault = Pick<FrameFault, 'message'> & { code: FrameFault['code'] | 'bad-report' };

/** The control plane's end of a channel, whichever side dialled. */
export class ControlEnd {
  readonly #channel: Channel;
  readonly #takeReport: ReportTaker | undefined;
  #hello = withResolvers<FrameData<'hello'>>();
  #asked: Asked | undefined;
  #closed: Closed | undefined;
  #hasHello = false;
  /** The report that is being taken. */
  #reporting: Promise<void> | undefined;
  readonly #onFault: (fault: Fault) => void;
  /** What was wrong with the last frame that was. */
  #fault: string | undefined;
  /** Resolves when the connection has ended and all that came on it was dealt with. */
  readonly ended: Promise<void>;

  constructor(channel: Channel, takeReport?: ReportTaker, onFault: (fault: Fault) => void = () => undefined) {
    this.#channel = channel;
    this.#takeReport = takeReport;
    this.#onFault = onFault;
    channel.onFault = (fault) => {
      this.#fault = fault.message;
      onFault(fault);
    };
    // Nobody may be waiting for it when the connection ends.
    this.#hello.promise.catch(() => undefined);
    this.ended = this.#listen();
  }

  /** Whether the node has said hello. */
  get hasHello(): boolean {
    return this.#hasHello;
  }

  /**
   * The node's first word.
   * @throws NetgoatError edge: the connection ended without it, or it did not come in time.
   */
  async hello(withinMs: number): Promise<FrameData<'hello'>> {
    const silent = setTimeout(() => {
      this.#noHello(` within ${seconds(withinMs)}`);
    }, withinMs);
    try {
      return await this.#hello.promise;
    } finally {
      clearTimeout(silent);
    }
  }

  /**
   * Brings a node to a state: by a word if it has the content, by a delta if there is one, else by a snapshot. Where
   * the outcome has another checksum, the delta was onto something else, and a snapshot follows by itself.
   */
  async bring(held: Held, state: EdgeState, delta: Delta | null, options: BringOptions): Promise<Brought> {
    const { version, checksum } = state;
    const [sent, began] = [this.#channel.sent, performance.now()];
    let { by, answer } = await this.#first(held, state, delta, options);
    if (isWrong(answer, state) && by !== 'snapshot') {
      ({ by, answer } = await this.#offer('snapshot', snapshotFrames(state, options.sign), options));
    }
    const bytes = this.#channel.sent - sent;
    const brought = { version, checksum, by, bytes, ms: Math.round(performance.now() - began) };
    if (answer.answer === 'none') return { ...brought, result: 'unknown', why: answer.why };
    if (answer.answer === 'nack') return { ...brought, result: 'refused', errors: answer.errors };
    if (!isWrong(answer, state)) return { ...brought, result: 'acked' };
    const message = `it confirmed version ${answer.version}, checksum ${answer.checksum}`;
    return { ...brought, result: 'refused', errors: [{ message }] };
  }

  #first(held: Held, state: EdgeState, delta: Delta | null, options: BringOptions): Promise<Attempt> {
    const { sign } = options;
    if (held.checksum === state.checksum) {
      return this.#offer('current', [currentFrame(state, sign)], options);
    }
    return delta === null
      ? this.#offer('snapshot', snapshotFrames(state, sign), options)
      : this.#offer('delta', deltaFrames(delta, state, sign), options);
  }

  /** Sends all frames and waits for the answer to the last. */
  async #offer(
    by: Brought['by'],
    frames: AsyncIterable<Outgoing> | Iterable<Outgoing>,
    { answerWithinMs, onProgress }: BringOptions,
  ): Promise<Attempt> {
    const before = this.#channel.sent;
    const { promise, resolve } = withResolvers<Answer>();
    const asked: Asked = { nonces: new Set(), last: undefined, answered: false, resolve };
    this.#asked = asked;
    try {
      for await (const frame of frames) {
        asked.nonces.add(frame.nonce);
        // The answer may come while the last part is still on its way.
        if (frame.more !== true) asked.last = frame.nonce;
        await this.#channel.send(frame);
        onProgress?.(this.#channel.sent - before);
        if (asked.answered) break;
      }
      return { by, answer: await this.#answerWithin(promise, resolve, answerWithinMs) };
    } catch (error) {
      if (!(error instanceof ChannelClosed)) throw error;
      if (asked.answered) return { by, answer: await promise };
      return { by, answer: { answer: 'none', why: closedWords(error.closed) } };
    } finally {
      this.#asked = undefined;
    }
  }

  async #answerWithin(
    promise: Promise<Answer>,
    resolve: (answer: Answer) => void,
    withinMs: number,
  ): Promise<Answer> {
    if (this.#closed !== undefined) resolve({ answer: 'none', why: closedWords(this.#closed) });
    const silent = setTimeout(() => {
      resolve({ answer: 'none', why: `no answer within ${seconds(withinMs)}` });
    }, withinMs);
    try {
      return await promise;
    } finally {
      clearTimeout(silent);
    }
  }

  async #listen(): Promise<void> {
    try {
      for await (const frame of this.#channel.frames()) await this.#take(frame);
    } catch {
      this.#fail();
    }
    this.#closed = await this.#channel.closed;
    const words = closedWords(this.#closed);
    this.#noHello(`: ${words}`);
    this.#asked?.resolve({ answer: 'none', why: words });
    await this.#reporting;
  }

  #fail(): void {
    this.#channel.close(1011, 'it failed, see the log of netgoat');
  }

  #noHello(words: string): void {
    const fault = this.#fault === undefined ? '' : `; what it said was faulty: ${this.#fault}`;
    this.#hello.reject(new NetgoatError('edge', `it said no hello${words}${fault}`));
  }

  async #take(frame: Frame): Promise<void> {
    const { type, data } = frame;
    switch (type) {
      case 'hello':
        if (this.#hasHello) return this.#unexpected(frame.nonce, 'it has said hello already');
        this.#hasHello = true;
        return this.#hello.resolve(data);
      case 'ack':
        return this.#answer(data.re, { answer: 'ack', version: data.version, checksum: data.checksum });
      case 'nack':
        return this.#answer(data.re, { answer: 'nack', errors: data.errors });
      case 'error': {
        const message = `${data.code}: ${data.message}`;
        return this.#answer(data.re ?? '', { answer: 'nack', errors: [{ message }] });
      }
      case 'report':
        // An answer that follows is not kept waiting while it is counted, the next report is.
        await this.#reporting;
        // One that could not be stored: the node sends it again when it is back.
        this.#reporting = this.#answerReport(frame.nonce, data).catch(() => this.#fail());
        return;
      default:
        return this.#unexpected(frame.nonce, `${type} is the control plane's to send`);
    }
  }

  #unexpected(re: string, message: string): void {
    this.#channel.refuse({ re, code: 'unexpected', message });
  }

  /** An answer to anything else than what was asked is a duplicate, stale or foreign: it says nothing. */
  #answer(re: string, answer: Answer): void {
    const asked = this.#asked;
    if (asked === undefined || !asked.nonces.has(re)) return;
    // A part can be refused, but only the whole confirmed.
    if (answer.answer === 'ack' && re !== asked.last) return;
    asked.answered = true;
    asked.resolve(answer);
  }

  async #answerReport(re: string, report: EdgeReportData): Promise<void> {
    const { reportId } = report;
    if (this.#takeReport === undefined) {
      const message = 'reports are taken by `netgoat sync serve` only';
      return this.#say(newFrame('error', { re, code: 'unexpected', message }));
    }
    const taken = await this.#takeReport(report);
    if ('refused' in taken) {
      const [code, message] = ['bad-report', taken.refused] as const;
      this.#onFault({ code, message });
      return this.#say(newFrame('error', { re, code, message }));
    }
    await this.#say(newFrame('ok', { re, reportId, ignored: taken.ignored }));
  }

  /** What is said to a peer that has gone meanwhile is lost, and nobody waits for it. */
  async #say(frame: Outgoing): Promise<void> {
    await this.#channel.send(frame).catch((error: unknown) => {
      if (!(error instanceof ChannelClosed)) throw error;
    });
  }
}

/** Whether a node that did apply what it was sent came to another content. */
function isWrong(answer: Answer, { version, checksum }: EdgeState): boolean {
  if (answer.answer === 'ack') return answer.checksum !== checksum || answer.version !== version;
  return answer.answer === 'nack' && /^(?:checksum|base)\b/.test(answer.errors[0]?.message ?? '');
}

function closedWords({ code, reason }: Closed): string {
  return `the connection was closed before an answer (${reason === '' ? code : `${code} ${reason}`})`;
}

function seconds(ms: number): string {
  return `${ms / 1_000} s`;
}

/** Promise.withResolvers, which Node 20 has not. */
function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    [resolve, reject] = [yes, no];
  });
  return { promise, resolve, reject };
}
