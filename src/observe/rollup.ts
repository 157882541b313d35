import { isDuplicateKey } from '../database/duplicate-key.ts';
import type { Store } from '../database/store.ts';
import { within } from '../database/store.ts';
import type { Session } from '../database/store.ts';
import { inTransaction } from '../database/transaction.ts';
import { addTraffic } from '../models/analytics-data.ts';
import type { AnalyticsData } from '../models/analytics-data.ts';
import type { Id } from '../models/base.ts';
import { countOnce, HOUR_MS, markOf, noTraffic } from './traffic.ts';
import type { Increment } from './traffic.ts';

/** So many minutes go into their hours at once. */
const PACK = 1_000;

/** What is rolled up: minutes of these domains that lie in hours which ended by then. */
export interface RollupScope {
  domains: readonly Id[];
  before: Date;
}

/** What a rollup came to, or would come to. */
export interface RolledUp {
  domains: number;
  minutes: number;
  hours: number;
  requests: number;
}

type Minute = AnalyticsData;

/**
 * Puts minutes into their hours. Others may count meanwhile, also into these minutes; interrupted at any point, it has
 * counted all that it has moved, and running it again does the rest. With transactions, minutes go in the moment in
 * which they are in their hour; without, a sum that is read in between may have some of them twice.
 * @param report is told after each pack how many minutes were moved.
 */
export async function rollUp(
  store: Store,
  scope: RollupScope,
  report: (minutes: number) => void = () => undefined,
): Promise<RolledUp> {
  const moved = new Tally();
  for (const domainId of scope.domains) {
    // What an interrupted one has left on its way, on a store that has no transactions.
    if (!store.transactions) moved.add(await finishMoving(store, domainId));
    for await (const pack of packsOf(store, domainId, scope.before)) {
      const ids = pack.map(({ _id }) => _id);
      moved.add(store.transactions ? await moveAtOnce(store, ids) : await moveByStep(store, domainId, ids));
      report(moved.result.minutes);
    }
  }
  return moved.result;
}

/** What a rollup of these would come to now; it writes nothing. */
export async function rollupPreview(store: Store, { domains, before }: RollupScope): Promise<RolledUp> {
  const moved = new Tally();
  for (const domainId of domains) {
    for await (const pack of packsOf(store, domainId, before)) moved.add(pack);
  }
  return moved.result;
}

/** The minutes of a domain before a time, in packs; no cursor is held open while they are moved. */
async function* packsOf(store: Store, domainId: Id, before: Date): AsyncGenerator<Minute[]> {
  let after = new Date(0);
  for (;;) {
    const bucket = { $gt: after, $lt: before };
    const pack = await minutesOf(store, { domainId, granularity: 'minute', bucket }, { limit: PACK });
    if (pack.length > 0) yield pack;
    if (pack.length < PACK) return;
    after = pack.at(-1)!.bucket;
  }
}

/** In one transaction, which is run again where somebody counted into one of these minutes meanwhile. */
function moveAtOnce(store: Store, ids: readonly Id[]): Promise<Minute[]> {
  return inTransaction(store, async (session) => {
    const minutes = await minutesOf(store, { _id: { $in: [...ids] }, granularity: 'minute' }, { session });
    await countOnce(store, hoursOf(minutes), markOf('rollup', ...minutes.map(idOf)), session);
    await store.models.AnalyticsData.deleteMany({ _id: { $in: minutes.map(idOf) } }, within(session));
    return minutes;
  });
}

/** Takes the minutes out of the hands of those who count, and then moves them. */
async function moveByStep(store: Store, domainId: Id, ids: readonly Id[]): Promise<Minute[]> {
  const { collection } = store.models.AnalyticsData;
  const free = { _id: { $in: [...ids] }, granularity: 'minute' };
  const finished: Minute[] = [];
  for (;;) {
    try {
      await collection.updateMany(free, { $set: { granularity: 'moving' } });
      return [...finished, ...(await finishMoving(store, domainId))];
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      // Somebody else is moving one of these minutes, as it was before it was counted into again.
      finished.push(...(await finishMoving(store, domainId)));
    }
  }
}

/**
 * Moves what nobody counts into any more. Each minute has a mark of its own in the hour, so that it is counted there
 * once, whoever else moves it too, and whoever was interrupted between that and its end.
 */
async function finishMoving(store: Store, domainId: Id): Promise<Minute[]> {
  const minutes = await minutesOf(store, { domainId, granularity: 'moving' });
  for (const minute of minutes) {
    await countOnce(store, hoursOf([minute]), markOf('rollup', minute._id));
    await store.models.AnalyticsData.deleteOne({ _id: minute._id, granularity: 'moving' });
  }
  return minutes;
}

function minutesOf(
  store: Store,
  filter: object,
  { limit = 0, session }: { limit?: number; session?: Session } = {},
): Promise<Minute[]> {
  return store.models.AnalyticsData.find(filter, { marks: 0 }, within(session))
    .sort({ bucket: 1 })
    .limit(limit)
    .lean<Minute[]>();
}

/** The traffic of minutes of one domain as that of their hours. */
function hoursOf(minutes: readonly Minute[]): Increment[] {
  const hours = new Map<number, Increment>();
  for (const minute of minutes) {
    const at = hourOf(minute);
    const { teamId, domainId } = minute;
    let hour = hours.get(at);
    if (hour === undefined) {
      hour = { teamId, domainId, granularity: 'hour', bucket: new Date(at), traffic: noTraffic() };
      hours.set(at, hour);
    }
    addTraffic(hour.traffic, minute);
  }
  return [...hours.values()];
}

function hourOf({ bucket }: Minute): number {
  return Math.floor(bucket.getTime() / HOUR_MS) * HOUR_MS;
}

function idOf({ _id }: Minute): Id {
  return _id;
}

/** Counts what was moved. */
class Tally {
  readonly #domains = new Set<string>();
  readonly #hours = new Set<string>();
  #minutes = 0;
  #requests = 0;

  add(minutes: readonly Minute[]): void {
    for (const minute of minutes) {
      const domain = String(minute.domainId);
      this.#domains.add(domain);
      this.#hours.add(`${domain} ${hourOf(minute)}`);
      this.#minutes += 1;
      this.#requests += minute.requests;
    }
  }

  get result(): RolledUp {
    return {
      domains: this.#domains.size,
      minutes: this.#minutes,
      hours: this.#hours.size,
      requests: this.#requests,
    };
  }
}
