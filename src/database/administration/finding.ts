/** Something that a check found: an error is damage, a warning something to be done. */
export interface Finding {
  level: 'error' | 'warning';
  /** A collection, a field or an index of it; the store itself. */
  where: string;
  what: string;
  /** What to do. */
  next: string;
}
