import { DnsError, quoted } from '../error.ts';
import { target, unsigned } from '../fields.ts';
import type { Field } from '../record-type.ts';
import { defineType } from '../record-type.ts';
import { ttlSeconds } from '../ttl.ts';

const MOST = 2 ** 32 - 1;

/** A time span in seconds or with units, as the timers of a SOA have it; 32 bits. */
const period: Field<number> = {
  read([token], { type, field }) {
    const seconds = ttlSeconds(token?.text ?? '');
    if (seconds <= MOST) return seconds;
    throw new DnsError(
      'number-range',
      `The ${field} of ${type} is a time from 0 to ${MOST} seconds, not ${quoted(token?.text ?? '')}`,
      'Whole seconds, or units w d h m s such as 1h30m.',
    );
  },
  write: String,
  fromWire: (wire) => [String(wire.number(4))],
};

/** The fields of a SOA. */
export interface SoaData {
  mname: string;
  rname: string;
  serial: number;
  refresh: number;
  retry: number;
  expire: number;
  minimum: number;
}

/** RFC 1035 3.3.13. A zone has one; it is no record that can be added, so it is not in the table of types. */
export const SOA = defineType<SoaData & Record<string, unknown>>({
  name: 'SOA',
  code: 6,
  summary: 'start of a zone: its first name server, its serial, its timers',
  fields: {
    mname: target,
    rname: target,
    serial: unsigned(32),
    refresh: period,
    retry: period,
    expire: period,
    minimum: period,
  },
});
