import { z } from 'zod';
import { parse } from '../../changes/inputs.ts';
import { checkAlerts } from '../../observe/check.ts';
import type { CheckRow } from '../../observe/check.ts';
import { withProgress } from '../../output/progress.ts';
import { inert } from '../../output/sanitize.ts';
import { openDesk } from '../desk.ts';
import { list } from '../outcome.ts';
import { checkSelection } from '../print.ts';
import { probeFlags, probeOptionsOf, probeShape } from '../probe-options.ts';
import type { ObserveSpec } from '../spec.ts';
import { UnsentNotices } from '../unsent-notices.ts';
import { checkColumns, foundOf } from './check-view.ts';

/** What has not been sent by then is left for the next check, or for `sync serve`. */
const SETTLE_MS = 15_000;

const checkInput = z.object({ domain: z.string().optional(), ...probeShape });

export const check: ObserveSpec = {
  name: 'check',
  summary: 'probe domains and judge alerts; exit 7 if an incident is open (made for cron)',
  effect: 'observe',
  list: true,
  options: [{ flags: '--domain <domain>', description: 'only this domain' }, ...probeFlags],
  examples: [
    'netgoat alert check --team acme',
    'netgoat alert check --domain shop.example.com --timeout 5s -o json',
    'netgoat alert check --domain shop.example.com --connect-to ::192.0.2.7:',
  ],
  observe: async (call, input) => {
    // What cannot be printed is to be known before anything is written.
    checkSelection(call.context, checkColumns, input);
    if (input['json'] === '') return list<CheckRow>([], checkColumns, '');
    const { domain, timeout, connectTo } = parse(checkInput, {
      domain: input['domain'],
      timeout: input['timeout'],
      connectTo: input['connectTo'],
    });
    const options = probeOptionsOf({ timeout, connectTo });
    const unsent = new UnsentNotices();
    const desk = openDesk(call, unsent.log);
    await desk.notifier.redeliver(call.access.teams);
    const { stderr, env } = call.context.world;
    const checked = await withProgress(stderr, env['TERM'] !== 'dumb', async (progress) => {
      const tick = (done: number, of: number): void => progress.report('Probing', done, of);
      return checkAlerts(desk, call.access, domain === undefined ? {} : { domain }, options, tick);
    });
    await desk.notifier.settle(SETTLE_MS);
    for (const line of unsent.lines()) call.context.warn(inert(line));
    return list(
      checked.rows,
      checkColumns,
      'No alerts that watch: `netgoat alert add` makes one.',
      foundOf(checked),
    );
  },
};
