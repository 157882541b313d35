import type { Store } from '../../database/store.ts';
import type { Id } from '../../models/base.ts';
import type { Delta, EdgeState } from '../protocol/offer.ts';
import type { Signer } from '../signature.ts';

/** What is pushed, and how; the same for all endpoints. */
export interface PushJob {
  readonly store: Store;
  /** The teams whose domains are sent, sorted; empty for all. */
  readonly teams: readonly Id[];
  readonly state: EdgeState;
  /** The way from a version that a node is known to run; null where it is sent the whole. */
  delta(base: number): Promise<Delta | null>;
  readonly token: string | undefined;
  readonly sign: Signer | null;
  readonly ca: string | undefined;
  readonly insecure: boolean;
  /** How long an endpoint is given in all. */
  readonly timeoutMs: number;
  /** How often it is tried again. */
  readonly retries: number;
  /** The whole payload as one text; null where the endpoint speaks the protocol. */
  readonly plain: (() => AsyncIterable<string>) | null;
  readonly now: () => Date;
  /** Ends all attempts at once. */
  readonly signal: AbortSignal;
  /** Is told what becomes of an endpoint, and the bytes sent to it. */
  readonly watch: PushWatch;
}

export interface PushWatch {
  /** From here on, how it ends matters. */
  began(url: string): void;
  /** It holds a newer version than the one that it is sent. */
  ledBack(url: string, node: string, from: number): void;
  sent(url: string, bytes: number): void;
}

const LONGEST_WHY = 500;

/** What a peer has said, short enough for a row, and without the token that it may have been shown. */
export function heard(words: string, token: string | undefined): string {
  const clean = token === undefined ? words : words.replaceAll(token, '***');
  return clean.length > LONGEST_WHY ? `${clean.slice(0, LONGEST_WHY - 1)}…` : clean;
}
