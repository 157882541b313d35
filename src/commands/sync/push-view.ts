import { wayPast } from '../../edge/hurdles.ts';
import type { PushRow } from '../../edge/push/row.ts';
import type { Column } from '../../output/columns.ts';

/** `acked (delta)`, `refused: no memory`. */
function resultText({ result, by, why }: PushRow): string {
  if (result === 'acked') return `acked (${by})`;
  return result === 'sent' ? `sent, ${why}` : `${result}: ${why}`;
}

/** What a push came to, an endpoint each; those without a header are for machines. */
export const pushColumns: Column<PushRow>[] = [
  { key: 'url', header: 'url', value: ({ url }) => url },
  { key: 'node', header: 'node', value: ({ node }) => node },
  { key: 'version', header: 'version', value: ({ version }) => version, align: 'right' },
  { key: 'by', header: '', value: ({ by }) => by },
  { key: 'bytes', header: 'bytes', value: ({ bytes }) => bytes, align: 'right' },
  { key: 'ms', header: 'ms', value: ({ ms }) => ms, align: 'right' },
  { key: 'result', header: 'result', value: ({ result }) => result, text: resultText, prose: true },
  { key: 'why', header: '', value: ({ why }) => why },
  { key: 'attempts', header: '', value: ({ attempts }) => attempts },
];

/** So many edges, in words. */
export function counted(count: number): string {
  return `${count} edge${count === 1 ? '' : 's'}`;
}

/** What a refusal takes to end. */
export const REFUSED_NEXT = 'a refusal ends when the configuration that it names is changed';

/** What to do about edges that did not confirm, each thing once. */
export function nextOf(rows: readonly PushRow[]): string {
  const ways = rows.map(({ result, hurdle }) => {
    if (result === 'refused') return REFUSED_NEXT;
    const way = hurdle ?? null;
    return way === null ? 'run it again: an edge that has it by then is not sent it twice' : wayPast(way);
  });
  return [...new Set(ways)].join('; ');
}

/** A line for each name that several edges go by: one record cannot tell of two. */
export function namesakes(rows: readonly PushRow[]): string[] {
  const names = new Set(rows.flatMap(({ node }) => node ?? []));
  return [...names].flatMap((name) => {
    const urls = rows.filter(({ node }) => node === name).map(({ url }) => url);
    if (urls.length === 1) return [];
    return `${urls.join(', ')} all call themselves ${name}: \`sync status\` knows only the one that answered last`;
  });
}
