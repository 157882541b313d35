import type { Store } from '../database/store.ts';
import type { Domain } from '../models/domain.ts';
import type { ProxyConfig, WafRule } from '../models/proxy-config.ts';
import { checkExpression } from '../waf/expression.ts';
import type { Access } from './access.ts';
import { checkCode } from './edge-code.ts';
import { findProxy } from './proxy.ts';

/** Something about a configuration that an operator should look at. */
export interface Finding {
  /** An error is served wrongly or not at all, a warning is probably not what was meant. */
  level: 'error' | 'warning';
  /** What it is about: `upstream`, `waf block-admin`. */
  where: string;
  message: string;
}

type Rule = (config: ProxyConfig, domain: Domain) => Iterable<Finding>;

/** What can be seen of a configuration without asking anybody; a new check is a line here. */
const rules: readonly Rule[] = [
  inactive,
  upstreams,
  loops,
  idleWaf,
  brokenExpressions,
  shadowedRules,
  doubledLimits,
  idleCache,
];

/**
 * The findings of a domain's configuration, errors first.
 * @throws NetgoatError not-found: there is no such domain within reach.
 */
export async function checkProxy(store: Store, access: Access, name: string): Promise<Finding[]> {
  const { domain, config } = await findProxy(store, access, name);
  if (config === null) {
    return [
      { level: 'error', where: 'proxy', message: 'there is none: edges proxy nothing for this domain' },
    ];
  }
  const found = [...rules.flatMap((rule) => [...rule(config, domain)]), ...(await brokenCode(config))];
  return found.toSorted((a, b) => (a.level === b.level ? 0 : a.level === 'error' ? -1 : 1));
}

async function brokenCode({ edgeFunctions }: ProxyConfig): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const { name, code } of edgeFunctions) {
    try {
      await checkCode(code);
    } catch (error) {
      found.push({ level: 'error', where: `edge-function ${name}`, message: (error as Error).message });
    }
  }
  return found;
}

function* inactive({ active }: ProxyConfig): Iterable<Finding> {
  if (active) return;
  yield { level: 'warning', where: 'proxy', message: 'it is not active: edges are not sent it' };
}

function* upstreams({ upstreams: list }: ProxyConfig): Iterable<Finding> {
  if (list.length === 0) {
    yield {
      level: 'error',
      where: 'upstream',
      message: 'there is none: edges have nowhere to send a request',
    };
  } else if (list.every(({ weight }) => weight === 0)) {
    yield { level: 'error', where: 'upstream', message: 'all weights are 0: none is ever chosen' };
  }
}

function* loops({ upstreams: list }: ProxyConfig, { hostname }: Domain): Iterable<Finding> {
  for (const { url } of list) {
    if (new URL(url).hostname !== hostname) continue;
    yield {
      level: 'error',
      where: `upstream ${url}`,
      message: 'it is the domain itself: requests go in a circle',
    };
  }
}

function* idleWaf({ wafRules }: ProxyConfig, { waf, hostname }: Domain): Iterable<Finding> {
  const enabled = wafRules.filter((rule) => rule.enabled).length;
  if (waf === 'on' && enabled === 0) {
    yield { level: 'warning', where: 'waf', message: 'the WAF is on and has no enabled rule' };
  }
  if (waf === 'off' && enabled > 0) {
    const message = `the WAF is off, its rules do nothing: \`netgoat domain set ${hostname} --waf on\``;
    yield { level: 'warning', where: 'waf', message };
  }
}

function* brokenExpressions({ wafRules }: ProxyConfig): Iterable<Finding> {
  for (const { name, expression } of wafRules) {
    try {
      checkExpression(expression);
    } catch (error) {
      yield {
        level: 'error',
        where: `waf ${name}`,
        message: `it does not compile: ${(error as Error).message}`,
      };
    }
  }
}

/** Rules are tried from the highest priority down, and block and allow end the search. */
function* shadowedRules({ wafRules }: ProxyConfig): Iterable<Finding> {
  const deciding = new Map<string, WafRule>();
  const inTurn = wafRules
    .filter(({ enabled }) => enabled)
    .toSorted((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1));
  for (const rule of inTurn) {
    const first = deciding.get(rule.expression.trim());
    if (first) {
      const message = `it never decides: ${first.name} has the same expression and comes first`;
      yield { level: 'warning', where: `waf ${rule.name}`, message };
    } else if (rule.action !== 'log') {
      deciding.set(rule.expression.trim(), rule);
    }
  }
}

function* doubledLimits({ rateLimits }: ProxyConfig): Iterable<Finding> {
  const first = new Map<string, string>();
  for (const { name, path } of rateLimits) {
    const other = first.get(path);
    if (other === undefined) first.set(path, name);
    else yield { level: 'warning', where: `rate-limit ${name}`, message: `${other} limits ${path} too` };
  }
}

function* idleCache({ cache }: ProxyConfig): Iterable<Finding> {
  if (cache.level === 'off' || cache.ttl > 0) return;
  yield { level: 'warning', where: 'cache', message: 'it is on and keeps nothing: its TTL is 0' };
}
