import { timeText } from '../../output/times.ts';
import type { Column } from '../../output/columns.ts';
import type { TokenRow, UserRow } from '../../queries/users.ts';

/** The fields of a user; those without a header are for machines. */
export const userColumns: Column<UserRow>[] = [
  { key: 'email', header: 'email', value: (user) => user.email },
  { key: 'name', header: 'name', value: (user) => user.name },
  {
    key: 'teams',
    header: 'teams',
    value: (user) => user.teams.map(({ slug }) => slug),
    text: (user) => user.teams.map(({ slug, role }) => `${slug} (${role})`).join(', '),
  },
  {
    key: 'roles',
    header: '',
    value: (user) => Object.fromEntries(user.teams.map(({ slug, role }) => [slug, role])),
  },
  { key: 'tokens', header: 'tokens', value: (user) => user.tokens, align: 'right' },
  { key: 'revision', header: '', value: (user) => user.revision },
  { key: 'id', header: '', value: (user) => String(user._id) },
];

/** The fields of a token; its text is kept nowhere. */
export const tokenColumns: Column<TokenRow>[] = [
  { key: 'name', header: 'name', value: (token) => token.name },
  { key: 'prefix', header: 'begins', value: (token) => token.prefix },
  { key: 'scopes', header: 'scopes', value: (token) => token.scopes },
  { key: 'teams', header: 'teams', value: (token) => token.teams },
  { key: 'createdAt', header: 'created', value: (token) => token.createdAt },
  {
    key: 'expiresAt',
    header: 'expires',
    value: (token) => token.expiresAt,
    text: ({ expiresAt, expired }, view) => {
      if (expiresAt === null) return 'never';
      return `${expired ? 'expired ' : ''}${timeText(expiresAt, view)}`;
    },
  },
  {
    key: 'lastUsedAt',
    header: 'last used',
    value: (token) => token.lastUsedAt,
    text: ({ lastUsedAt }, view) => (lastUsedAt === null ? 'never' : timeText(lastUsedAt, view)),
  },
  { key: 'expired', header: '', value: (token) => token.expired },
];
