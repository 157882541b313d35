import { setTimeout as sleep } from 'node:timers/promises';
import { NetgoatError } from '../../errors.ts';
import { ChannelClosed } from '../protocol/channel.ts';
import type { Channel } from '../protocol/channel.ts';
import { newFrame } from '../protocol/frames.ts';
import type { Frame, FrameData } from '../protocol/frames.ts';
import type { Verifier } from '../signature.ts';
import type { Answer, Behaviours } from './behaviours.ts';
import type { NodeEvent, SentBy } from './events.ts';
import type { NackRule } from './nack-rule.ts';
import { WrongChecksum, faultOf } from './node-store.ts';
import type { NodeStore } from './node-store.ts';
import type { Reporter } from './reporter.ts';
import type { Stamp } from './state-file.ts';
import { OutOfOrder, Transfer } from './transfer.ts';
import type { Part } from './transfer.ts';

/** What makes a node, whichever way it is connected. */
export interface Node {
  readonly name: string;
  readonly store: NodeStore;
  readonly behaviours: Behaviours;
  readonly nack: NackRule | null;
  readonly lagMs: number;
  readonly verify: Verifier | null;
  readonly reporter: Reporter | null;
  say(event: NodeEvent): void;
}

/** Speaks for a node on an open channel until it is closed. */
export async function speak(channel: Channel, node: Node): Promise<void> {
  const gone = new AbortController();
  void channel.closed.then(() => gone.abort());
  try {
    await new EdgeEnd(channel, node, gone.signal).run();
  } catch (error) {
    if (!(error instanceof ChannelClosed) && !gone.signal.aborted) {
      channel.close(1011, 'the node failed');
      throw error;
    }
  }
  const { code, reason } = await channel.closed;
  node.say({ event: 'closed', code, reason });
}

type Errors = (Answer & { type: 'nack' })['errors'];

/** The edge's end of one channel. */
class EdgeEnd {
  readonly #channel: Channel;
  readonly #node: Node;
  readonly #gone: AbortSignal;
  #transfer: Transfer | null = null;
  /** A part of it did not follow; the others that are on their way are passed over. */
  #refused = '';
  /** The nonces of the frames that came before, the newest last. */
  #before: string[] = [];

  constructor(channel: Channel, node: Node, gone: AbortSignal) {
    this.#channel = channel;
    this.#node = node;
    this.#gone = gone;
  }

