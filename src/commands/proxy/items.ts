import { itemKinds } from '../../changes/proxy-items.ts';
import type { ItemKind } from '../../changes/proxy-items.ts';
import { edgePhases, rateLimitKeys, wafActions } from '../../models/proxy-config.ts';
import type { Column } from '../../output/columns.ts';
import { readInput } from '../input-files.ts';
import type { ArgumentSpec, Call, OptionSpec, RawInput } from '../spec.ts';
import { edgeFunctionColumns, rateLimitColumns, upstreamColumns, wafColumns } from './view.ts';

const MAX_CODE_BYTES = 1024 * 1024;

/** What the command line says of a kind of item; its four verbs are made from it. */
export interface ItemCommands {
  kind: ItemKind;
  /** What an item is named by, after the domain. */
  identifier: ArgumentSpec;
  /** The options of add and set; `required` holds for add. */
  options: readonly OptionSpec[];
  onlyAdd?: readonly OptionSpec[];
  onlySet?: readonly OptionSpec[];
  columns: readonly Column<never>[];
  /** The end of an example of add and of set, after the domain. */
  examples: { add: string; set: string; remove: string };
  /** The fields of the item that are not the options as they are. */
  fieldsOf?(call: Call, input: RawInput): RawInput | Promise<RawInput>;
}

export const itemCommands: Record<keyof typeof itemKinds, ItemCommands> = {
  upstream: {
    kind: itemKinds.upstream,
    identifier: { name: 'url', description: 'http or https URL of the upstream' },
    options: [
      { flags: '--weight <n>', description: 'its share of the requests beside the others (1 by default)' },
      { flags: '--health-check <path>', description: 'a path that answers while it is well, or none' },
    ],
    columns: upstreamColumns as Column<never>[],
    examples: {
      add: 'http://192.0.2.10:8080 --weight 2 --health-check /health',
      set: 'http://192.0.2.10:8080 --weight 0',
      remove: 'http://192.0.2.10:8080',
    },
  },
  waf: {
    kind: itemKinds.waf,
    identifier: { name: 'name', description: 'name of the rule' },
    options: [
      {
        flags: '--expr <expression>',
        description: 'when it holds; docs/waf-expressions.md has the language',
        required: true,
      },
      { flags: '--action <action>', description: 'what happens then', choices: wafActions, required: true },
      { flags: '--priority <n>', description: 'the highest is tried first (0 by default)' },
    ],
    onlyAdd: [{ flags: '--disabled', description: 'keep it from the edges for now' }],
    onlySet: [
      { flags: '--enable', description: 'send it to the edges' },
      { flags: '--disable', description: 'keep it from the edges' },
    ],
    columns: wafColumns as Column<never>[],
    examples: {
      add: `block-admin --expr 'Path startsWith "/admin"' --action block --priority 100`,
      set: 'block-admin --action log',
      remove: 'block-admin',
    },
    fieldsOf: (_call, { expr, disabled, enable, disable }) => ({
      ...(expr === undefined ? {} : { expression: expr }),
      ...(disabled || disable ? { enabled: false } : enable ? { enabled: true } : {}),
    }),
  },
  'rate-limit': {
    kind: itemKinds['rate-limit'],
    identifier: { name: 'name', description: 'name of the limit' },
    options: [
      { flags: '--path <path>', description: 'the path that is limited, and all below it', required: true },
      { flags: '--limit <n>', description: 'so many requests', required: true },
      { flags: '--per <time>', description: 'in this time, such as 1m', required: true },
      { flags: '--key <key>', description: 'counted by (ip by default)', choices: rateLimitKeys },
      { flags: '--burst <n>', description: 'so many more at once (0 by default)' },
    ],
    columns: rateLimitColumns as Column<never>[],
    examples: {
      add: 'login --path /login --limit 10 --per 1m --key ip',
      set: 'login --limit 5',
      remove: 'login',
    },
  },
  'edge-function': {
    kind: itemKinds['edge-function'],
    identifier: { name: 'name', description: 'name of the function' },
    options: [
      { flags: '--on <phase>', description: 'when it runs', choices: edgePhases, required: true },
      { flags: '--file <file>', description: 'its code; - for stdin', required: true },
      { flags: '--path <path>', description: 'only for this path and all below it (/ by default)' },
    ],
    columns: edgeFunctionColumns as Column<never>[],
    examples: { add: 'geo --on request --file geo.js', set: 'geo --file geo.js', remove: 'geo' },
    fieldsOf: async ({ context }, { file }) =>
      file === undefined ? {} : { code: await readInput(context, String(file), MAX_CODE_BYTES) },
  },
};
