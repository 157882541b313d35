import type { NackError } from './protocol/frames.ts';

const SHOWN_ERRORS = 3;

/** A NACK in a line. */
export function refusalWords(errors: readonly NackError[]): string {
  const shown = errors.slice(0, SHOWN_ERRORS).map(({ hostname, path, message }) => {
    const at = [hostname, path].filter((part) => part).join(' ');
    return at === '' ? message : `${at}: ${message}`;
  });
  const more = errors.length > SHOWN_ERRORS ? [`and ${errors.length - SHOWN_ERRORS} more`] : [];
  return [...shown, ...more].join('; ') || 'it did not say why';
}
