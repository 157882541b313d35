import { DnsError, quoted } from './error.ts';
import { encodeOctets, readEscape } from './escapes.ts';
import { idnToAscii, needsIdn } from './idn.ts';

/** A name as its labels, leftmost first: lower case, escaped ASCII; `absolute` when it ended in a dot. */
export interface Name {
  readonly labels: readonly string[];
  readonly absolute: boolean;
}

const PLAIN = /^[a-z0-9_*/-]+(?:\.[a-z0-9_*/-]+)*\.?$/i;
/** What a label shows behind a backslash: all that means something in a master file. */
const SPECIAL = '"().;\\@$';
/** 253 octets, each as `\DDD`. */
const LONGEST_TEXT = 4 * 254;

/**
 * Reads a name in presentation form: escapes decoded, international labels converted, lengths checked.
 * Takes any octet in a label, as DNS does; what a name may hold where it is used is the caller's rule.
 * Throws `label-empty`, `label-too-long`, `name-too-long`, `escape-invalid`, `idn-invalid`.
 */
export function readName(text: string): Name {
  if (text === '.') return { labels: [], absolute: true };
  if (text.length > LONGEST_TEXT) throw tooLong(text);
  const ascii = needsIdn(text) ? idnToAscii(text) : text;
  const labels = PLAIN.test(ascii) ? ascii.toLowerCase().split('.') : splitEscaped(ascii);
  const absolute = labels.length > 1 && labels.at(-1) === '';
  if (absolute) labels.pop();
  checkLabels(labels, text);
  return { labels, absolute };
}

function splitEscaped(text: string): string[] {
  const labels: string[] = [];
  let octets: number[] = [];
  for (let at = 0; at < text.length;) {
    if (text[at] === '.') {
      labels.push(labelText(octets));
      octets = [];
      at += 1;
    } else if (text[at] === '\\') {
      const escape = readEscape(text, at);
      octets.push(...escape.octets);
      at = escape.end;
    } else {
      octets.push(text.charCodeAt(at));
      at += 1;
    }
  }
  labels.push(labelText(octets));
  return labels;
}

/** The octets of one label in canonical form: lower case, escaped. */
export function labelText(octets: Iterable<number>): string {
  const lower = Uint8Array.from(octets, (octet) => (octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet));
  return encodeOctets(lower, SPECIAL).replaceAll(' ', '\\032');
}

function checkLabels(labels: readonly string[], text: string): void {
  for (const label of labels) {
    if (label === '') {
      throw new DnsError(
        'label-empty',
        `${quoted(text)} has an empty label`,
        text === '' ? 'Write @ for the domain itself.' : 'Remove the extra dot.',
      );
    }
    if (labelOctets(label) > 63) {
      throw new DnsError(
        'label-too-long',
        `The label ${quoted(label)} has ${labelOctets(label)} octets; 63 is the most`,
        'Is a dot missing within it?',
      );
    }
  }
  checkNameLength(labels, text);
}

/** Throws `name-too-long` where the labels together exceed 253 characters. */
export function checkNameLength(labels: readonly string[], text: string): void {
  const octets = labels.reduce((sum, label) => sum + labelOctets(label) + 1, 0);
  if (octets > 254) throw tooLong(text, octets - 1);
}

function tooLong(text: string, length = text.length): DnsError {
  return new DnsError(
    'name-too-long',
    `${quoted(text)} has ${length} characters with its zone; 253 is the most`,
  );
}

function labelOctets(label: string): number {
  return label.includes('\\') ? label.replace(/\\(?:[0-9]{3}|.)/g, 'x').length : label.length;
}
