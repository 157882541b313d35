import { dnsRules } from '../../dns/rules.ts';
import type { Column } from '../../output/columns.ts';
import { list } from '../outcome.ts';
import type { InspectSpec } from '../spec.ts';

type Rule = (typeof dnsRules)[number];

const columns: Column<Rule>[] = [
  { key: 'id', header: 'id', value: ({ id }) => id },
  { key: 'level', header: 'level', value: ({ level }) => level },
  { key: 'summary', header: 'summary', value: ({ summary }) => summary, prose: true },
];

export const rules: InspectSpec = {
  name: 'rules',
  summary: 'list the rules that records and zones are held to (docs/dns-rules.md)',
  effect: 'inspect',
  list: true,
  options: [
    {
      flags: '--level <level>',
      description: 'only these: error is always refused, strict unless --allow names it, advice is a warning',
      choices: ['error', 'strict', 'advice'],
    },
  ],
  examples: ['netgoat dns rules', 'netgoat dns rules --level strict', 'netgoat dns rules --json id,summary'],
  inspect: async (_context, _open, { level }) =>
    list(
      dnsRules.filter((rule) => level === undefined || rule.level === level),
      columns,
      '',
    ),
};
