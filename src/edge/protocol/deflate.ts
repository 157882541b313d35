/**
 * How permessage-deflate (RFC 7692) is spoken, whichever side dials: small frames go as they are; no window is kept
 * between messages, so that a thousand nodes take no memory for it.
 */
export const DEFLATE = {
  threshold: 1_024,
  concurrencyLimit: 4,
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  zlibDeflateOptions: { level: 1 },
} as const;