  async run(): Promise<void> {
    const { behaviours, name, store, reporter } = this.#node;
    for (const text of behaviours.first()) await this.#channel.send({ nonce: '', text });
    if (!behaviours.is('mute')) {
      const { version = null, checksum = null } = (behaviours.is('forgets') ? null : store.held) ?? {};
      await this.#channel.send(newFrame('hello', { node: name, version, checksum }));
    }
    if (behaviours.is('deaf')) return void (await this.#channel.closed);
    const reporting = reporter?.run(this.#channel, this.#gone);
    void reporting?.catch(() => this.#channel.close(1011, 'its reports failed'));
    try {
      for await (const frame of this.#channel.frames()) {
        await this.#take(frame);
        this.#before = [...this.#before.slice(-1), frame.nonce];
      }
    } finally {
      await this.#transfer?.close();
      await reporting;
    }
  }

  async #take(frame: Frame): Promise<void> {
    switch (frame.type) {
      case 'snapshot':
      case 'delta':
        return this.#takePart({ type: frame.type, ...frame.data } as Part, frame.nonce);
      case 'current':
        return this.#takeCurrent(frame.data, frame.nonce);
      case 'ok':
        return this.#node.reporter?.taken(frame.data.reportId);
      case 'error': {
        const { re, code, message } = frame.data;
        this.#node.say({ event: 'error', code, message });
        return this.#node.reporter?.refused(re ?? '', message);
      }
      default: {
        const message = `${frame.type} is the node's to send`;
        await this.#channel.send(newFrame('error', { re: frame.nonce, code: 'unexpected', message }));
      }
    }
  }

  async #takePart(part: Part, nonce: string): Promise<void> {
    const { behaviours, nack, say } = this.#node;
    const { type: by, version, checksum, parts } = part;
    const mark = `${by} ${version} ${checksum}`;
    if (part.part === 1) {
      await this.#transfer?.close();
      this.#transfer = new Transfer(part);
    } else if (this.#transfer === null && this.#refused === mark) return;
    this.#refused = '';
    const transfer = this.#transfer ?? new Transfer(part);
    say({ event: 'part', by, version, part: part.part, parts });
    try {
      await transfer.add(part);
    } catch (error) {
      await transfer.close();
      [this.#transfer, this.#refused] = [null, mark];
      const message = messageOf(error);
      return this.#answer(by, { type: 'nack', re: nonce, version, errors: [{ message }] });
    }
    nack?.look(part);
    if (!transfer.isWhole) {
      if (behaviours.is('early')) await this.#channel.send(newFrame('ack', { re: nonce, version, checksum }));
      return;
    }
    this.#transfer = null;
    try {
      const errors = await this.#node.store.inTurn(() => this.#apply(transfer));
      await this.#answerTo(by, nonce, transfer.stamp, errors);
    } finally {
      await transfer.close();
    }
  }

  /** Puts a transfer in force; gives what is wrong with it. */
  async #apply(transfer: Transfer): Promise<Errors | null> {
    const { store } = this.#node;
    const { stamp, base } = transfer;
    const refusal = this.#refusalOf(stamp);
    if (refusal !== null) return refusal;
    if (base !== null && base !== store.held?.version) {
      return [{ message: `base ${base} is not what is held here: ${store.held?.version ?? 'nothing'}` }];
    }
    return this.#replace(stamp, () => transfer.after(() => store.domains()));
  }

  async #takeCurrent({ version, checksum, signature }: FrameData<'current'>, nonce: string): Promise<void> {
    const { store } = this.#node;
    const stamp = { version, checksum, signature };
    const errors = await store.inTurn(async () => {
      const refusal = this.#refusalOf(stamp);
      if (refusal !== null) return refusal;
      if (store.held?.checksum !== checksum) {
        return [{ message: `checksum ${checksum} is not that of what is held here` }];
      }
      const isSame = store.held.version === version && signature === undefined;
      return isSame ? null : this.#replace(stamp, () => store.domains());
    });
    await this.#answerTo('current', nonce, stamp, errors);
  }

  #refusalOf(stamp: Stamp): Errors | null {
    const { nack, verify } = this.#node;
    const fault = faultOf(stamp, verify);
    if (fault !== null) return [{ message: `signature: ${fault}` }];
    return nack?.refusalOf(stamp.version) ?? null;
  }

  async #replace(stamp: Stamp, domains: () => ReturnType<Transfer['after']>): Promise<Errors | null> {
    try {
      await this.#node.store.replace(stamp, domains());
      return null;
    } catch (error) {
      return [{ message: messageOf(error) }];
    }
  }

  async #answerTo(by: SentBy, re: string, stamp: Stamp, errors: Errors | null): Promise<void> {
    const { version, checksum } = stamp;
    await this.#answer(
      by,
      errors === null ? { type: 'ack', re, version, checksum } : { type: 'nack', re, version, errors },
    );
  }

  async #answer(by: SentBy, answer: Answer): Promise<void> {
    const { behaviours, lagMs, say, store } = this.#node;
    const { version } = answer;
    if (lagMs > 0) await sleep(lagMs, undefined, { signal: this.#gone });
    if (behaviours.is('early')) return say({ event: 'unanswered', by, version });
    if (behaviours.is('drops')) {
      say({ event: 'unanswered', by, version });
      return this.#channel.close(1011, 'dropped on purpose');
    }
    const sent = behaviours.answers(answer, { before: this.#before });
    for (const { type, ...data } of sent) await this.#channel.send(newFrame(type, data as never));
    if (sent.length === 0) return say({ event: 'unanswered', by, version });
    if (answer.type === 'nack') {
      return say({ event: 'nacked', by, version, message: answer.errors[0]?.message ?? '' });
    }
    say({ event: 'acked', by, version, checksum: answer.checksum, domains: store.held?.count ?? 0 });
  }
}

/** Why a payload is refused, for what a store or a transfer threw. @throws what is no reason to refuse one. */
function messageOf(error: unknown): string {
  if (error instanceof OutOfOrder) return `order: ${error.message}`;
  if (error instanceof WrongChecksum) return `checksum: ${error.message}`;
  // A full disk is no reason to go: the last good payload runs on.
  if (error instanceof NetgoatError) return `it cannot be kept: ${error.message}`;
  throw error;
}
