import { parse } from '../../changes/inputs.ts';
import { webhooksInput } from '../../changes/alerts.ts';
import { NetgoatError } from '../../errors.ts';
import { tryWebhooks } from '../../observe/notify/trial.ts';
import type { Trial } from '../../observe/notify/trial.ts';
import { findAlert } from '../../queries/alerts.ts';
import { list } from '../outcome.ts';
import { checkSelection } from '../print.ts';
import type { ObserveSpec } from '../spec.ts';
import { domainArg, kindArg } from './options.ts';
import { trialColumns } from './test-view.ts';

export const test: ObserveSpec = {
  name: 'test',
  summary: 'send its webhooks a message that says it is a test',
  effect: 'observe',
  list: true,
  dryRun: true,
  args: [domainArg, kindArg],
  options: [
    {
      flags: '--notify <webhook>',
      description: 'to this one instead: a URL, env:NAME or file:PATH; may be repeated',
      repeat: true,
    },
  ],
  examples: [
    'netgoat alert test shop.example.com downtime',
    'netgoat alert test shop.example.com downtime --notify env:OPS_WEBHOOK --dry-run',
  ],
  observe: async ({ store, access, context }, input) => {
    // Bare --json asks for the names of the fields.
    if (input['json'] === '') return list([], trialColumns, '');
    checkSelection(context, trialColumns, input);
    const { notify } = parse(webhooksInput, { notify: input['notify'] });
    const found = await findAlert(store, access, String(input['domain']), String(input['kind']));
    const targets = notify ?? found.alert.notify;
    if (targets.length === 0) {
      throw new NetgoatError(
        'usage',
        `the alert ${found.alert.kind} of ${found.domain.hostname} has no webhook`,
        {
          hint: 'give one with --notify, here or to `netgoat alert set`',
        },
      );
    }
    const { env, cwd, now } = context.world;
    const dryRun = input['dryRun'] === true;
    const trials = await tryWebhooks({ store, env, cwd, now }, found, targets, !dryRun);
    const failed = trials.filter(({ result }) => result === 'failed').length;
    const counted = `${trials.length} webhook${trials.length === 1 ? '' : 's'}`;
    if (failed > 0) {
      const finding = `${failed} of ${counted} failed`;
      return list(trials, trialColumns, '', { finding, next: nextOf(trials) });
    }
    const note = dryRun ? `Would send to ${counted}, nothing was sent` : `Sent to ${counted}`;
    return list(trials, trialColumns, '', { note });
  },
};

/** What to do about webhooks that were not told, each thing once. */
function nextOf(trials: readonly Trial[]): string {
  const ways = trials
    .filter(({ result }) => result === 'failed')
    .map(({ ms }) =>
      ms === null
        ? 'what env: and file: name has to be there where netgoat runs'
        : 'a receiver has to answer with a status of 200 to 299 within 10 seconds',
    );
  return [...new Set(ways)].join('; ');
}
