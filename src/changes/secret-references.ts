/** What keeps a secret out of the store; the process that needs it looks it up. */
export const WAY_OUT = 'keep it in an environment variable or a file, and give env:NAME or file:PATH';

/** Whether a text says where a secret is, `env:NAME` or `file:PATH`, and holds none itself. */
export function isReference(text: string): boolean {
  return /^env:[A-Za-z_][A-Za-z0-9_]*$/.test(text) || /^file:[^\p{Cc}]+$/u.test(text);
}
