import type { Unreached } from './dial.ts';

/** What keeps one from an edge or a control plane until something is done about it. */
export type Hurdle = keyof typeof ways;

/** What is done about each. */
const ways = {
  token: 'the token comes from NETGOAT_EDGE_TOKEN, --token-file or the rc file',
  'no-token': 'no token was given: set NETGOAT_EDGE_TOKEN, or add --token-file FILE',
  tls: 'what does not speak TLS is named by ws://, with --insecure off this machine',
  host: 'look at the name in the URL',
  certificate: '--ca FILE trusts the authority that signed the certificate',
  'plain-certificate': 'a certificate has to be of this host, and of today',
  name: 'give the node another name, or retire the other one with `netgoat sync node remove`',
  path: 'look at the port and the path in the URL',
  'other-protocol': '--no-ack sends to what does not speak netgoat.edge.v1',
  protocol: 'an edge that answers 400 may speak netgoat.edge.v1: leave out --no-ack',
} as const;

/** What to do about it. */
export function wayPast(hurdle: Hurdle): string {
  return ways[hurdle];
}

const OF_CODE: Record<string, Hurdle> = {
  EPROTO: 'tls',
  ENOTFOUND: 'host',
  CERT_HAS_EXPIRED: 'plain-certificate',
  CERT_NOT_YET_VALID: 'plain-certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'plain-certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate',
  HPE_INVALID_CONSTANT: 'path',
};

/** In the words of ws. */
const NO_PROTOCOL = /^Server sent (?:no|an invalid) subprotocol$/;

/**
 * What stands in the way of one who was not reached; null where it may pass by itself, or nobody knows.
 * @param token what was shown.
 */
export function hurdleOf({ status, cause }: Unreached, token: string | undefined): Hurdle | null {
  if (status === 401 || status === 403) return token === undefined ? 'no-token' : 'token';
  if (status !== null)
    return status === 200 || status === 404 || (status >= 300 && status < 400) ? 'path' : null;
  if (cause instanceof Error && NO_PROTOCOL.test(cause.message)) return 'other-protocol';
  return OF_CODE[(cause as { code?: string } | undefined)?.code ?? ''] ?? null;
}
