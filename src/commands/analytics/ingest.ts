import { ingest as ingestLog } from '../../observe/ingest/ingest.ts';
import { interruptionLine, withNotice } from '../../interruption.ts';
import type { Summary } from '../../observe/ingest/summary.ts';
import type { Domain } from '../../models/domain.ts';
import { byteText } from '../../output/numbers.ts';
import { withProgress } from '../../output/progress.ts';
import { inert } from '../../output/sanitize.ts';
import { findDomain } from '../../queries/domains.ts';
import { UnsentNotices } from '../unsent-notices.ts';
import { openDesk } from '../desk.ts';
import { item } from '../outcome.ts';
import { checkSelection } from '../print.ts';
import type { Call, ObserveSpec, RawInput } from '../spec.ts';
import { openLog, readReport } from './ingest-input.ts';
import { inVain, summaryColumns, warningsOf } from './ingest-view.ts';

/** What has not been sent by then is left for `alert check`, or for `sync serve`. */
const SETTLE_MS = 30_000;

export const ingest: ObserveSpec = {
  name: 'ingest',
  summary: 'count the traffic in an access log or a file of reports; what was counted before is passed over',
  effect: 'observe',
  dryRun: true,
  args: [{ name: 'file', description: 'NCSA or JSON access log, or reports; may be gzip; - for stdin' }],
  options: [
    { flags: '--domain <domain>', description: 'only this domain; it has the lines without a host, too' },
    { flags: '--strict', description: 'end (exit 2) at the first malformed line' },
    {
      flags: '--as-new',
      description: 'count it from its beginning, whatever was counted of it before; to be given once',
    },
  ],
  examples: [
    'netgoat analytics ingest /var/log/nginx/access.log --domain shop.example.com',
    'netgoat analytics ingest /var/log/apache2/other_vhosts_access.log.1.gz --team acme -o json',
    'kubectl logs deploy/ingress | netgoat analytics ingest - --dry-run',
  ],
  observe: async (call, input) => {
    // What cannot be printed is to be known before anything is counted.
    checkSelection(call.context, summaryColumns, input);
    if (input['json'] === '') return item({} as Summary, summaryColumns);
    const { store, access } = call;
    const named = input['domain'];
    const domain = named === undefined ? null : await findDomain(store, access, String(named));
    const summary = await counted(call, input, domain);
    for (const line of warningsOf(summary)) call.context.warn(line);
    const note = noteOf(summary, input['dryRun'] === true);
    return item(summary, summaryColumns, undefined, { ...note, ...inVain(summary, domain) });
  },
};

async function counted(call: Call, input: RawInput, domain: Domain | null): Promise<Summary> {
  const { access, context } = call;
  const unsent = new UnsentNotices();
  const desk = openDesk(call, unsent.log);
  const [strict, dryRun, asNew] = ['strict', 'dryRun', 'asNew'].map((flag) => input[flag] === true);
  const { stderr, env } = context.world;
  const summary = await withProgress(stderr, env['TERM'] !== 'dumb', async ({ report }) => {
    const tell = (done: number, size?: number): void =>
      report(size === undefined ? 'Counting, bytes:' : 'Counting', done, size);
    const source = await openLog(context, String(input['file']), tell);
    const job = {
      desk,
      reach: { access, domain },
      readReport,
      strict: strict!,
      dryRun: dryRun!,
      asNew: asNew!,
    };
    const rest = asNew ? 'the same command without --as-new' : 'the same command';
    const what = dryRun ? '' : `, what was counted is kept; ${rest} counts the rest`;
    const say = (): void => void stderr.write(interruptionLine(stderr, what));
    try {
      return await withNotice(say, () => ingestLog(job, source));
    } finally {
      await source.close();
      await desk.notifier.settle(SETTLE_MS);
    }
  });
  for (const line of unsent.lines()) context.warn(inert(line));
  return summary;
}

function noteOf({ lines, left, again }: Summary, dryRun: boolean): { note?: string } {
  if (lines === 0 && left === 0 && again > 0) {
    return { note: `Nothing new: it was counted to its end, ${byteText(again)}, before.` };
  }
  return dryRun ? { note: 'Nothing was counted: this was a dry run.' } : {};
}
