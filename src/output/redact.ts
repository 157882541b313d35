const HIDDEN = '***';
const SECRET_PARAMETER = /([?&;][^=&;]*(?:password|passwd|secret|token|api_?key)[^=&;]*=)[^&;]*/gi;
const SECRET_PROPERTY = /(AWS_SESSION_TOKEN:)[^,&]*/gi;
const URI = /[a-z][a-z0-9+.-]*:\/\/[^\s"'`<>]+/gi;

/**
 * The URI with its password, and parameters that carry secrets, shown as `***`. A password that was not
 * percent-encoded may hold any character, so everything up to the last `@` counts as one.
 */
export function redactUri(uri: string): string {
  return uri
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^:/?#@]*):.*@/is, `$1:${HIDDEN}@`)
    .replace(SECRET_PARAMETER, `$1${HIDDEN}`)
    .replace(SECRET_PROPERTY, `$1${HIDDEN}`);
}

/** The text with every secret (plain or percent-encoded), and the passwords of the URIs in it, shown as `***`. */
export function redactText(text: string, secrets: string[]): string {
  const spellings = secrets.filter((secret) => secret !== '').flatMap((secret) => [secret, encoded(secret)]);
  const longestFirst = [...new Set(spellings)].toSorted((a, b) => b.length - a.length);
  const hidden = longestFirst.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
  return hidden.replace(URI, redactUri);
}

function encoded(secret: string): string {
  return encodeURIComponent(Buffer.from(secret).toString());
}
