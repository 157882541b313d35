import type { Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import type { EdgeNode } from '../models/edge-node.ts';
import { reaches } from './access.ts';
import type { Access } from './access.ts';
import { isId, notFound } from './lookup.ts';
import { teamSlugs } from './teams.ts';

/** A node, and the slugs of the teams whose domains it is sent. */
export interface NodeRow extends EdgeNode {
  /** Empty for all teams; the id of a team that is gone. */
  slugs: string[];
}

/**
 * The nodes whose teams are all within reach, by name; one that is sent the domains of all teams is only seen by those
 * who reach all.
 */
export async function listNodes(store: Store, access: Access): Promise<NodeRow[]> {
  const nodes = await store.models.EdgeNode.find(reached(access)).lean<EdgeNode[]>();
  const rows = await withSlugs(
    store,
    nodes.filter((node) => isVisible(access, node)),
  );
  const key = (row: NodeRow) => `${row.name}\0${row.slugs.join(' ')}`;
  return rows.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

/**
 * The node of this name or id.
 * @throws NetgoatError not-found: there is none within reach; conflict: there are several of this name.
 */
export async function findNode(store: Store, access: Access, name: string): Promise<NodeRow> {
  const nodes = await listNodes(store, access);
  const found = nodes.filter((node) => node.name === name || (isId(name) && node._id.equals(name)));
  if (found.length === 1) return found[0]!;
  const names = nodes.map((node) => node.name);
  if (found.length === 0) {
    throw notFound('edge node', name, names, '`netgoat sync node list` shows those that were met');
  }
  const all = found.map(({ _id, slugs }) => `${String(_id)} of ${slugs.join(', ') || 'all teams'}`);
  throw new NetgoatError(
    'conflict',
    `there are ${found.length} edge nodes named ${name}: ${all.join('; ')}`,
    {
      hint: 'name one by its id, or its team with --team',
    },
  );
}

function reached({ teams }: Access): object {
  return teams === null ? {} : { teams: { $in: [...teams] } };
}

function isVisible(access: Access, { teams }: EdgeNode): boolean {
  return access.teams === null || (teams.length > 0 && teams.every((team) => reaches(access, team)));
}

async function withSlugs(store: Store, nodes: readonly EdgeNode[]): Promise<NodeRow[]> {
  const ids = new Map(nodes.flatMap(({ teams }) => teams).map((id) => [String(id), id]));
  const slugs = await teamSlugs(store, [...ids.values()]);
  return nodes.map((node) => ({
    ...node,
    slugs: node.teams.map((id) => slugs.get(String(id)) ?? String(id)).toSorted(),
  }));
}
