import type { Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import type { Alert, AlertKind } from '../models/alert.ts';
import type { Domain } from '../models/domain.ts';
import { tenantFilter } from './access.ts';
import type { Access } from './access.ts';
import { findDomain } from './domains.ts';
import { withOwners } from './owners.ts';
import type { Owned } from './owners.ts';

/** An alert with the hostname of its domain and the slug of its team. */
export type AlertRow = Owned<Alert>;

/**
 * The alert of a kind that a domain has.
 * @throws NetgoatError not-found: no such domain within reach, or it has none of this kind.
 */
export async function findAlert(
  store: Store,
  access: Access,
  name: string,
  kind: string,
): Promise<{ domain: Domain; alert: Alert }> {
  const domain = await findDomain(store, access, name);
  const alerts = await store.models.Alert.find({ domainId: domain._id }).lean<Alert[]>();
  const alert = alerts.find((each) => each.kind === kind);
  if (alert) return { domain, alert };
  const kinds = alerts.map((each) => each.kind).toSorted();
  throw new NetgoatError('not-found', `${domain.hostname} has no alert ${kind}`, {
    hint: kinds.length === 0 ? 'it has none at all' : `it has: ${kinds.join(', ')}`,
  });
}

/** One alert with its domain and team. */
export async function showAlert(store: Store, access: Access, name: string, kind: string): Promise<AlertRow> {
  const { alert } = await findAlert(store, access, name, kind);
  return (await withOwners(store, [alert]))[0]!;
}

/** The alerts within reach, by hostname and kind; of one domain, of one kind, where it is named. */
export async function listAlerts(
  store: Store,
  access: Access,
  only: { domain?: string; kind?: AlertKind; enabled?: boolean } = {},
): Promise<AlertRow[]> {
  const domain = only.domain === undefined ? undefined : await findDomain(store, access, only.domain);
  const filter = {
    ...tenantFilter(access),
    ...(domain === undefined ? {} : { domainId: domain._id }),
    ...(only.kind === undefined ? {} : { kind: only.kind }),
    ...(only.enabled === undefined ? {} : { enabled: only.enabled }),
  };
  const rows = await withOwners(store, await store.models.Alert.find(filter).lean<Alert[]>());
  const key = (row: AlertRow) => `${row.domain}\0${row.kind}`;
  return rows.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
