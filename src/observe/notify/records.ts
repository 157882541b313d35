import type { Store } from '../../database/store.ts';
import type { Id } from '../../models/base.ts';
import type { Delivery, Incident } from '../../models/incident.ts';

/** The last ones are kept. */
const MOST = 100;

/**
 * Records a message with its incident before it is sent, so that it is not lost with the process.
 * @returns false if it is recorded already, and somebody has it in hand: or if the incident is gone.
 */
export async function record(store: Store, incident: Id, delivery: Delivery): Promise<boolean> {
  const { modifiedCount } = await store.models.Incident.collection.updateOne(
    { _id: incident, deliveries: { $not: { $elemMatch: { id: delivery.id } } } },
    { $push: { deliveries: { $each: [delivery], $slice: -MOST } } } as object,
  );
  return modifiedCount === 1;
}

/**
 * Writes down how a message stands, if it still is due when this process thinks it is: of two who want to send it, one
 * gets it.
 * @param seen when it was due as far as is known here.
 * @returns whether it was.
 */
export async function restate(
  store: Store,
  incident: Id,
  { id, due: seen }: Pick<Delivery, 'id' | 'due'>,
  now: Partial<Pick<Delivery, 'due' | 'attempts' | 'deliveredAt' | 'error'>>,
): Promise<boolean> {
  const { collection } = store.models.Incident;
  for (;;) {
    const at = (await deliveriesOf(store, incident)).findIndex((each) => each.id === id);
    if (at === -1) return false;
    // Its place and not `$`: some servers that speak MongoDB's protocol have no positional operators.
    const place = `deliveries.${at}`;
    const $set = Object.fromEntries(Object.entries(now).map(([key, value]) => [`${place}.${key}`, value]));
    const filter = { _id: incident, [`${place}.id`]: id };
    const { matchedCount } = await collection.updateOne({ ...filter, [`${place}.due`]: seen }, { $set });
    if (matchedCount === 1) return true;
    // Others have come before it, and the oldest have gone: it may have moved.
    if ((await collection.countDocuments(filter)) === 1) return false;
  }
}

async function deliveriesOf(store: Store, incident: Id): Promise<Delivery[]> {
  const found = await store.models.Incident.findById(incident, { deliveries: 1 }).lean<Incident>();
  return found?.deliveries ?? [];
}
