import { z } from 'zod';
import { duration, parse } from '../../changes/inputs.ts';
import { prune as pruneTraffic, prunePreview, pruneRules } from '../../observe/prune.ts';
import type { Pruned } from '../../observe/prune.ts';
import type { Column } from '../../output/columns.ts';
import { wholeNumber } from '../../output/numbers.ts';
import { withProgress } from '../../output/progress.ts';
import type { Team } from '../../models/team.ts';
import { findDomain } from '../../queries/domains.ts';
import { teamsWithin } from '../../queries/teams.ts';
import { item } from '../outcome.ts';
import type { RetireSpec } from '../spec.ts';
import { momentText } from './view.ts';

const asked = z.object({
  olderThan: duration.refine((seconds) => seconds >= 1, 'must be at least a second').optional(),
});

const columns: Column<Pruned>[] = [
  { key: 'buckets', header: 'minutes and hours', value: ({ buckets }) => buckets },
  { key: 'requests', header: 'requests in them', value: ({ requests }) => requests },
  { key: 'oldest', header: 'from', value: ({ oldest }) => oldest, text: ({ oldest }) => momentText(oldest) },
  { key: 'newest', header: 'to', value: ({ newest }) => newest, text: ({ newest }) => momentText(newest) },
];

export const prune: RetireSpec = {
  name: 'prune',
  summary: 'remove traffic that is older than a team keeps it, or than is said',
  effect: 'retire',
  args: [{ name: 'domain', description: 'only of this domain; of all by default', optional: true }],
  options: [
    {
      flags: '--older-than <time>',
      description: "what ended so long ago, such as 30d; each team's --retention by default",
    },
  ],
  examples: [
    'netgoat analytics prune --dry-run',
    'netgoat analytics prune --older-than 30d --team acme --yes',
    'netgoat analytics prune --yes',
  ],
  retire: async ({ store, access, context }, input) => {
    const { olderThan } = parse(asked, { olderThan: input['olderThan'] });
    const name = input['domain'];
    const domain = name === undefined ? undefined : await findDomain(store, access, String(name));
    const teams = (await teamsWithin(store, access)).filter(
      ({ _id }) => domain === undefined || _id.equals(domain.teamId),
    );
    const rules = pruneRules(teams, { domain, olderThan, now: context.world.now() });
    const found = await prunePreview(store, rules);
    return {
      name: domain?.hostname ?? (teams.length === 1 ? teams[0]!.slug : 'all'),
      what: found.buckets === 1 ? '1 bucket' : `${wholeNumber(found.buckets)} buckets`,
      ...(found.buckets === 0 ? { nothing: nothingOf(teams, olderThan) } : {}),
      shown: item(found, columns),
      act: () =>
        withProgress(context.world.stderr, true, ({ report }) =>
          pruneTraffic(store, rules, (gone) => report('Removing traffic', gone, found.buckets)),
        ),
    };
  },
};

function nothingOf(teams: readonly Team[], olderThan: number | undefined): string {
  const isKept = olderThan === undefined && teams.every(({ retention }) => !retention);
  return isKept
    ? 'Nothing to remove: no --retention is set, so all is kept; --older-than says what is to go.'
    : 'Nothing to remove: no traffic is so old.';
}
