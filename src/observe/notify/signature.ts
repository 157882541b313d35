import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/**
 * The key in a secret, as Standard Webhooks writes one: base64 after `whsec_`; any other text is the key itself.
 * @returns null if what follows `whsec_` is no base64.
 */
export function keyOf(secret: string): Buffer | null {
  if (!secret.startsWith(PREFIX)) return Buffer.from(secret, 'utf8');
  const text = secret.slice(PREFIX.length);
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.test(text);
  return isBase64 && text !== '' ? Buffer.from(text, 'base64') : null;
}

/** The headers of a message in Standard Webhooks 1.0: its id, the time of the attempt, and with a key the signature. */
export function signedHeaders(
  key: Buffer | null,
  id: string,
  at: Date,
  body: string,
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (key === null) return headers;
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${digest}` };
}
