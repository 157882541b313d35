import type { Id } from '../models/base.ts';
import type { Change } from '../models/change.ts';
import type { KindName } from '../models/kinds.ts';

/** Which domains a payload is about. */
export interface EdgeScope {
  /** Of these teams; null for all. */
  readonly teams: readonly Id[] | null;
  /** This one alone; null for all of the teams'. */
  readonly domain: { readonly id: Id; readonly teamId: Id } | null;
  /** Of these alone those with one of these hostnames. */
  readonly hostnames?: readonly string[];
}

/** The kinds whose documents a payload is made of; a team gives its slug. */
const payloadKinds = new Set<KindName>(['team', 'domain', 'dns', 'proxy']);

/** What of a Change says where it belongs. */
export type ChangePlace = Pick<Change, 'kind' | 'id' | 'team' | 'domainId' | 'name'> & {
  readonly after?: { readonly teamId?: Id } | null;
};

/** The fields of a Change that `touches` looks at, as a projection. */
export const placeFields = {
  'changes.kind': 1,
  'changes.id': 1,
  'changes.team': 1,
  'changes.domainId': 1,
  'changes.name': 1,
  'changes.after.teamId': 1,
} as const;

/** The filter for the domains of a scope that edges serve. */
export function domainFilter(scope: EdgeScope): Record<string, unknown> {
  return {
    enabled: true,
    ...(scope.teams === null ? {} : { teamId: { $in: [...scope.teams] } }),
    ...(scope.domain === null ? {} : { _id: scope.domain.id }),
    ...(scope.hostnames === undefined ? {} : { hostname: { $in: [...scope.hostnames] } }),
  };
}

/** Whether a Change can change the payload of a scope: a domain that moves touches the team it comes to as well. */
export function touches(scope: EdgeScope, change: ChangePlace): boolean {
  if (!payloadKinds.has(change.kind)) return false;
  if (scope.domain !== null) {
    return change.kind === 'team'
      ? change.id.equals(scope.domain.teamId)
      : change.domainId !== null && change.domainId.equals(scope.domain.id);
  }
  if (scope.teams === null) return true;
  const places = [change.team, change.after?.teamId, change.kind === 'team' ? change.id : null];
  return scope.teams.some((team) => places.some((place) => place?.equals(team)));
}
