import { listNodes } from '../../queries/edge-nodes.ts';
import type { NodeRow } from '../../queries/edge-nodes.ts';
import type { Desk } from '../judge.ts';
import { refusalOf, takeReport } from '../reports.ts';
import type { Report, Reporter } from '../reports.ts';
import { markOf } from '../traffic.ts';
import { Hosts } from './hosts.ts';
import type { Reach } from './hosts.ts';
import type { FoundReport } from './lines.ts';
import { scopeOf } from './scope.ts';
import type { Totals } from './summary.ts';

/** Counts the reports that stand in a file, as if their nodes had sent them. */
export class ReportTaker {
  readonly #desk: Desk;
  readonly #reach: Reach;
  readonly #hosts: Hosts;
  #nodes: NodeRow[] | undefined;

  constructor(desk: Desk, reach: Reach) {
    this.#desk = desk;
    this.#reach = reach;
    this.#hosts = new Hosts(desk.store, reach);
  }

  /** Why a report cannot be counted, or null; asked before anything of its chunk is. */
  async refusal({ node, report }: FoundReport): Promise<string | null> {
    if (this.#reach.domain !== null) return 'it is a report, which names its domains: leave --domain out';
    const named = node === undefined ? 1 : (await this.#named(node)).length;
    if (named === 0) return 'the node that it names is not known';
    if (named > 1) return 'it names a node of which there are several';
    const { from, to } = report.window;
    return refusalOf(new Date(from), new Date(to), this.#desk.now());
  }

  /** Counts a report that was not refused; of what it says, the requests of hosts that are no domains are left out. */
  async take(found: FoundReport, totals: Totals): Promise<void> {
    const reporter = await this.#reporter(found);
    const report = this.#within(found.report, reporter);
    const taken = await takeReport(this.#desk, reporter, report);
    if ('refused' in taken) totals.addMalformed(found.line, taken.refused, '');
    else addUp(report, taken, totals);
  }

  /** Says what `take` would come to. */
  async tell(found: FoundReport, totals: Totals): Promise<void> {
    const { node } = await this.#reporter(found);
    const report = this.#within(found.report, { node });
    const again = await this.#desk.store.models.EdgeReport.exists({ node, reportId: report.reportId });
    const names = report.domains.map(({ hostname }) => hostname);
    const owners = await this.#hosts.resolve(names);
    const ignored = names.filter((name) => owners.get(name)?.hostname !== name);
    addUp(report, { again: again !== null, ignored }, totals);
  }

  /** Who sees a part of the domains counts that part; it is another report to those who see more. */
  #within(report: Report, { node }: Pick<Reporter, 'node'>): Report {
    const scope = scopeOf(this.#reach);
    if (node !== null || scope === 'all') return report;
    return { ...report, reportId: markOf(scope, report.reportId) };
  }

  async #reporter({ node }: FoundReport): Promise<Reporter> {
    const { teams } = this.#reach.access;
    if (node === undefined) return { node: null, name: null, teams };
    const [row] = await this.#named(node);
    return { node: row!._id, name: row!.name, teams: row!.teams.length > 0 ? row!.teams : teams };
  }

  async #named(name: string): Promise<NodeRow[]> {
    this.#nodes ??= await listNodes(this.#desk.store, this.#reach.access);
    return this.#nodes.filter((node) => node.name === name);
  }
}

function addUp(
  report: Report,
  { again, ignored }: { again: boolean; ignored: string[] },
  totals: Totals,
): void {
  if (again) {
    totals.reportsAgain += 1;
    return;
  }
  totals.reports += 1;
  const unknown = new Set(ignored);
  for (const { hostname, requests } of report.domains) {
    if (unknown.has(hostname)) totals.addUnknown(hostname, requests);
    else totals.addCounted(hostname, requests);
  }
  totals.addTime(Date.parse(report.window.from));
  totals.addTime(Date.parse(report.window.to) - 1);
}
