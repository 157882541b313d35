import { createRequire } from 'node:module';
import { DnsError, quoted } from './error.ts';
import { checkUnicode } from './escapes.ts';

interface Options {
  checkBidi?: boolean;
  checkHyphens?: boolean;
  checkJoiners?: boolean;
  useSTD3ASCIIRules?: boolean;
}
interface Tr46 {
  toASCII(name: string, options: Options): string | null;
  toUnicode(name: string, options: Options): { domain: string; error: boolean };
}

const require = createRequire(import.meta.url);
let loaded: Tr46 | undefined;

/** The tables of UTS 46 cost as much as starting node; only a name that needs them loads them. */
function tr46(): Tr46 {
  loaded ??= require('tr46') as Tr46;
  return loaded;
}

const LABEL: Options = { checkHyphens: true, checkJoiners: true, useSTD3ASCIIRules: true };
const IDEOGRAPHIC_DOTS = /[\u3002\uff0e\uff61]/g;
/** Characters that UTS 46 maps to nothing. The joiners are not among them: they have rules of their own. */
const INVISIBLE = /(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/u;
const NOT_ASCII = /[^\0-\x7f]/;

/** Whether a name has a label that UTS 46 has to look at. */
export function needsIdn(name: string): boolean {
  return NOT_ASCII.test(name) || /(?:^|\.)xn--/i.test(name);
}

/**
 * A name with its international labels as A-labels; plain ASCII labels, `_x` and `*` too, stay as they are.
 * Each is converted back and must come out the same. Throws `idn-invalid`, `label-too-long`.
 */
export function idnToAscii(name: string): string {
  checkUnicode(name);
  if (INVISIBLE.test(name)) {
    throw new DnsError(
      'idn-invalid',
      `${quoted(name)} holds an invisible character`,
      'Type the name by hand.',
    );
  }
  const labels = name
    .replace(IDEOGRAPHIC_DOTS, '.')
    .split('.')
    .map((label) => (needsIdn(label) ? labelToAscii(label) : label));
  checkBidi(labels, name);
  return labels.join('.');
}

function labelToAscii(label: string): string {
  const ascii = tr46().toASCII(label, LABEL);
  if (ascii === null || ascii.includes('.') || !roundTrips(ascii)) {
    throw new DnsError(
      'idn-invalid',
      `The label ${quoted(label)} is no valid international label (UTS 46)`,
      /^xn--/i.test(label) ? 'Write the name in Unicode; it is converted for you.' : undefined,
    );
  }
  return ascii;
}

function roundTrips(ascii: string): boolean {
  const back = tr46().toUnicode(ascii, LABEL);
  return !back.error && tr46().toASCII(back.domain, LABEL) === ascii;
}

/** The rule on writing direction spans the labels of a host name (RFC 5893 2); `_x` and `*` are no part of it. */
function checkBidi(labels: readonly string[], name: string): void {
  const host = labels.filter((label) => /^[a-z0-9-]+$/i.test(label)).join('.');
  if (tr46().toASCII(host, { checkBidi: true }) === null) {
    throw new DnsError('idn-invalid', `${quoted(name)} mixes writing directions (RFC 5893)`);
  }
}

/** The name with its A-labels as U-labels; a label that does not convert stays as it is. */
export function idnToUnicode(name: string): string {
  return name
    .split('.')
    .map((label) => {
      if (!/^xn--/i.test(label)) return label;
      const { domain, error } = tr46().toUnicode(label, LABEL);
      return error ? label : domain;
    })
    .join('.');
}
