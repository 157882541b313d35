import { formatTtl } from '../../dns/ttl.ts';
import type { EdgeFunction, Header, RateLimit, Upstream, WafRule } from '../../models/proxy-config.ts';
import type { Column } from '../../output/columns.ts';
import type { ProxyRow } from '../../queries/proxy.ts';
import type { Finding } from '../../queries/proxy-check.ts';

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
const limitText = ({ limit, per }: RateLimit): string => `${limit} per ${formatTtl(per)}`;
const sizeText = ({ code }: EdgeFunction): string => `${Buffer.byteLength(code)} bytes`;
const headerText = ({ on, name, value }: Header): string =>
  value === null ? `${on}: without ${name}` : `${on}: ${name}: ${value}`;

/** The fields of a proxy configuration; the lists in short, their groups list them at length. */
export const proxyColumns: Column<ProxyRow>[] = [
  { key: 'domain', header: 'domain', value: (proxy) => proxy.domain },
  { key: 'active', header: 'active', value: (proxy) => proxy.active, text: ({ active }) => yesNo(active) },
  {
    key: 'cache',
    header: 'cache',
    value: (proxy) => proxy.cache,
    text: ({ cache }) => (cache.level === 'off' ? 'off' : `${cache.level}, ${formatTtl(cache.ttl)}`),
  },
  {
    key: 'upstreams',
    header: 'upstreams',
    value: (proxy) => proxy.upstreams,
    text: ({ upstreams }) => upstreams.map(({ url, weight }) => `${url} (weight ${weight})`).join(', '),
  },
  {
    key: 'wafRules',
    header: 'WAF rules',
    value: (proxy) => proxy.wafRules,
    text: ({ wafRules }) => wafRules.map(ruleText).join(', '),
  },
  {
    key: 'rateLimits',
    header: 'rate limits',
    value: (proxy) => proxy.rateLimits,
    text: ({ rateLimits }) =>
      rateLimits.map((rule) => `${rule.name} (${rule.path}, ${limitText(rule)})`).join(', '),
  },
  {
    key: 'edgeFunctions',
    header: 'edge functions',
    value: (proxy) => proxy.edgeFunctions,
    text: ({ edgeFunctions }) =>
      edgeFunctions.map((each) => `${each.name} (${each.on} ${each.path}, ${sizeText(each)})`).join(', '),
  },
  {
    key: 'headers',
    header: 'headers',
    value: (proxy) => proxy.headers,
    text: ({ headers }) => headers.map(headerText).join('; '),
  },
  { key: 'revision', header: '', value: (proxy) => proxy.revision },
  { key: 'id', header: '', value: (proxy) => String(proxy._id) },
];

function ruleText({ name, action, enabled }: WafRule): string {
  return `${name} (${action}${enabled ? '' : ', disabled'})`;
}

export const upstreamColumns: Column<Upstream>[] = [
  { key: 'url', header: 'url', value: ({ url }) => url },
  { key: 'weight', header: 'weight', value: ({ weight }) => weight, align: 'right' },
  { key: 'healthCheck', header: 'health check', value: ({ healthCheck }) => healthCheck },
];

export const wafColumns: Column<WafRule>[] = [
  { key: 'name', header: 'name', value: ({ name }) => name },
  { key: 'priority', header: 'priority', value: ({ priority }) => priority, align: 'right' },
  { key: 'action', header: 'action', value: ({ action }) => action },
  {
    key: 'enabled',
    header: 'enabled',
    value: ({ enabled }) => enabled,
    text: ({ enabled }) => yesNo(enabled),
  },
  { key: 'expression', header: 'expression', value: ({ expression }) => expression },
];

export const rateLimitColumns: Column<RateLimit>[] = [
  { key: 'name', header: 'name', value: ({ name }) => name },
  { key: 'path', header: 'path', value: ({ path }) => path },
  { key: 'limit', header: 'limit', value: ({ limit }) => limit, text: limitText },
  { key: 'per', header: '', value: ({ per }) => per },
  { key: 'burst', header: 'burst', value: ({ burst }) => burst, align: 'right' },
  { key: 'key', header: 'key', value: ({ key }) => key },
];

export const edgeFunctionColumns: Column<EdgeFunction>[] = [
  { key: 'name', header: 'name', value: ({ name }) => name },
  { key: 'on', header: 'on', value: ({ on }) => on },
  { key: 'path', header: 'path', value: ({ path }) => path },
  {
    key: 'size',
    header: 'size',
    value: ({ code }) => Buffer.byteLength(code),
    text: sizeText,
    align: 'right',
  },
  { key: 'code', header: '', value: ({ code }) => code },
];

export const findingColumns: Column<Finding>[] = [
  { key: 'level', header: 'level', value: ({ level }) => level },
  { key: 'where', header: 'where', value: ({ where }) => where },
  { key: 'message', header: 'finding', value: ({ message }) => message },
];
