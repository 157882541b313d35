import type { Store } from '../../database/store.ts';
import type { Id } from '../../models/base.ts';
import type { Delivery } from '../../models/incident.ts';

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
  const $set = Object.fromEntries(Object.entries(now).map(([key, value]) => [`deliveries.$.${key}`, value]));
  const { modifiedCount } = await store.models.Incident.collection.updateOne(
    { _id: incident, deliveries: { $elemMatch: { id, due: seen } } },
    { $set },
  );
  return modifiedCount === 1;
}
