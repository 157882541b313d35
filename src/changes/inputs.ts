import { z } from 'zod';
import { NetgoatError } from '../errors.ts';
import { parseTtl } from '../dns/ttl.ts';

/** One line of text for people. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must be at most ${max} characters`)
    // eslint-disable-next-line no-control-regex
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must be one line without control characters');

/** Free text, which may be empty. */
export const prose = (max: number) => z.string().max(max, `must be at most ${max} characters`);

/** A whole number, as typed. */
export const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^-?\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);

/** Text of a time in seconds: `90`, `5m` or `1h30m`. */
const seconds = (words: (error: Error) => string) =>
  z.string().transform((text, context) => {
    try {
      return parseTtl(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: words(error as Error) });
      return z.NEVER;
    }
  });

/** How long DNS answers may be kept, in seconds. */
export const ttlTime = seconds(({ message }) => message);

/** A duration, in seconds. */
export const duration = seconds(() => 'must be a time such as 30s, 5m, 1h30m or 7d');

export const onOff = z.enum(['on', 'off']);

export const slug = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be lower-case letters, digits and inner hyphens, at most 63',
  );

export const tag = z
  .string()
  .regex(/^[\p{L}\p{N}_.:/@=-]{1,100}$/u, 'must be a word of letters, digits and _.:/@=-');

/**
 * Checks what was typed against a schema.
 * @throws NetgoatError usage: names every argument or option that is wrong, and why.
 */
export function parse<T extends z.ZodType>(schema: T, input: Record<string, unknown>): z.output<T> {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const messages = parsed.error.issues.map(
    ({ path, message }) => `${dashed(String(path[0] ?? 'input'))}: ${message}`,
  );
  throw new NetgoatError('usage', [...new Set(messages)].join('; '));
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
