import type { WebSocket } from 'ws';
import { MOST_WAITING, newFrame, parseFrame } from './frames.ts';
import type { Frame, FrameFault, Outgoing } from './frames.ts';

/** How a connection ended: the close code of RFC 6455, and what was said with it. */
export interface Closed {
  /** 1006 where the peer went without a word. */
  code: number;
  reason: string;
}

/** One end of a connection that speaks netgoat.edge.v1, whichever side dialled. */
export interface Channel {
  /**
   * Sends a frame; resolves when the socket has taken it, so that who waits for it never fills a buffer.
   * @throws ChannelClosed: the connection ended first, or the peer did not take the frame in time.
   */
  send(frame: Outgoing): Promise<void>;
  /** The frames that come, each checked; ends when the connection does. Read slowly, the peer is made to wait. */
  frames(): AsyncIterable<Frame>;
  /** Answers a frame that is not what it should be by an `error`, and a peer that sends many of them by the end. */
  refuse(fault: FrameFault): void;
  /** Is told of each of those. */
  onFault: ((fault: FrameFault) => void) | undefined;
  /** Ends the connection in order; a peer that does not answer is cut off. */
  close(code: number, reason: string): void;
  /** Resolves when the connection has ended: by what this end has said first, else by what the peer said. */
  readonly closed: Promise<Closed>;
  /** Bytes of frames sent so far, before compression. */
  readonly sent: number;
}

/** The connection ended before something was done on it. */
export class ChannelClosed extends Error {
  readonly closed: Closed;

  constructor(closed: Closed) {
    super(closed.reason === '' ? `the connection was closed (${closed.code})` : closed.reason);
    this.name = 'ChannelClosed';
    this.closed = closed;
  }
}

export interface ChannelOptions {
  /** A peer that does not take a frame for so long is cut off. */
  sendWithinMs: number;
  /** How often the peer is pinged; one that has not answered the last ping at the next is cut off. */
  pingEveryMs: number;
}

const DEFAULTS: ChannelOptions = { sendWithinMs: 30_000, pingEveryMs: 15_000 };

/** How many faulty frames a peer may send before it is shown out. */
const MOST_FAULTS = 16;

/** Speaks netgoat.edge.v1 on an open socket; from here on nobody else listens to it. */
export function openChannel(socket: WebSocket, options: Partial<ChannelOptions> = {}): Channel {
  const { sendWithinMs, pingEveryMs } = { ...DEFAULTS, ...options };
  const inbox = new Inbox(socket);
  let sent = 0;
  let sending = 0;
  let faults = 0;
  let cause = '';
  let said: Closed | undefined;
  const closed = new Promise<Closed>((resolve) => {
    // ws names what a peer did against RFC 6455 (too large, not UTF-8…) here, and closes by itself.
    socket.on('error', (error) => {
      cause = error.message;
      const code = codeOf(error);
      if (code !== undefined) said ??= { code, reason: cause };
    });
    socket.once('close', (code, reason) => {
      inbox.end();
      resolve(said ?? { code, reason: reason.toString('utf8') || cause });
    });
  });
  const frames = () => inbox.frames();
  const channel: Channel = { send, frames, refuse, onFault: undefined, close, closed, sent: 0 };
  Object.defineProperty(channel, 'sent', { get: () => sent });
  socket.on('message', (message, isBinary) => {
    if (isBinary) return close(1003, 'frames are text');
    const parsed = parseFrame((message as Buffer).toString('utf8'));
    if ('frame' in parsed) inbox.add(parsed.frame);
    else refuse(parsed.fault);
  });
  const cutOff = (why: string): void => {
    cause ||= why;
    socket.terminate();
  };
  // An answer is not read as long as nothing is, and stands behind what is on its way.
  const isBusy = (): boolean => socket.isPaused || sending > 0;
  const stopPinging = keepAlive(socket, pingEveryMs, isBusy, () => cutOff('it did not answer a ping'));
  void closed.then(stopPinging);
  return channel;

  async function send({ text }: Outgoing): Promise<void> {
    sent += Buffer.byteLength(text);
    sending += 1;
    const taken = new Promise<void>((resolve, reject) => {
      socket.send(text, (error) => (error ? reject(error) : resolve()));
    });
    const slow = setTimeout(() => cutOff('it did not take a frame in time'), sendWithinMs);
    try {
      await taken;
    } catch {
      throw new ChannelClosed(await closed);
    } finally {
      sending -= 1;
      clearTimeout(slow);
    }
  }

  function close(code: number, reason: string): void {
    // What is said to a peer that is leaving is not why it ends.
    if (socket.readyState === socket.OPEN) said ??= { code, reason };
    socket.close(code, reason);
    setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS).unref();
  }

  function refuse({ re, code, message }: FrameFault): void {
    if (socket.readyState !== socket.OPEN) return;
    faults += 1;
    channel.onFault?.({ re, code, message });
    if (faults > MOST_FAULTS) return close(1008, 'too many faulty frames');
    void send(newFrame('error', { re, code, message })).catch(() => undefined);
  }
}

/** The close codes that ws sends by itself, by its names for what a peer did. */
const CODES: Record<string, number> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
};

function codeOf({ code = '' }: Error & { code?: string }): number | undefined {
  return code.startsWith('WS_ERR_') ? (CODES[code] ?? 1002) : undefined;
}

const CLOSE_WITHIN_MS = 1_000;

/** A half-open connection looks alive to TCP for hours: who neither says anything nor answers a ping is gone. */
function keepAlive(
  socket: WebSocket,
  everyMs: number,
  isBusy: () => boolean,
  cutOff: () => void,
): () => void {
  let answered = true;
  const hear = (): void => void (answered = true);
  socket.on('pong', hear);
  socket.on('message', hear);
  const timer = setInterval(() => {
    if (isBusy()) return hear();
    if (!answered) return cutOff();
    answered = false;
    socket.ping();
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Frames that came and were not read yet: a few, then the socket is not read either. */
class Inbox {
  readonly #socket: WebSocket;
  readonly #waiting: Frame[] = [];
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  add(frame: Frame): void {
    this.#waiting.push(frame);
    if (this.#waiting.length >= MOST_WAITING) this.#socket.pause();
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *frames(): AsyncGenerator<Frame> {
    for (;;) {
      const frame = this.#waiting.shift();
      if (frame !== undefined) {
        if (this.#waiting.length === 0) this.#socket.resume();
        yield frame;
      } else if (this.#ended) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
