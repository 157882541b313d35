import type { Hurdle } from '../hurdles.ts';
import type { Brought } from '../protocol/control.ts';

/** What a push to one endpoint came to; only `acked` is a success. */
export interface PushRow {
  /** As it called itself; null where it did not get that far. */
  node: string | null;
  url: string;
  version: number;
  by: Brought['by'] | 'message' | null;
  /** Of frames, before compression. */
  bytes: number;
  ms: number;
  /**
   * `acked`: it runs the version; `refused`: it runs what it ran; `unknown`: it was sent something and either may be;
   * `failed`: it was sent nothing; `sent`: it has it, and nobody asked it to confirm.
   */
  result: 'acked' | 'refused' | 'unknown' | 'failed' | 'sent';
  why: string;
  /** What has to be done before another push can do better, as far as that is known. */
  hurdle?: Hurdle | null;
  attempts: number;
}

/** How one attempt ended. */
export type Tried = Pick<PushRow, 'node' | 'by' | 'bytes' | 'result' | 'why' | 'hurdle'> & {
  /** Whether another attempt may do better. */
  again: boolean;
};
