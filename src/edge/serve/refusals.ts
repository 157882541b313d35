import type { IncomingMessage } from 'node:http';
import type { Log } from './events.ts';

/** Who comes again with the same every few seconds is told of once in this time. */
const AGAIN_AFTER_MS = 60_000;
/** So many are told apart; those beyond are told of as one. */
const MOST_KNOWN = 1_000;

/** Somebody who was not let in. */
export interface Refused {
  status: number;
  /** The path that was asked for; a WebSocket may come by any. */
  route?: string;
  message: string;
}

export type TellRefusal = (request: IncomingMessage, refused: Refused) => void;

/** Tells the log who was not let in, and why: once a minute for each address and reason, however many come. */
export function refusalTeller(log: Log, now: () => Date): TellRefusal {
  const told = new Map<string, number>();
  return ({ socket: { remoteAddress = 'unknown', remotePort = 0 } }, refused) => {
    const at = now().getTime();
    for (const [key, when] of told) {
      // They stand in the order in which they were told.
      if (at - when < AGAIN_AFTER_MS) break;
      told.delete(key);
    }
    const own = [remoteAddress, refused.status, refused.message].join(' ');
    const key = told.has(own) || told.size < MOST_KNOWN ? own : 'others';
    if (told.has(key)) return;
    told.set(key, at);
    log({ event: 'refused', from: `${remoteAddress}:${remotePort}`, ...refused });
  };
}
