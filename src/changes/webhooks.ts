import { z } from 'zod';
import { isReference, WAY_OUT } from './secret-references.ts';

/** Query parameters whose value is a secret by its name. */
const SECRET = /^(?:.*[-_.])?(?:token|key|apikey|secret|sig|signature|auth|password|passwd|pwd|code)$/i;

/** Services whose webhook URLs are secrets as a whole: who knows one may post. */
const SECRET_URLS = [
  /^hooks\.slack\.com\/services\//,
  /^(?:[a-z]+\.)?discord(?:app)?\.com\/api\/webhooks\//,
  /^[^/]*\.webhook\.office\.com\//,
  /^api\.telegram\.org\/bot/,
];

/** Where an alert is sent: `env:NAME`, `file:PATH`, or an http(s) URL with no secret in it. */
export const webhook = z
  .string()
  .max(2000, 'must be at most 2000 characters')
  .transform((text, context) => {
    if (isReference(text)) return text;
    const problem = /^(?:env|file):/.test(text) ? 'names no variable or file' : problemOf(text);
    if (problem === undefined) return new URL(text).href;
    context.addIssue({ code: 'custom', message: problem });
    return z.NEVER;
  });

/** Where the key is that signs what is sent: never the key itself, which no message repeats. */
export const secretReference = z
  .string()
  .max(2000, 'must be at most 2000 characters')
  .refine(isReference, `must be env:NAME or file:PATH: ${WAY_OUT}`);

/** Never quotes the URL: it may hold the very secret that must not be kept. */
function problemOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return 'must be an http(s) URL, env:NAME or file:PATH';
  }
  const secret =
    url.username !== '' ||
    url.password !== '' ||
    [...url.searchParams.keys()].some((name) => SECRET.test(name)) ||
    SECRET_URLS.some((known) => known.test(url.host + url.pathname));
  return secret ? `this URL holds a secret: ${WAY_OUT}` : undefined;
}
