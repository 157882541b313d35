import { LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { z } from 'zod';
import { NetgoatError } from './errors.ts';
import { formatNames } from './output/formats.ts';

const secret = z.union([
  z.string(),
  z.strictObject({ env: z.string() }),
  z.strictObject({ file: z.string() }),
  z.strictObject({ command: z.string() }),
]);

const settings = z.strictObject({
  database: secret.optional(),
  token: secret.optional(),
  edgeToken: secret.optional(),
  team: z.string().optional(),
  actor: z.string().optional(),
  output: z.enum(formatNames).optional(),
});

const rcFile = settings.extend({
  context: z.string().optional(),
  contexts: z.record(z.string(), settings).optional(),
});

/** A value, or where it comes from. */
export type Secret = z.infer<typeof secret>;
export type RcFile = z.infer<typeof rcFile>;

/**
 * Reads an rc file, YAML or JSON.
 * @throws NetgoatError usage: names the file, the line and the setting.
 */
export function parseRcFile(path: string, text: string): RcFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [syntax] = document.errors;
  if (syntax) throw malformed(path, lines.linePos(syntax.pos[0]).line, syntax.message);
  const parsed = rcFile.safeParse(valueOf(document, path));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const at = [...issue.path, ...(unknown === undefined ? [] : [unknown])];
  const node = document.getIn(at, true) as { range?: [number, number, number] } | undefined;
  const line = node?.range ? lines.linePos(node.range[0]).line : 1;
  const what = unknown === undefined ? issue.message : `unknown setting "${unknown}"`;
  throw malformed(path, line, issue.path.length > 0 ? `${issue.path.join('.')}: ${what}` : what);
}

/** Aliases are only followed here: one that names nothing, or so many that they are there to exhaust the memory. */
function valueOf(document: Document.Parsed, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    throw malformed(path, 1, (error as Error).message);
  }
}

/** True where the file itself holds a password or a token. */
export function holdsSecret(file: RcFile): boolean {
  const layers = [file, ...Object.values(file.contexts ?? {})];
  return layers.some(
    ({ database, token, edgeToken }) =>
      typeof token === 'string' ||
      typeof edgeToken === 'string' ||
      (typeof database === 'string' && /^mongodb[^/]*:\/\/[^/]*:[^/]*@/.test(database)),
  );
}

function malformed(path: string, line: number, what: string): NetgoatError {
  return new NetgoatError('usage', `${path}:${line}: ${what}`, {
    hint: 'see .netgoatrc.example for the settings there are',
  });
}
