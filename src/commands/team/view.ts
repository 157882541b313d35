import { formatTtl } from '../../dns/ttl.ts';
import type { Column } from '../../output/columns.ts';
import type { TeamRow } from '../../queries/teams.ts';

/** The fields of a team; those without a header are for machines. */
export const teamColumns: Column<TeamRow>[] = [
  { key: 'slug', header: 'slug', value: (team) => team.slug },
  { key: 'name', header: 'name', value: (team) => team.name },
  { key: 'domains', header: 'domains', value: (team) => team.domains, align: 'right' },
  { key: 'users', header: 'users', value: (team) => team.users, align: 'right' },
  {
    key: 'retention',
    header: 'keeps traffic',
    value: ({ retention }) => retention ?? null,
    text: ({ retention }) => (retention ? formatTtl(retention) : 'always'),
  },
  { key: 'revision', header: '', value: (team) => team.revision },
  { key: 'id', header: '', value: (team) => String(team._id) },
];
