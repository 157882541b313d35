import { withoutSecrets } from '../changes/history.ts';
import { inOrder } from '../changes/order.ts';
import type { Id } from '../models/base.ts';
import type { Change } from '../models/change.ts';
import type { User } from '../models/user.ts';
import type { DiffEntry } from '../output/diff.ts';
import { reaches } from '../queries/access.ts';
import { teamSlugs } from '../queries/teams.ts';
import type { Call } from './spec.ts';

type Fields = Record<string, unknown>;
type Slugs = ReadonlyMap<string, string>;

/** Changes as they are shown: in their order, without secrets, teams by slug and none that is out of reach. */
export async function entriesOf(call: Call, changes: readonly Change[]): Promise<DiffEntry[]> {
  const slugs = await slugsOf(call, changes);
  return inOrder(changes).map((change) => {
    const { op, kind, name, team, before, after } = withoutSecrets(change);
    const shown = (document: Fields | null): Fields | null => {
      if (document === null) return null;
      // Where nothing but its alert goes, an update would show nothing.
      if (kind === 'incident' && op === 'update') return { ...fields(document), alert: document['alertId'] };
      return kind === 'user' ? memberships(fields(document), slugs) : fields(document);
    };
    return {
      op,
      kind,
      name,
      team: team === null ? null : (slugs.get(String(team)) ?? null),
      before: shown(before),
      after: shown(after),
    };
  });
}

async function slugsOf({ store, access }: Call, changes: readonly Change[]): Promise<Slugs> {
  const ids = changes.flatMap(({ kind, team, before, after }) => [
    ...(team === null ? [] : [team]),
    ...(kind === 'user' ? [...teamsIn(before), ...teamsIn(after)] : []),
  ]);
  const within = new Map(ids.filter((id) => reaches(access, id)).map((id) => [String(id), id]));
  const slugs = await teamSlugs(store, [...within.values()]);
  for (const { kind, id, after, before } of changes) {
    if (kind === 'team')
      slugs.set(String(id), String((after ?? before)!['slug'] ?? slugs.get(String(id)) ?? ''));
  }
  return slugs;
}

function teamsIn(document: Fields | null): Id[] {
  const { teams = [], roles = [], tokens = [] } = (document ?? {}) as Partial<User>;
  return [...teams, ...roles.map(({ team }) => team), ...tokens.flatMap((token) => token.teams)];
}

/** What a user document says of teams, by slug; tokens of teams out of reach are left out. */
function memberships(document: Fields, slugs: Slugs): Fields {
  const { teams, roles, tokens } = document as Partial<User>;
  const named = (ids: readonly Id[]) => ids.flatMap((id) => slugs.get(String(id)) ?? []);
  return {
    ...document,
    ...(teams ? { teams: named(teams) } : {}),
    ...(roles
      ? { roles: roles.flatMap(({ team, role }) => named([team]).map((slug) => ({ team: slug, role }))) }
      : {}),
    ...(tokens
      ? {
          tokens: tokens
            .map((token) => ({ ...token, teams: named(token.teams) }))
            .filter(({ teams: within }) => within.length > 0),
        }
      : {}),
  };
}

const INTERNAL = new Set([
  '_id',
  'teamId',
  'domainId',
  'valueHash',
  'openKey',
  'zoneRevision',
  'reversedName',
  'alertId',
]);

/** A document without what only the store needs. */
function fields(document: Fields): Fields {
  return Object.fromEntries(Object.entries(document).filter(([key]) => !INTERNAL.has(key)));
}
