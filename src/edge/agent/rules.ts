import type { EdgeDomain, EdgeProxy } from '../schema.ts';
import { agentId, MOST_HOSTS } from './facts.ts';
import type { AgentRule } from './facts.ts';

type EdgeRule = EdgeProxy['waf'][number];

/**
 * The WAF rules of a domain, for the hosts that are routed. Every agent is kept to the hosts: current ones by `hosts`,
 * which they drop a rule without; older ones, which apply each rule to each request, by the expression itself. Names
 * are unique over all domains, because older agents keep one rule of a name.
 */
export function agentRules({ hostname, waf, proxy }: EdgeDomain, hosts: readonly string[]): AgentRule[] {
  if (waf === 'off' || proxy === null) return [];
  return ranked(proxy.waf).flatMap((rule) =>
    inLots(hosts).map((lot, at) => agentRule(hostname, rule, lot, at)),
  );
}

/** The highest priority first, then by name: the order in which they stand in the body. */
export function compareRules(a: AgentRule, b: AgentRule): number {
  return b.priority - a.priority || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

function agentRule(hostname: string, rule: EdgeRule, hosts: string[], at: number): AgentRule {
  const { name, expression, action, priority } = rule;
  const part = at === 0 ? '' : `/${at + 1}`;
  return {
    id: agentId('rule', hostname, `${name}${part}`),
    name: `${hostname}/${name}${part}`,
    expression: `${hostCondition(hosts)} && (${expression})`,
    action: action.toUpperCase(),
    priority,
    proxy_config_id: agentId('proxy', hostname),
    hosts,
  };
}

/** Older agents give Host as the client sent it: with a port, and in any case. */
function hostCondition(hosts: readonly string[]): string {
  return `lower(split(Host, ":")[0]) in ${JSON.stringify(hosts)}`;
}

function inLots(hosts: readonly string[]): string[][] {
  const lots: string[][] = [];
  for (let at = 0; at < hosts.length; at += MOST_HOSTS) lots.push(hosts.slice(at, at + MOST_HOSTS));
  return lots;
}

/**
 * The rules with priorities that keep their order. Agents try equal ones in no order of ours, and whether an `allow`
 * or a `block` comes first decides; where that happens they are numbered, which only their order depends on.
 */
function ranked(rules: readonly EdgeRule[]): EdgeRule[] {
  const deciding = rules.filter(({ action }) => action !== 'log');
  const isMixed = deciding.some(({ priority, action }, at) => {
    const before = deciding[at - 1];
    return before !== undefined && before.priority === priority && before.action !== action;
  });
  return isMixed ? rules.map((rule, at) => ({ ...rule, priority: rules.length - at })) : [...rules];
}
