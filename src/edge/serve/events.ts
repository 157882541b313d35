import type { Brought, Fault } from '../protocol/control.ts';

/** What `sync serve` tells of itself while it runs. */
export type ServeEvent =
  | { event: 'listening'; url: string; version: number }
  | { event: 'refused'; from: string; status: number; route?: string; message: string }
  | { event: 'connected'; node: string; from: string; version: number | null }
  | { event: 'faulty'; node?: string; from: string; code: Fault['code']; message: string }
  | { event: 'turned-away'; node?: string; from: string; message: string }
  | ({ event: 'acked'; node: string } & Sent)
  | ({ event: 'refused-state'; node: string; message: string } & Sent)
  | ({ event: 'unconfirmed'; node: string; message: string } & Sent)
  | { event: 'reported'; node: string; reportId: string; domains: number; again: boolean }
  | { event: 'disconnected'; node: string; code: number; reason: string }
  | { event: 'waiting'; message: string }
  | { event: 'failing'; message: string }
  | { event: 'recovered' }
  | { event: 'http-error'; [field: string]: unknown }
  | { event: 'draining'; nodes: number }
  | { event: 'stopped' };

type Sent = Pick<Brought, 'by' | 'version' | 'bytes' | 'ms'>;

export type Log = (event: ServeEvent) => void;
