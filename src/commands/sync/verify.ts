import { resolve } from 'node:path';
import { checkPayload, problemText } from '../../edge/reading/check.ts';
import type { CheckedPayload } from '../../edge/reading/check.ts';
import { loadVerifier } from '../../edge/signature.ts';
import type { Verifier } from '../../edge/signature.ts';
import type { Column } from '../../output/columns.ts';
import { inert } from '../../output/sanitize.ts';
import { inputBytes } from '../input-files.ts';
import { item } from '../outcome.ts';
import type { InspectSpec } from '../spec.ts';

type Row = CheckedPayload & { file: string; signed: string };

const columns: Column<Row>[] = [
  { key: 'file', header: 'file', value: ({ file }) => file },
  { key: 'format', header: 'format', value: ({ format }) => format },
  { key: 'version', header: 'version', value: ({ version }) => version },
  { key: 'generatedAt', header: 'generated at', value: ({ generatedAt }) => generatedAt },
  { key: 'domains', header: 'domains', value: ({ count }) => count },
  { key: 'checksum', header: 'checksum', value: ({ checksum }) => checksum },
  { key: 'signature', header: 'signature', value: ({ signed }) => signed },
  { key: 'key', header: 'signed with', value: ({ signature }) => signature?.key ?? null },
  { key: 'problems', header: '', value: ({ problems }) => problems },
  { key: 'unlisted', header: '', value: ({ unlisted }) => unlisted },
];

/** A table says nothing of the key where nothing is signed. */
function columnsOf({ signature }: CheckedPayload): Column<Row>[] {
  return columns.map((column) =>
    column.key === 'key' && signature === null ? { ...column, header: '' } : column,
  );
}

export const verify: InspectSpec = {
  name: 'verify',
  summary:
    'check a payload in a file: schema, order, checksum, signature; exit code 7 where one is wrong, 2 where it is no ' +
    'payload or cut off',
  effect: 'inspect',
  args: [{ name: 'file', description: 'a payload in the format edge or ndjson, of any size; - for stdin' }],
  options: [
    {
      flags: '--verify-key <file>',
      description: 'it must be signed with the key of this one: openssl pkey -in sign.pem -pubout',
    },
  ],
  examples: [
    'netgoat sync verify edge.json',
    'netgoat sync verify edge.json --verify-key verify.pem',
    'gunzip -c edge.ndjson.gz | netgoat sync verify -',
  ],
  inspect: async (context, _open, { file: given, verifyKey }) => {
    const file = String(given);
    const verifier =
      verifyKey === undefined ? undefined : await loadVerifier(resolve(context.world.cwd, String(verifyKey)));
    const shown = file === '-' ? 'stdin' : file;
    const options = verifier === undefined ? {} : { verifier };
    const checked = await checkPayload(shown, inputBytes(context, file), options);
    const row = { ...checked, file: shown, signed: signedText(checked, verifier !== undefined) };
    return item(row, columnsOf(checked), () => below(checked), verdict(shown, checked, verifier));
  },
};

function signedText({ signature, problems }: CheckedPayload, isChecked: boolean): string {
  if (signature === null) return 'none';
  if (!isChecked) return 'not checked';
  if (problems.some(({ path }) => path.startsWith('signature'))) return 'wrong';
  // It is over the checksum, and that may be of other domains.
  return problems.length === 0 ? 'valid' : 'valid for the checksum alone';
}

/** No table: all of a message has to be readable, however narrow the terminal. */
function below({ problems, unlisted }: CheckedPayload): string {
  const lines = problems.map((problem) => inert(problemText(problem)));
  if (unlisted > 0) lines.push(`and ${unlisted} more`);
  return lines.length === 0 ? '' : `\n${lines.map((line) => `${line}\n`).join('')}`;
}

function verdict(
  shown: string,
  checked: CheckedPayload,
  verifier: Verifier | undefined,
): { finding?: string; next?: string } {
  const { problems, unlisted } = checked;
  const count = problems.length + unlisted;
  if (count === 0) return {};
  const finding = `${shown} has ${count} problem${count === 1 ? '' : 's'}: no edge should run it`;
  return {
    finding,
    next: keyFault(checked, verifier) ?? 'fetch or export it again: `netgoat sync show --out FILE`',
  };
}

/** What to do about a payload of which nothing but the key is wrong; null for any other. */
function keyFault(
  { problems, unlisted, signature }: CheckedPayload,
  verifier: Verifier | undefined,
): string | null {
  if (verifier === undefined || problems.length + unlisted > 1 || problems[0]?.path !== 'signature')
    return null;
  if (signature === null) return '`netgoat sync show --sign-key FILE` exports it with a signature';
  if (signature.key === verifier.key) return null;
  return `--verify-key is the key ${verifier.key}: export it with its private one, --sign-key FILE, or verify it with ${signature.key}`;
}
