import { isIPv4, isIPv6 } from 'node:net';
import { canonicalIpv6 } from './addresses.ts';
import { DnsError, quoted } from './error.ts';
import { decodeOctets, encodeString } from './escapes.ts';
import type { Field } from './record-type.ts';

interface Parameter {
  readonly key: number;
  /** Canonical presentation of a decoded value, or undefined where it is wrong; '' is a key without a value. */
  readonly canonical: (value: string) => string | undefined;
}

/** A comma list, each item passed through `item`. */
function list(item: (text: string) => string | undefined): (value: string) => string | undefined {
  return (value) => {
    const items = value.split(',').map(item);
    return items.includes(undefined) ? undefined : items.join(',');
  };
}

/** The registered keys (RFC 9460 14.3.2, RFC 9461 5). ALPN ids that hold commas or escapes are refused. */
const PARAMETERS: Readonly<Record<string, Parameter>> = {
  mandatory: { key: 0, canonical: keysInOrder },
  alpn: { key: 1, canonical: list((id) => (/^[\w./+-]{1,255}$/.test(id) ? id : undefined)) },
  'no-default-alpn': { key: 2, canonical: (value) => (value === '' ? '' : undefined) },
  port: {
    key: 3,
    canonical: (value) =>
      /^[0-9]{1,5}$/.test(value) && Number(value) < 65_536 ? `${Number(value)}` : undefined,
  },
  ipv4hint: { key: 4, canonical: list((address) => (isIPv4(address) ? address : undefined)) },
  ech: { key: 5, canonical: (value) => (isBase64(value) ? value : undefined) },
  ipv6hint: {
    key: 6,
    canonical: list((address) =>
      isIPv6(address) && !address.includes('%') ? canonicalIpv6(address) : undefined,
    ),
  },
  dohpath: { key: 7, canonical: (value) => (/^\/[\x21-\x7e]*\{\?dns\}/.test(value) ? value : undefined) },
};

function isBase64(value: string): boolean {
  return value !== '' && Buffer.from(value, 'base64').toString('base64') === value;
}

/** The keys that are mandatory, in the order of their numbers, none twice (RFC 9460 8). */
function keysInOrder(value: string): string | undefined {
  const keys = value.split(',').map(findKey);
  if (!keys.every((key) => key !== undefined)) return undefined;
  const names = keys.toSorted((a, b) => a.key - b.key).map(({ name }) => name);
  return new Set(names).size === names.length ? names.join(',') : undefined;
}

/** The number of a key by its name, `keyNNNNN` too; undefined for a name that is no key. */
function findKey(name: string): { key: number; name: string } | undefined {
  const known = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
  if (known !== undefined) return { key: known.key, name };
  const digits = /^key(0|[1-9][0-9]{0,4})$/.exec(name)?.[1];
  if (digits === undefined || Number(digits) >= 65_535) return undefined;
  return { key: Number(digits), name };
}

function wrong(type: string, text: string, why: string): DnsError {
  return new DnsError(
    'service-parameter',
    `The parameter ${quoted(text)} of ${type} ${why}`,
    `Known keys: ${Object.keys(PARAMETERS).join(' ')}, or keyNNNNN.`,
  );
}

function readParameter(text: string, type: string): { key: number; name: string; text: string } {
  const [, name = '', , raw = ''] = /^([^=]*)(=(.*))?$/s.exec(text) ?? [];
  const found = findKey(name);
  if (found === undefined) throw wrong(type, text, 'has no known key');
  const octets = decodeOctets(raw.startsWith('"') ? raw.slice(1, -1) : raw);
  const known = PARAMETERS[name];
  if (known === undefined && found.key <= 7) throw wrong(type, text, 'has a key with a name: use the name');
  const value = known === undefined ? encodeString(octets) : known.canonical(octets.toString('latin1'));
  if (value === undefined) throw wrong(type, text, 'has a value that does not fit its key');
  return { ...found, text: value === '' ? name : `${name}="${value}"` };
}

/** The parameters in the order of their keys, as the wire wants them, each `key="value"` (RFC 9460 2.1). */
export const serviceParameters: Field<string[]> = {
  rest: 'any',
  read(tokens, { type }) {
    const parameters = tokens
      .map((token) => readParameter(token.text, type))
      .toSorted((a, b) => a.key - b.key);
    const names = new Set<string>();
    for (const { name, text } of parameters) {
      if (names.has(name)) throw wrong(type, text, 'is there twice');
      names.add(name);
    }
    const mandatory = /^mandatory="(.*)"$/.exec(parameters[0]?.text ?? '')?.[1]?.split(',') ?? [];
    for (const name of mandatory) {
      if (name === 'mandatory' || !names.has(name)) throw wrong(type, name, 'is mandatory, but not there');
    }
    if (names.has('no-default-alpn') && !names.has('alpn'))
      throw wrong(type, 'no-default-alpn', 'needs alpn');
    return parameters.map(({ text }) => text);
  },
  write: (parameters) => parameters.join(' '),
};
