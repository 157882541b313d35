import type { Store } from '../database/store.ts';
import { addTraffic, granularities, noTraffic, trafficOf, trafficSums } from '../models/analytics-data.ts';
import type { Traffic } from '../models/analytics-data.ts';
import type { Id } from '../models/base.ts';
import type { Domain } from '../models/domain.ts';
import type { Access } from './access.ts';
import { beginnings, STEP_MS } from './analytics-period.ts';
import type { Span } from './analytics-period.ts';
import { findDomain } from './domains.ts';
import { withOwners } from './owners.ts';
import { teamSlugs, teamsWithin } from './teams.ts';

/** Domains are counted by the thousand; those with the most requests are named. */
const TOP = 10;
const GROUPS_AT_ONCE = 5_000;

/** What was counted in one period, which begins at `from`. */
export interface Period extends Traffic {
  from: Date;
}

/** What was counted of one of the domains with the most requests. */
export interface TopDomain {
  domain: string;
  team: string;
  traffic: Traffic;
  /** The requests of each period. */
  trend: number[];
}

/** The traffic of one domain, of a team's, or of all within reach. */
export interface TrafficReport extends Span {
  /** Null for more than one. */
  domain: string | null;
  /** Null for more than one. */
  team: string | null;
  /** How many have traffic. */
  domains: number;
  totals: Traffic;
  /** One for each, of nothing too. */
  periods: Period[];
  /** The most requests first; none where the report is about one domain. */
  top: TopDomain[];
}

interface Group extends Record<string, unknown> {
  _id: { domain: Id; at: number };
  team: Id;
}

/** What is added up of one domain while the groups are read. */
interface Counted {
  domainId: Id;
  teamId: Id;
  traffic: Traffic;
  /** By the number of the period. */
  requestsIn: Map<number, number>;
}

/**
 * Adds up the traffic of a time. Buckets are of minutes, or of hours once they were rolled up: such an hour counts in
 * the period in which it begins.
 * @param name of a domain; all within reach where it is missing.
 * @throws NetgoatError not-found: the domain is not within reach.
 */
export async function readTraffic(
  store: Store,
  access: Access,
  span: Span,
  name?: string,
): Promise<TrafficReport> {
  const domain = name === undefined ? undefined : await findDomain(store, access, name);
  const periods = beginnings(span).map((from) => ({ from, ...noTraffic() }));
  const domains = new Map<string, Counted>();
  const whose = domain === undefined ? await ofTeams(store, access) : { domainId: domain._id };
  for await (const group of groupsOf(store, whose, span)) {
    const at = (Number(group._id.at) - span.from.getTime()) / STEP_MS[span.by];
    const traffic = trafficOf(group);
    addTraffic(periods[at]!, traffic);
    count(domains, group, at, traffic);
  }
  const totals = noTraffic();
  for (const { traffic } of domains.values()) addTraffic(totals, traffic);
  return {
    ...span,
    domain: domain?.hostname ?? null,
    team: await teamOf(store, access, domain),
    domains: domains.size,
    totals,
    periods,
    top: domain === undefined ? await topOf(store, domains, span) : [],
  };
}

/** Somebody who reaches all teams still asks by team, which is how the buckets are found without reading them all. */
async function ofTeams(store: Store, access: Access): Promise<object> {
  const teams = access.teams ?? (await teamsWithin(store, access)).map(({ _id }) => _id);
  return { teamId: { $in: [...teams] } };
}

/** What was counted of each domain in each period, added up by the database. */
function groupsOf(store: Store, whose: object, { from, until, by }: Span): AsyncIterable<Group> {
  const ms = { $toLong: '$bucket' };
  const at = { $subtract: [ms, { $mod: [ms, STEP_MS[by]] }] };
  const pipeline = [
    { $match: { ...whose, granularity: { $in: [...granularities] }, bucket: { $gte: from, $lt: until } } },
    { $group: { _id: { domain: '$domainId', at }, team: { $first: '$teamId' }, ...trafficSums() } },
  ];
  return store.models.AnalyticsData.aggregate<Group>(pipeline).cursor({ batchSize: GROUPS_AT_ONCE });
}

function count(domains: Map<string, Counted>, { _id, team }: Group, at: number, traffic: Traffic): void {
  const key = String(_id.domain);
  let domain = domains.get(key);
  if (domain === undefined) {
    domain = { domainId: _id.domain, teamId: team, traffic: noTraffic(), requestsIn: new Map() };
    domains.set(key, domain);
  }
  addTraffic(domain.traffic, traffic);
  domain.requestsIn.set(at, traffic.requests);
}

async function teamOf(store: Store, access: Access, domain: Domain | undefined): Promise<string | null> {
  const [team, ...others] = domain === undefined ? (access.teams ?? []) : [domain.teamId];
  if (team === undefined || others.length > 0) return null;
  return (await teamSlugs(store, [team])).get(String(team)) ?? null;
}

async function topOf(
  store: Store,
  domains: ReadonlyMap<string, Counted>,
  { count: periods }: Span,
): Promise<TopDomain[]> {
  const most = [...domains.entries()]
    .toSorted(([a, one], [b, other]) => other.traffic.requests - one.traffic.requests || (a < b ? -1 : 1))
    .slice(0, TOP)
    .map(([, domain]) => domain);
  const named = await withOwners(store, most);
  return named.map(({ domain, team, traffic, requestsIn }) => ({
    domain,
    team,
    traffic,
    trend: Array.from({ length: periods }, (_, at) => requestsIn.get(at) ?? 0),
  }));
}
