import type { WebSocket } from 'ws';
import { dialSocket, Unreached } from '../dial.ts';
import { hurdleOf } from '../hurdles.ts';
import { dialOptions, isPassing } from './dialing.ts';
import { heard } from './job.ts';
import type { PushJob } from './job.ts';
import type { Tried } from './row.ts';

/** What an endpoint that is asked nothing has to say. */
const MOST_FROM_PLAIN = 64 * 1024;
/** Characters sent at once. */
const PIECE = 64 * 1024;
/** How a peer closes that has nothing to say against it. */
const IN_ORDER = [1000, 1005];

/**
 * Sends the whole payload as one message to an endpoint that does not speak netgoat.edge.v1. That it was taken is all
 * that can be known.
 */
export async function attemptPlain(job: PushJob, url: string, withinMs: number): Promise<Tried> {
  const { token, signal } = job;
  const options = { ...dialOptions(job, withinMs), maxPayload: MOST_FROM_PLAIN };
  const said = { node: null, by: null, bytes: 0, result: 'failed', again: false } as const;
  let opened: { socket: WebSocket; closed: Promise<[code: number, reason: string]> };
  try {
    opened = await dialSocket(url, null, options, (socket) => ({
      socket,
      closed: new Promise((resolve) => {
        socket.once('close', (code, reason) => resolve([code, reason.toString('utf8')]));
      }),
    }));
  } catch (error) {
    if (!(error instanceof Unreached)) throw error;
    const hurdle = error.status === 400 ? 'protocol' : hurdleOf(error, token);
    return { ...said, why: heard(error.message, token), again: isPassing(error), hurdle };
  }
  const { socket, closed } = opened;
  const cut = (): void => socket.terminate();
  const late = setTimeout(cut, withinMs);
  signal.addEventListener('abort', cut);
  job.watch.began(url);
  try {
    const bytes = await sendWhole(job, url, socket);
    socket.close(1000);
    const [code, reason] = await closed;
    const sent = { ...said, by: 'message', bytes } as const;
    if (IN_ORDER.includes(code)) return { ...sent, result: 'sent', why: 'unconfirmed' };
    const words = [code, reason].join(' ').trim();
    return { ...sent, result: 'unknown', why: heard(`the connection was closed (${words})`, token) };
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', cut);
    socket.terminate();
  }
}

/** In fragments, each when the socket has taken the one before; ends early when the connection does. */
async function sendWhole({ plain, watch }: PushJob, url: string, socket: WebSocket): Promise<number> {
  let bytes = 0;
  const send = (text: string, fin: boolean): Promise<boolean> => {
    bytes += Buffer.byteLength(text);
    watch.sent(url, bytes);
    return new Promise((resolve) => socket.send(text, { fin }, (error) => resolve(!error)));
  };
  let piece = '';
  for await (const chunk of plain!()) {
    piece += chunk;
    if (piece.length < PIECE) continue;
    if (!(await send(piece, false))) return bytes;
    piece = '';
  }
  await send(piece, true);
  return bytes;
}
