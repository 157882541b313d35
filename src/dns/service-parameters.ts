import { isIPv4, isIPv6 } from 'node:net';
import { canonicalIpv6, ipv6Text } from './addresses.ts';
import { about, DnsError, quoted } from './error.ts';
import { decodeOctets, encodeString } from './escapes.ts';
import type { Field } from './record-type.ts';
import { WireReader } from './wire.ts';

interface Parameter {
  readonly key: number;
  /** One as it is written. */
  readonly such: string;
  /** Canonical presentation of a decoded value, or undefined where it is wrong; '' is a key without a value. */
  readonly canonical: (value: string) => string | undefined;
  /** The value in presentation form, of its octets. */
  readonly fromWire: (wire: WireReader) => string;
  /** How many octets the canonical value has, where they are not those of its text. */
  readonly octets?: (value: string) => number;
}

/** How many octets a comma list has whose items have so many each. */
function perItem(octets: number): (value: string) => number {
  return (value) => octets * value.split(',').length;
}

/** A comma list of what `next` takes off the wire till its end. */
function each(next: (wire: WireReader) => string): (wire: WireReader) => string {
  return (wire) => {
    const items: string[] = [];
    while (wire.left > 0) items.push(next(wire));
    return items.join(',');
  };
}

/** A comma list, each item passed through `item`. */
function list(item: (text: string) => string | undefined): (value: string) => string | undefined {
  return (value) => {
    const items = value.split(',').map(item);
    return items.includes(undefined) ? undefined : items.join(',');
  };
}

/** The registered keys (RFC 9460 14.3.2, RFC 9461 5). */
const PARAMETERS: Readonly<Record<string, Parameter>> = {
  mandatory: {
    key: 0,
    such: 'mandatory=alpn,port',
    octets: perItem(2),
    canonical: keysInOrder,
    fromWire: each((wire) => keyName(wire.number(2))),
  },
  alpn: {
    key: 1,
    such: 'alpn=h2,h3',
    // A comma, and one before all, is the length of an id.
    octets: (value) =>
      decodeOctets(value)
        .toString('latin1')
        .replace(/\\[\\,]/g, ' ').length + 1,
    canonical: protocolIds,
    fromWire: (wire) => {
      const ids: string[] = [];
      while (wire.left > 0) ids.push(wire.string().toString('latin1'));
      return idList(ids);
    },
  },
  'no-default-alpn': {
    key: 2,
    such: 'no-default-alpn, without a value',
    canonical: (value) => (value === '' ? '' : undefined),
    fromWire: () => '',
  },
  port: {
    key: 3,
    such: 'port=443',
    octets: perItem(2),
    canonical: (value) => (/^[0-9]+$/.test(value) && Number(value) < 65_536 ? `${Number(value)}` : undefined),
    fromWire: (wire) => `${wire.number(2)}`,
  },
  ipv4hint: {
    key: 4,
    such: 'ipv4hint=192.0.2.1',
    octets: perItem(4),
    canonical: list((address) => (isIPv4(address) ? address : undefined)),
    fromWire: each((wire) => wire.take(4).join('.')),
  },
  ech: {
    key: 5,
    such: 'ech=AEX+DQBB, in base64',
    octets: (value) => Buffer.from(value, 'base64').length,
    canonical: (value) => (isBase64(value) ? value : undefined),
    fromWire: (wire) => wire.take(wire.left).toString('base64'),
  },
  ipv6hint: {
    key: 6,
    such: 'ipv6hint=2001:db8::1',
    octets: perItem(16),
    canonical: list((address) =>
      isIPv6(address) && !address.includes('%') ? canonicalIpv6(address) : undefined,
    ),
    fromWire: each((wire) => ipv6Text(wire.take(16))),
  },
  dohpath: {
    key: 7,
    such: 'dohpath=/dns-query{?dns}',
    canonical: (value) => (isTemplate(value) ? encodeString(Buffer.from(value, 'latin1')) : undefined),
    fromWire: (wire) => encodeString(wire.take(wire.left)),
  },
};

/** ALPN ids are octets of any kind: within the list `\,` and `\\` stand for themselves (RFC 9460 A.1). */
function protocolIds(value: string): string | undefined {
  if (!/^(?:[^\\]|\\[\\,])*$/s.test(value)) return undefined;
  // Octets are characters up to U+00FF here, so that one above can part the ids.
  const ids = value.replace(/\\([\\,])|,/g, (_, escaped?: string) => escaped ?? '\u0100').split('\u0100');
  return ids.every((id) => id.length >= 1 && id.length <= 255) ? idList(ids) : undefined;
}

function idList(ids: readonly string[]): string {
  const escaped = ids.map((id) => id.replace(/[\\,]/g, '\\$&')).join(',');
  return encodeString(Buffer.from(escaped, 'latin1'));
}

