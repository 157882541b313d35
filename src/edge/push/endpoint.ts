import { NetgoatError } from '../../errors.ts';
import { isLoopback } from '../loopback.ts';

const SCHEMES: Record<string, string> = { 'ws:': 'ws:', 'wss:': 'wss:', 'http:': 'ws:', 'https:': 'wss:' };
const EXAMPLE = 'for example: wss://edge-1.example.com:8443/sync';

/**
 * The URLs that are to be pushed to, each once; http(s) is taken for ws(s).
 * @param insecure whether a connection to another machine may go without TLS.
 * @throws NetgoatError usage: names the URL that cannot be pushed to.
 */
export function endpointsOf(texts: readonly string[], insecure: boolean): string[] {
  return [...new Set(texts.map((text) => endpointOf(text, insecure)))];
}

function endpointOf(text: string, insecure: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const scheme = SCHEMES[url?.protocol ?? ''];
  if (url === null || scheme === undefined || url.hostname === '') {
    // It may hold a password.
    const shown = text.includes('@') ? 'this' : `"${text}"`;
    throw new NetgoatError('usage', `an edge has a URL, and ${shown} is none`, { hint: EXAMPLE });
  }
  if (url.username !== '' || url.password !== '') {
    throw new NetgoatError('usage', `the URL of ${url.host} holds a user name or a password`, {
      hint: 'a token for the edge comes from NETGOAT_EDGE_TOKEN, --token-file or the rc file',
    });
  }
  if (url.hash !== '') {
    throw new NetgoatError('usage', `the URL of ${url.host} has a part after #`, { hint: EXAMPLE });
  }
  url.protocol = scheme;
  if (scheme === 'ws:' && !insecure && !isLoopback(url.hostname)) {
    throw new NetgoatError('usage', `${url.host} would be sent the configuration without TLS`, {
      hint: 'name it by wss://, or allow it with --insecure',
    });
  }
  return url.pathname === '/' && url.search === '' ? url.href.slice(0, -1) : url.href;
}
