import type { Id } from '../../models/base.ts';
import type { EdgeReportData } from '../protocol/frames.ts';

/** What became of a report; the hostnames that it was not taken of. */
export type TakenReport = { again: boolean; ignored: string[] } | { refused: string };

/** Takes what a node saw of the domains of its teams, once however often it is sent. What it throws is told to the node. */
export type ReportTaker = (
  from: { node: Id; name: string; teams: readonly Id[] },
  report: EdgeReportData,
) => Promise<TakenReport>;
