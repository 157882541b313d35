import { isDuplicateKey } from '../database/duplicate-key.ts';
import type { Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import { newId } from '../models/base.ts';
import type { Id } from '../models/base.ts';
import { nodeScope } from '../models/edge-node.ts';
import type { EdgeNode } from '../models/edge-node.ts';

/** What a node says when it is met, and by whom it was let in. */
interface Met {
  name: string;
  /** The teams whose domains it is sent, sorted; empty for all. */
  teams: readonly Id[];
  /** Where it was reached; null for one that came by itself. */
  url: string | null;
  now: Date;
}

/** How often a look that somebody else's write made stale is repeated. */
const MOST_LOOKS = 5;
const LONGEST_REASON = 500;

/** What is known of a node that confirmed nothing yet, or something else than it is sent now. */
const NOTHING_CONFIRMED = { version: null, checksum: null, ackedAt: null, lastRefusal: null } as const;

/**
 * The record of a node that has come, made if there is none. A node is known by its name among its teams: one whose
 * teams have grown is still itself, but what it confirmed is of another scope and forgotten. Records are observed
 * state, written by atomic operators outside the Changes.
 * @throws NetgoatError conflict: the name is that of a node which is sent domains of other teams as well, or of
 *   several nodes.
 */
export async function meetNode(store: Store, met: Met): Promise<EdgeNode> {
  await store.prepare();
  for (let look = 0; look < MOST_LOOKS; look++) {
    const record = await unlessTaken(async () => {
      const known = await recordOf(store, met);
      return known === null ? await addRecord(store, met) : await renewRecord(store, known, met);
    });
    if (record !== null) return record;
  }
  throw taken(met.name, 'is written by others again and again');
}

async function recordOf(store: Store, { name, teams }: Met): Promise<EdgeNode | null> {
  const reached = teams.length === 0 ? { $size: 0 } : { $in: [...teams] };
  const [known, another] = await store.models.EdgeNode.find({ name, teams: reached })
    .limit(2)
    .lean<EdgeNode[]>();
  if (another !== undefined) throw taken(name, 'is that of several nodes of these teams');
  if (known === undefined) return null;
  // Whose name it is would be told otherwise, and its record taken, by a token that reaches but a part of its teams.
  if (known.teams.every((id) => teams.some((team) => team.equals(id)))) return known;
  throw taken(name, 'is that of a node which is sent domains of other teams as well');
}

function taken(name: string, why: string): NetgoatError {
  return new NetgoatError('conflict', `the node name ${name} ${why}`, {
    hint: 'give this node another name, or retire the other with `netgoat sync node remove`',
  });
}

async function addRecord(store: Store, { name, teams, url, now }: Met): Promise<EdgeNode> {
  const _id = newId();
  const scope = nodeScope(teams);
  const record = { _id, name, url, teams: [...teams], scope, ...NOTHING_CONFIRMED, lastSeen: now };
  await store.models.EdgeNode.create(record);
  return record;
}

/** The record as it is now; null if it went or changed its teams meanwhile. */
async function renewRecord(store: Store, known: EdgeNode, met: Met): Promise<EdgeNode | null> {
  const { teams, url, now } = met;
  const same = known.teams.length === teams.length;
  return store.models.EdgeNode.findOneAndUpdate(
    { _id: known._id, scope: known.scope },
    {
      $set: {
        lastSeen: now,
        ...(url === null ? {} : { url }),
        ...(same ? {} : { ...NOTHING_CONFIRMED, teams: [...teams], scope: nodeScope(teams) }),
      },
    },
    { returnDocument: 'after' },
  ).lean<EdgeNode | null>();
}

/** Null where somebody else has just made the record. */
async function unlessTaken<T>(write: () => Promise<T>): Promise<T | null> {
  try {
    return await write();
  } catch (error) {
    if (isDuplicateKey(error)) return null;
    throw error;
  }
}

/** What a node has confirmed to run. */
export interface Confirmation {
  version: number;
  checksum: string;
  now: Date;
}

/** Notes what nodes have confirmed to run, all at once. */
export async function confirmNodes(store: Store, confirmed: ReadonlyMap<Id, Confirmation>): Promise<void> {
  const writes = [...confirmed].map(([_id, { version, checksum, now }]) => {
    const $set = { version, checksum, ackedAt: now, lastSeen: now, lastRefusal: null };
    return { updateOne: { filter: { _id }, update: { $set } } };
  });
  await store.models.EdgeNode.collection.bulkWrite(writes, { ordered: false });
}

/** Notes what a node has confirmed to run. */
export function confirmNode(store: Store, node: Id, confirmation: Confirmation): Promise<void> {
  return confirmNodes(store, new Map([[node, confirmation]]));
}

/**
 * Whether what a node says that it holds is what it has confirmed here: only then is it known to be a version of this
 * store's, and of these teams.
 */
export function hasConfirmed<H extends { version: number | null; checksum: string | null }>(
  { version, checksum }: EdgeNode,
  held: H,
): held is H & { version: number; checksum: string } {
  return held.version !== null && held.version === version && held.checksum === checksum;
}

/** Notes what a node has refused; what it runs is what it ran before. */
export async function refuseNode(
  store: Store,
  node: Id,
  { version, reason, now }: { version: number; reason: string; now: Date },
): Promise<void> {
  const lastRefusal = { at: now, version, reason: reason.slice(0, LONGEST_REASON) };
  await store.models.EdgeNode.updateOne({ _id: node }, { $set: { lastRefusal, lastSeen: now } });
}

/** Notes that a node is there. */
export async function seeNode(store: Store, node: Id, now: Date): Promise<void> {
  await store.models.EdgeNode.updateOne({ _id: node }, { $set: { lastSeen: now } });
}

/** Forgets a node and what it reported. */
export async function retireNode(store: Store, node: Id): Promise<void> {
  await store.models.EdgeReport.deleteMany({ node });
  await store.models.AlertState.deleteMany({ node });
  await store.models.EdgeNode.deleteOne({ _id: node });
}
