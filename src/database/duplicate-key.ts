const DUPLICATE_KEY = 11000;

/** Whether an error says that a unique index holds the key of another document already. */
export function isDuplicateKey(error: unknown): boolean {
  return (error as { code?: unknown }).code === DUPLICATE_KEY;
}