/** A path with the variable `dns`, as in `/dns-query{?dns}` (RFC 9461 5, RFC 6570). */
function isTemplate(value: string): boolean {
  return /^\/[\x21-\x7e]*$/.test(value) && /\{[+#./;?&]?(?:[^{},]+,)*dns(?:,[^{},]+)*\}/.test(value);
}

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

function keyName(key: number): string {
  return Object.entries(PARAMETERS).find(([, parameter]) => parameter.key === key)?.[0] ?? `key${key}`;
}

function wrong(type: string, text: string, why: string, hint: string): DnsError {
  return new DnsError('service-parameter', `The parameter ${quoted(text)} of ${type} ${why}`, hint);
}

function outOfOrder(key: number): DnsError {
  return new DnsError(
    'service-parameter',
    `The data in hex has the key ${keyName(key)} behind one that is not less`,
    'Keys stand in the order of their numbers, each once (RFC 9460 2.2).',
  );
}

function readParameter(text: string, type: string): { key: number; name: string; text: string } {
  const [, name = '', , raw = ''] = /^([^=]*)(=(.*))?$/s.exec(text) ?? [];
  const found = findKey(name);
  if (found === undefined) {
    const keys = Object.keys(PARAMETERS).join(' ');
    throw wrong(type, text, 'has no known key', `Known keys: ${keys}, or keyNNNNN.`);
  }
  const inQuotes = raw.startsWith('"');
  const unquoted = inQuotes ? /^"((?:[^"\\]|\\.)*)"$/s.exec(raw)?.[1] : raw;
  if (unquoted === undefined) {
    throw wrong(type, text, 'goes on behind its closing quote', 'Put a blank between two parameters.');
  }
  const octets = decodeOctets(unquoted);
  const canonical = keyName(found.key);
  const own = name === canonical ? octets : textOfOctets(canonical, octets);
  const value = own === undefined ? undefined : readValue(canonical, own);
  if (value === undefined) {
    throw wrong(
      type,
      text,
      'has a value that does not fit its key',
      `Such as ${PARAMETERS[canonical]?.such}.`,
    );
  }
  return { key: found.key, name: canonical, text: value === '' ? canonical : `${canonical}="${value}"` };
}

function readValue(name: string, octets: Buffer): string | undefined {
  const known = PARAMETERS[name];
  return known === undefined ? encodeString(octets) : known.canonical(octets.toString('latin1'));
}

/** What the octets of a known key, written by its number, are in its own form (RFC 9460 2.1); undefined where none. */
function textOfOctets(name: string, octets: Buffer): Buffer | undefined {
  try {
    const reader = new WireReader(octets, name);
    const text = PARAMETERS[name]!.fromWire(reader);
    reader.end();
    return decodeOctets(text);
  } catch {
    return undefined;
  }
}

/** The key, the length and the value, of a parameter as it is stored. */
function octetsOf(parameter: string): number {
  const [, name = '', value] = /^([^=]*)(?:="(.*)")?$/s.exec(parameter) ?? [];
  if (value === undefined) return 4;
  return 4 + (PARAMETERS[name]?.octets?.(value) ?? decodeOctets(value).length);
}

/** The parameters in the order of their keys, as the wire wants them, each `key="value"` (RFC 9460 2.1). */
export const serviceParameters: Field<string[]> = {
  rest: 'any',
  read(tokens, { type }) {
    const parameters = tokens
      .map((token) => about(token, () => readParameter(token.text, type)))
      .toSorted((a, b) => a.key - b.key);
    const names = new Set<string>();
    for (const { name, text } of parameters) {
      if (names.has(name)) throw wrong(type, text, 'is there twice', 'Write it once.');
      names.add(name);
    }
    const mandatory = /^mandatory="(.*)"$/.exec(parameters[0]?.text ?? '')?.[1]?.split(',') ?? [];
    for (const name of mandatory) {
      if (name === 'mandatory' || !names.has(name)) {
        throw wrong(type, name, 'is mandatory, but not there', 'Add it, or take it out of mandatory.');
      }
    }
    if (names.has('no-default-alpn') && !names.has('alpn')) {
      throw wrong(type, 'no-default-alpn', 'needs alpn', 'Add alpn, or take this out.');
    }
    return parameters.map(({ text }) => text);
  },
  write: (parameters) => parameters.join(' '),
  octets: (parameters) => parameters.reduce((sum, parameter) => sum + octetsOf(parameter), 0),
  fromWire(wire) {
    const words: string[] = [];
    for (let last = -1; wire.left > 0;) {
      const key = wire.number(2);
      if (key <= last) throw outOfOrder(key);
      last = key;
      const name = keyName(key);
      const value = wire.take(wire.number(2));
      const reader = new WireReader(value, name);
      const text = PARAMETERS[name]?.fromWire(reader) ?? encodeString(reader.take(value.length));
      reader.end();
      words.push(`${name}="${text}"`);
    }
    return words;
  },
};
