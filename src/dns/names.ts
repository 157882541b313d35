import { isIP } from 'node:net';
import { DnsError, quoted } from './error.ts';
import { idnToUnicode } from './idn.ts';
import type { Name } from './labels.ts';
import { checkNameLength, readName } from './labels.ts';

const LDH = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
/** What inet_aton takes for the last part of an address, so `0x7f.1` and `127.1` too (WHATWG URL 3.5). */
const NUMBER = /^(?:[0-9]+|0x[0-9a-f]*)$/;

/**
 * The stored form of a domain: A-labels, lower case, no trailing dot.
 * Throws DnsError for anything but a host name: addresses, `*`, `_x`, empty labels, invalid IDNs, URLs.
 */
export function toHostname(input: string): string {
  if (isIP(input.replace(/^\[|\]$|\.$/g, '')) !== 0) throw addressNotName(input);
  if (/[/%:\s\p{Cc}]/u.test(input)) {
    throw new DnsError(
      'hostname-characters',
      `${quoted(input)} is not a domain`,
      'Give the host name alone, without scheme, port, path, blanks or percent escapes.',
    );
  }
  const { labels } = readName(input);
  if (labels.length === 0) throw new DnsError('label-empty', 'The root zone is not a domain');
  for (const label of labels) {
    if (!LDH.test(label)) {
      throw new DnsError(
        'hostname-characters',
        `The label ${quoted(label)} of ${quoted(input)} does not belong in a domain`,
        label.startsWith('_') || label === '*'
          ? 'Add the domain without it; _names and wildcards are records of the domain.'
          : 'Use letters, digits and inner hyphens.',
      );
    }
  }
  if (NUMBER.test(labels.at(-1) ?? '')) throw addressNotName(input);
  return labels.join('.');
}

function addressNotName(input: string): DnsError {
  return new DnsError(
    'hostname-address',
    `${quoted(input)} is an IP address, not a name`,
    'Give a name; the address belongs in its A or AAAA record.',
  );
}

/** A stored name with its U-labels, for display only. */
export function toUnicode(hostname: string): string {
  return idnToUnicode(hostname);
}

/** `раypal.com (xn--ypal-43d9g.com)` for an international name, so that a look-alike shows; else the name. */
export function displayName(hostname: string): string {
  const unicode = idnToUnicode(hostname);
  return unicode === hostname ? hostname : `${unicode} (${hostname})`;
}

/** Names that need no look at their labels; nearly all are. */
const PLAIN = /^[a-z0-9_*/-]{1,63}(?:\.[a-z0-9_*/-]{1,63})*\.?$/;
const PLAIN_OWNER = /^(?:\*\.)?(?:[a-z0-9_-]{1,63}\.)+$/;
const SHORT = 250;

/**
 * The stored form of an owner: relative to the zone, lower case, `@` for the apex. Relative names, `@`, and full
 * names of the zone with or without the trailing dot mean the same record; the trailing dot is needed only for
 * a name that repeats the zone (`www.example.com.example.com.`). Throws DnsError, `name-outside-zone` too.
 */
export function ownerName(input: string, origin: string): string {
  if (input === '@') return '@';
  if (PLAIN_OWNER.test(input) && input.length < SHORT && !input.includes('xn--')) {
    const relative = relativeName(input, origin);
    if (relative !== undefined) return relative;
  }
  const name = readName(input);
  const zone = zoneLabels(origin);
  checkOwner(name, input, zone);
  const inZone = endsWith(name.labels, zone);
  if (name.absolute && !inZone) throw outside(input, origin);
  const relative = inZone ? name.labels.slice(0, name.labels.length - zone.length) : name.labels;
  checkNameLength([...relative, ...zone], input);
  return relative.length === 0 ? '@' : relative.join('.');
}

let lastZone: { origin: string; labels: readonly string[] } | undefined;

/** The labels of a zone, kept from call to call: records come by the thousand for one zone. */
function zoneLabels(origin: string): readonly string[] {
  if (lastZone?.origin !== origin) lastZone = { origin, labels: readName(origin || '.').labels };
  return lastZone.labels;
}

/** Throws where a name holds what no owner may hold: blanks, controls, `*` within, an address. */
function checkOwner(name: Name, input: string, zone: readonly string[]): void {
  for (const [at, label] of name.labels.entries()) {
    if (/\\[0-9]{3}|%[0-9a-f]{2}/i.test(label)) {
      throw new DnsError(
        'name-characters',
        `The label ${quoted(label)} of ${quoted(input)} holds a blank, a control character, an octet that is no ASCII, or a percent escape`,
        'Write the name plainly; international names are typed in Unicode (in a file: UTF-8).',
      );
    }
    if (label.includes('*') && (at > 0 || label !== '*')) {
      throw new DnsError(
        'wildcard-position',
        `The * in ${quoted(input)} would not be a wildcard`,
        'A wildcard is a whole label and the leftmost one, as in *.shop.',
      );
    }
  }
  if (/[0-9a-f:]$/i.test(input) && isIP(input) !== 0 && zone.at(-1) !== 'arpa') throw addressNotName(input);
}

function outside(input: string, origin: string): DnsError {
  const zone = origin.replace(/\.$/, '');
  return new DnsError(
    'name-outside-zone',
    `${quoted(input)} is not in the zone ${zone}`,
    `Add it to its own domain, or leave the last dot out for a name below ${zone}.`,
  );
}

function endsWith(labels: readonly string[], zone: readonly string[]): boolean {
  const offset = labels.length - zone.length;
  return offset >= 0 && zone.every((label, at) => labels[offset + at] === label);
}

/** The full name, trailing dot and all, of a stored owner: `www` is `www.example.com.`, `@` the zone itself. */
export function absoluteName(name: string, origin: string): string {
  const zone = origin.endsWith('.') ? origin : `${origin}.`;
  if (name === '@') return zone;
  return zone === '.' ? `${name}.` : `${name}.${zone}`;
}

/** What a name means in a master file: `@` is the origin, without a trailing dot it is relative (RFC 1035 5.1). */
export function resolveName(text: string, origin: string): string {
  if (text === '@') return absoluteName('@', origin);
  if (text.length + origin.length < SHORT && PLAIN.test(text) && !text.includes('xn--')) {
    return text.endsWith('.') ? text : absoluteName(text, origin);
  }
  const name = readName(text);
  if (name.absolute) return `${name.labels.join('.')}.`;
  checkNameLength([...name.labels, ...zoneLabels(origin)], text);
  return absoluteName(name.labels.join('.'), origin);
}

/** A full name that lies in the zone, as stored (`@` for the apex); undefined where it lies outside. */
export function relativeName(absolute: string, origin: string): string | undefined {
  const zone = absoluteName('@', origin);
  if (absolute === zone) return '@';
  const suffix = zone === '.' ? '.' : `.${zone}`;
  if (!absolute.endsWith(suffix)) return undefined;
  const name = absolute.slice(0, -suffix.length);
  // A dot behind a backslash parts no labels: `a\.example.com.` lies in `com.`.
  return name.endsWith('\\') && /(?<!\\)(?:\\\\)*\\$/.test(name) ? undefined : name;
}
