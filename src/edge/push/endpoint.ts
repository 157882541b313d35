import { NetgoatError } from '../../errors.ts';
import { isLoopback } from '../loopback.ts';

const SCHEMES: Record<string, string> = { 'ws:': 'ws:', 'wss:': 'wss:', 'http:': 'ws:', 'https:': 'wss:' };
const EXAMPLE = 'for example: wss://edge-1.example.com:8443/sync';

/** Names of what nobody shows: `token`, `api_key`, `accessKey`, `client-secret`. */
const SECRET = /token|secret|passw|credential|signature|^(?:pwd|auth|sig)$|(?:^|[-_.]|api|access)key$/i;

/** @throws NetgoatError usage: a URL holds what looks like a secret; URLs are shown and kept. */
export function refuseSecrets(url: URL): void {
  const hint = 'a token comes from NETGOAT_EDGE_TOKEN, --token-file or the rc file';
  if (url.username !== '' || url.password !== '') {
    throw new NetgoatError('usage', `the URL of ${url.host} holds a user name or a password`, { hint });
  }
  const name = [...url.searchParams.keys()].find((key) => SECRET.test(key));
  if (name === undefined) return;
  throw new NetgoatError('usage', `the URL of ${url.host} has "${name}" in its query, and URLs are shown`, {
    hint,
  });
}

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
  refuseSecrets(url);
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
