import { createHash } from 'node:crypto';

/** How a token is stored: SHA-256 suffices, because a token is 256 random bits and no password. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
