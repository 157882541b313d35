/** What a node was sent, by the type of its frames. */
export type SentBy = 'snapshot' | 'delta' | 'current';

/** What an edge node tells of itself while it runs. */
export type NodeEvent =
  | { event: 'started'; node: string; version: number | null; checksum: string | null; domains: number }
  | { event: 'listening'; url: string }
  | { event: 'connected'; peer: string }
  | { event: 'unreachable'; why: string; retryInMs: number | null }
  | { event: 'part'; by: SentBy; version: number; part: number; parts: number }
  | { event: 'acked'; by: SentBy; version: number; checksum: string; domains: number }
  | { event: 'nacked'; by: SentBy; version: number; message: string }
  | { event: 'unanswered'; by: SentBy; version: number }
  | { event: 'reported'; reportId: string; domains: number }
  | { event: 'report-taken'; reportId: string }
  | { event: 'report-refused'; reportId: string; message: string }
  | { event: 'error'; code: string; message: string }
  | { event: 'closed'; code: number; reason: string };
