import { NetgoatError } from '../../errors.ts';

/** A host and a port of it. */
export interface Endpoint {
  host: string;
  port: number;
}

/** Where a connection goes that is meant for an endpoint. */
export type Detour = (meant: Endpoint) => Endpoint;

const HOST = String.raw`(\[[0-9a-f:.]+\]|[^:[\]\s]*)`;
const RULE = new RegExp(`^${HOST}:(\\d{0,5}):${HOST}(?::(\\d{0,5}))?$`, 'i');

/**
 * Reads detours as curl's --connect-to has them, `HOST1:PORT1:HOST2:PORT2`: what is meant for the first pair goes to
 * the second. An empty HOST1 or PORT1 is any, an empty HOST2 or PORT2 the one that was meant; an IPv6 address has
 * brackets. The first that fits is taken.
 * @throws NetgoatError usage: one of them is none.
 */
export function detourOf(texts: readonly string[]): Detour {
  const rules = texts.map(ruleOf);
  return (meant) => {
    const rule = rules.find(
      ({ from }) =>
        (from.host === '' || from.host === meant.host.toLowerCase()) &&
        (from.port === 0 || from.port === meant.port),
    );
    if (rule === undefined) return meant;
    return { host: rule.to.host || meant.host, port: rule.to.port || meant.port };
  };
}

function ruleOf(text: string): { from: Endpoint; to: Endpoint } {
  const found = RULE.exec(text);
  const [fromHost = '', fromPort, toHost = '', toPort] = found?.slice(1) ?? [];
  const rule = {
    from: { host: bare(fromHost), port: Number(fromPort ?? '') },
    to: { host: bare(toHost), port: Number(toPort ?? '') },
  };
  if (found !== null && rule.from.port <= 65_535 && rule.to.port <= 65_535) return rule;
  throw new NetgoatError('usage', `--connect-to takes HOST1:PORT1:HOST2:PORT2, and "${text}" is none`, {
    hint: 'for example: shop.example.com:443:192.0.2.7:8443',
  });
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '').toLowerCase();
}
