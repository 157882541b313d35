import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { toHostname } from '../dns/names.ts';
import { NetgoatError } from '../errors.ts';
import type { Header } from '../models/proxy-config.ts';
import { checkExpression } from '../waf/expression.ts';
import { WafError } from '../waf/waf-error.ts';
import { isReference, WAY_OUT } from './secret-references.ts';

const HTTP_URL = /^(https?):\/\/([^/?#\\]*)(\/[^\s?#\\\p{Cc}]*)?$/iu;
const AUTHORITY = /^(\[[0-9a-f:.]+\]|[^:[\]@]+)(?::([0-9]{1,5}))?$/i;
/** RFC 9110 5.6.2 and 5.5: a token; visible characters, blanks and tabs. */
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}):[ \t]*([\t\x20-\x7e]*)$/;

/** Headers that carry credentials, by their name; and values that are credentials under any name (RFC 9110 11.4). */
const SECRET_NAME =
  /authori[sz]ation|^cookie$|token|secret|password|passwd|credential|(?:api|auth|access)[-_]?key/i;
const SECRET_VALUE = /^(?:basic|bearer|digest)[ \t]+\S/i;

/** The name of a rule, limit or function; what it is removed by. */
export const itemName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,99}$/u, 'must be a word of letters, digits and _.-, at most 100');

/** A path of requests, from the root on. */
export const requestPath = z
  .string()
  .max(2000, 'must be at most 2000 characters')
  .regex(/^\/[^\s?#\p{Cc}]*$/u, 'must begin with / and hold no blank, ? or #');

/** A path to probe, null for `none`. */
export const healthPath = z.union([z.literal('none').transform(() => null), requestPath], {
  error: 'must be a path such as /health, or none',
});

export const upstreamUrl = z.string().transform(normalizeUrl);
export const wafExpression = z.string().transform(checkedExpression);

/**
 * Reads `Name: value`; `Name:` alone takes the header away. Errors never quote the value: it may be a secret.
 * @throws NetgoatError usage: it is no header that HTTP allows, or it holds a credential and not a reference to one.
 */
export function readHeader(on: Header['on'], text: string): Header {
  const [, name, rest = ''] = HEADER.exec(text.trim()) ?? [];
  if (name === undefined || rest.length > 8000) {
    throw new NetgoatError('usage', `--header-${on} ${/^[\w-]{0,80}/.exec(text)![0]}… is no header`, {
      hint: "write 'Name: value' in ASCII, or 'Name:' to take the header away",
    });
  }
  const value = rest.trim() === '' ? null : rest.trim();
  const secret = value !== null && (SECRET_NAME.test(name) || SECRET_VALUE.test(value));
  if (secret && !isReference(value)) {
    throw new NetgoatError('usage', `the ${on} header ${name} holds a secret, and secrets are not stored`, {
      hint: `${WAY_OUT}: '${name}: env:NAME'; the edge puts it in`,
    });
  }
  return { on, name, value };
}

/**
 * The stored form of an upstream: http or https, a host name or address as toHostname and the address rules have it
 * (the URL parser alone would take `0x7f.1`), no default port, no lone slash at the end.
 * @throws NetgoatError usage, DnsError: it is no such URL, or has a user name, a query or a fragment.
 */
function normalizeUrl(text: string): string {
  const [, scheme = '', authority = '', path = '/'] = HTTP_URL.exec(text.trim()) ?? [];
  if (authority.includes('@')) {
    throw new NetgoatError('usage', 'an upstream URL holds no user name or password', {
      hint: 'let the upstream trust the edge by address or certificate, or send a header with `netgoat proxy set`',
    });
  }
  const [, host, port] = AUTHORITY.exec(authority) ?? [];
  if (
    scheme === '' ||
    host === undefined ||
    text.length > 2000 ||
    Number(port ?? 1) > 65_535 ||
    port === '0'
  ) {
    throw new NetgoatError('usage', 'an upstream is an http or https URL without query', {
      hint: 'for example http://192.0.2.10:8080 or https://backend.example.net/app',
    });
  }
  const url = new URL(`${scheme}://${hostOf(host)}${port === undefined ? '' : `:${port}`}${path}`);
  return url.pathname === '/' ? url.origin : url.href;
}

function hostOf(host: string): string {
  if (isIPv4(host)) return host;
  if (host.startsWith('[') && isIPv6(host.slice(1, -1))) return host;
  return toHostname(host);
}

function checkedExpression(source: string): string {
  try {
    checkExpression(source);
    return source;
  } catch (error) {
    if (!(error instanceof WafError)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    throw new NetgoatError('usage', `the expression is wrong at column ${error.column}: ${error.message}`, {
      ...hint,
      details: { column: error.column },
      cause: error,
    });
  }
}
