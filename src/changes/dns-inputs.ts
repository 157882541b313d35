import { z } from 'zod';
import { isReservedTag } from '../dns/master-file/remark.ts';
import { ownerName } from '../dns/names.ts';
import type { RecordData } from '../dns/record-type.ts';
import { parseType, parseValues } from '../dns/record.ts';
import { isUnsafe } from '../dns/unsafe.ts';
import type { Domain } from '../models/domain.ts';
import { prose, ttlTime } from './inputs.ts';
import { byRule } from './located.ts';
import type { RecordOptions, SetOptions, ZoneCopy } from './zone.ts';

/** Whose records: a name of the zone in any spelling, a type, values as words of a command line. */
const which = z.object({ domain: z.string(), name: z.string(), type: z.string() });

export const guard = z.object({ allow: z.array(z.string()).default([]), strict: z.boolean().default(false) });

/** It stands behind its record in a master file, so it is one line. */
const oneLine = prose(1000)
  .trim()
  .refine((text) => !isUnsafe(text), 'must be one line without control characters');

/** Any line, as behind `cf_tags=` in a master file. */
const recordTag = z
  .string()
  .min(1, 'must not be empty')
  .max(100, 'must be at most 100 characters')
  .refine((text) => !isUnsafe(text), 'must be one line without control characters')
  .refine((text) => !isReservedTag(text), 'must not begin with cf-, which master files use for proxied');

const options = z.object({
  ttl: ttlTime.optional(),
  proxied: z.boolean().optional(),
  enabled: z.boolean().optional(),
  comment: oneLine.optional(),
  tag: z.array(recordTag).optional(),
});

/** One set of records to add to. */
export const recordInput = options.extend({
  name: z.string(),
  type: z.string(),
  value: z.array(z.string()).min(1, 'a value is needed'),
});

/** Values to add to one set. */
export type RecordInput = z.output<typeof recordInput>;

export const newRecords = guard.extend({ domain: z.string() });

export const recordEdits = which
  .extend(guard.shape)
  .extend(options.shape)
  .extend({
    value: z.array(z.string()).default([]),
    only: z.array(z.string()).default([]),
  });

export const oldRecords = which
  .partial({ type: true })
  .extend(guard.shape)
  .extend({ value: z.array(z.string()).default([]) });

/** The record that is meant: its name as stored, its type, its values. @throws NetgoatError usage: one of them is none. */
export function readRecord(
  { domain }: ZoneCopy,
  input: { name: string; type: string; value: string[] },
): { name: string; type: string; values: RecordData[] } {
  const name = readName(domain, input.name);
  const type = readType(input.type);
  return {
    name,
    type,
    values: input.value.length === 0 ? [] : readValues(domain, name, type, input.value),
  };
}

export function readName({ hostname }: Domain, name: string): string {
  return byRule(undefined, () => ownerName(name, hostname));
}

export function readType(type: string): string {
  return byRule(undefined, () => parseType(type));
}

export function readValues({ hostname }: Domain, name: string, type: string, words: string[]): RecordData[] {
  return byRule(`${name} ${type}`, () => parseValues(type, words, hostname));
}

/** What is said of the whole set. */
export function setOptions({ ttl, proxied, enabled }: z.output<typeof options>): SetOptions {
  return {
    ...(ttl === undefined ? {} : { ttl }),
    ...(proxied === undefined ? {} : { proxied }),
    ...(enabled === undefined ? {} : { enabled }),
  };
}

/** What is said of each of its records. */
export function recordOptions({ comment, tag: tags }: z.output<typeof options>): RecordOptions {
  return {
    ...(comment === undefined ? {} : { comment }),
    ...(tags === undefined ? {} : { tags: [...new Set(tags)].toSorted() }),
  };
}
