import type { Store } from '../../database/store.ts';
import type { Alert } from '../../models/alert.ts';
import type { Id } from '../../models/base.ts';
import type { Domain } from '../../models/domain.ts';
import type { Delivery, Incident } from '../../models/incident.ts';
import type { Notice } from './notifier.ts';
import { GIVEN_UP_AFTER_MS } from './pace.ts';
import { restate } from './records.ts';

/** What is to be sent now, and nobody has in hand. */
interface LeftBehind {
  /** Messages that are recorded. */
  due: { notice: Notice; delivery: Delivery }[];
  /** What a webhook should have been told and was not: the process died in between, or a person resolved it. */
  untold: { notice: Notice; target: string }[];
}

type Found = Omit<Notice, 'event'>;

/** So many incidents with messages that are due at once; the others are due again soon enough. */
const MOST_LATE = 500;
const BATCH = 200;

/**
 * Looks for messages that nobody sends; those that nobody wants any more are given up.
 * @param teams only of these; null for all.
 */
export async function leftBehind(store: Store, teams: readonly Id[] | null, now: Date): Promise<LeftBehind> {
  const within = teams === null ? {} : { teamId: { $in: [...teams] } };
  const recent = new Date(now.getTime() - GIVEN_UP_AFTER_MS);
  const due = await dueOf(store, within, now, recent);
  const open = await untoldAmong(store, { ...within, openKey: { $gt: '' }, auto: true });
  const over = await untoldAmong(store, { ...within, resolvedAt: { $gte: recent }, auto: true });
  return { due, untold: [...open, ...over] };
}

async function dueOf(store: Store, within: object, now: Date, recent: Date): Promise<LeftBehind['due']> {
  const filter = { ...within, 'deliveries.due': { $lte: now } };
  const late = await store.models.Incident.find(filter).limit(MOST_LATE).lean<Incident[]>();
  const found = await foundOf(store, late);
  const due: LeftBehind['due'] = [];
  for (const incident of late) {
    for (const delivery of incident.deliveries ?? []) {
      if (delivery.due === null || delivery.due > now) continue;
      const whole = found(incident);
      const unwanted = reasonAgainst(whole, delivery, recent);
      if (unwanted !== null) await restate(store, incident._id, delivery, { due: null, error: unwanted });
      else due.push({ notice: { ...whole!, event: delivery.event }, delivery });
    }
  }
  return due;
}

/** Most incidents were told of, so that few are kept, however many there are. */
async function untoldAmong(store: Store, filter: object): Promise<LeftBehind['untold']> {
  const untold: LeftBehind['untold'] = [];
  let batch: Incident[] = [];
  const look = async (): Promise<void> => {
    const found = await foundOf(store, batch);
    untold.push(...batch.flatMap((incident) => untoldOf(found(incident))));
    batch = [];
  };
  for await (const incident of store.models.Incident.find(filter).lean<Incident>().cursor()) {
    batch.push(incident as Incident);
    if (batch.length === BATCH) await look();
  }
  if (batch.length > 0) await look();
  return untold;
}

function reasonAgainst(found: Found | null, { target, at, error }: Delivery, recent: Date): string | null {
  if (found === null || !found.alert.notify.includes(target)) return 'the alert sends nothing there any more';
  if (at < recent) return `given up after a day${error === null ? '' : `: ${error}`}`;
  return null;
}

/** A target is told that an incident began as long as it lasts, and that it ended if it was told of it. */
function untoldOf(found: Found | null): LeftBehind['untold'] {
  if (found === null) return [];
  const { incident, alert } = found;
  const event = incident.status === 'resolved' ? 'resolved' : 'opened';
  const told = (target: string, what: Delivery['event']): boolean =>
    incident.deliveries?.some((each) => each.target === target && each.event === what) === true;
  const wanted = (target: string): boolean => (event === 'resolved' ? told(target, 'opened') : alert.enabled);
  return alert.notify
    .filter((target) => wanted(target) && !told(target, event))
    .map((target) => ({ notice: { ...found, event }, target }));
}

/** Gives incidents with their alert and domain; null where one of them is gone. */
async function foundOf(
  store: Store,
  incidents: readonly Incident[],
): Promise<(incident: Incident) => Found | null> {
  if (incidents.length === 0) return () => null;
  const alertIds = incidents.flatMap(({ alertId }) => alertId ?? []);
  const domainIds = incidents.map(({ domainId }) => domainId);
  const { Alert: alertModel, Domain: domainModel } = store.models;
  const alerts = await alertModel.find({ _id: { $in: alertIds } }).lean<Alert[]>();
  const domains = await domainModel.find({ _id: { $in: domainIds } }).lean<Domain[]>();
  const byId = new Map<string, Alert | Domain>(
    [...alerts, ...domains].map((each) => [String(each._id), each]),
  );
  return (incident) => {
    const alert = byId.get(String(incident.alertId)) as Alert | undefined;
    const domain = byId.get(String(incident.domainId)) as Domain | undefined;
    return alert === undefined || domain === undefined ? null : { incident, alert, domain };
  };
}
