import { within } from '../database/store.ts';
import type { Session, Store } from '../database/store.ts';
import type { Id } from '../models/base.ts';
import type { Change } from '../models/change.ts';
import { nodeScope } from '../models/edge-node.ts';
import type { EdgeNode } from '../models/edge-node.ts';
import type { KindName } from '../models/kinds.ts';

/**
 * What is observed is no desired state and has no Changes: it goes with what it is of, and goes along with a domain
 * that another team gets.
 */
export async function followObserved(
  store: Store,
  changes: readonly Change[],
  session: Session,
): Promise<void> {
  await forgetOfDomains(store, removed(changes, 'domain'), session);
  await forgetOfAlerts(store, removed(changes, 'alert'), session);
  await moveTraffic(store, changes, session);
  await forgetNodes(store, removed(changes, 'team'), session);
}

function removed(changes: readonly Change[], kind: KindName): Id[] {
  return changes.filter((change) => change.kind === kind && change.op === 'remove').map(({ id }) => id);
}

async function forgetOfDomains(store: Store, domains: readonly Id[], session: Session): Promise<void> {
  if (domains.length === 0) return;
  const { AnalyticsData, AlertState, LogCheckpoint } = store.models;
  await AnalyticsData.deleteMany({ domainId: { $in: domains } }, within(session));
  await AlertState.deleteMany({ domainId: { $in: domains } }, within(session));
  // A domain that is added anew has another id, and none of its logs was counted.
  const scopes = domains.map((id) => `domain ${String(id)}`);
  await LogCheckpoint.deleteMany({ scope: { $in: scopes } }, within(session));
}

async function forgetOfAlerts(store: Store, alerts: readonly Id[], session: Session): Promise<void> {
  if (alerts.length === 0) return;
  await store.models.AlertState.deleteMany({ alertId: { $in: alerts } }, within(session));
}

async function moveTraffic(store: Store, changes: readonly Change[], session: Session): Promise<void> {
  for (const { kind, op, id, after } of changes) {
    if (kind !== 'domain' || op !== 'update' || after?.['teamId'] === undefined) continue;
    await store.models.AnalyticsData.updateMany(
      { domainId: id },
      { $set: { teamId: after['teamId'] as Id } },
      within(session),
    );
  }
}

/** Edge nodes that were sent the domains of a team alone go with it. */
async function forgetNodes(store: Store, teams: readonly Id[], session: Session): Promise<void> {
  if (teams.length === 0) return;
  const { AlertState, EdgeNode, EdgeReport } = store.models;
  const nodes = await EdgeNode.find({ teams: { $in: teams } }, { teams: 1 }, within(session)).lean<
    EdgeNode[]
  >();
  const isGone = (team: Id): boolean => teams.some((id) => id.equals(team));
  const own = nodes.filter((node) => node.teams.every(isGone)).map(({ _id }) => _id);
  await AlertState.deleteMany({ node: { $in: own } }, within(session));
  await EdgeReport.deleteMany({ node: { $in: own } }, within(session));
  await EdgeNode.deleteMany({ _id: { $in: own } }, within(session));
  for (const { _id, teams: all } of nodes) {
    const left = all.filter((team) => !isGone(team));
    if (left.length === 0) continue;
    const $set = { teams: left, scope: nodeScope(left), version: null, checksum: null, ackedAt: null };
    await EdgeNode.updateOne({ _id }, { $set }, within(session));
  }
}
