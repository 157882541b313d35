import { z } from 'zod';
import type { Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import { edgePhases, rateLimitKeys, wafActions } from '../models/proxy-config.ts';
import type { ListField, ProxyConfig } from '../models/proxy-config.ts';
import type { Access } from '../queries/access.ts';
import { checkCode } from '../queries/edge-code.ts';
import { notFound } from '../queries/lookup.ts';
import { duration, integer, parse } from './inputs.ts';
import type { Plan } from './plan.ts';
import { editProxy } from './proxy.ts';
import { healthPath, itemName, requestPath, upstreamUrl, wafExpression } from './proxy-inputs.ts';

type Fields = Record<string, unknown>;

/** A kind of thing of which a proxy configuration holds a list. */
export interface ItemKind {
  field: ListField;
  /** The word for one of them in messages. */
  called: string;
  article: 'a' | 'an';
  /** The field by which one is found; unique in the list. */
  identifier: 'url' | 'name';
  /** Its fields, as typed. */
  fields: z.ZodObject;
  /** What is typed for fields that are not given. */
  defaults: Fields;
  /** A check that takes its time, on the fields that are set. */
  check?(fields: Fields): Promise<void>;
}

export const itemKinds = {
  upstream: {
    field: 'upstreams',
    called: 'upstream',
    article: 'an',
    identifier: 'url',
    fields: z.object({ url: upstreamUrl, weight: integer(0, 65_535), healthCheck: healthPath }),
    defaults: { weight: '1', healthCheck: 'none' },
  },
  waf: {
    field: 'wafRules',
    called: 'WAF rule',
    article: 'a',
    identifier: 'name',
    fields: z.object({
      name: itemName,
      expression: wafExpression,
      action: z.enum(wafActions),
      priority: integer(-1_000_000, 1_000_000),
      enabled: z.boolean(),
    }),
    defaults: { priority: '0', enabled: true },
  },
  'rate-limit': {
    field: 'rateLimits',
    called: 'rate limit',
    article: 'a',
    identifier: 'name',
    fields: z.object({
      name: itemName,
      path: requestPath,
      limit: integer(1, 1_000_000_000),
      per: duration.refine((seconds) => seconds >= 1, 'must be at least 1s'),
      key: z.enum(rateLimitKeys),
      burst: integer(0, 1_000_000_000),
    }),
    defaults: { key: 'ip', burst: '0' },
  },
  'edge-function': {
    field: 'edgeFunctions',
    called: 'edge function',
    article: 'an',
    identifier: 'name',
    fields: z.object({ name: itemName, on: z.enum(edgePhases), path: requestPath, code: z.string() }),
    defaults: { path: '/' },
    check: async ({ code }) => {
      if (code !== undefined) await checkCode(String(code));
    },
  },
} satisfies Record<string, ItemKind>;

/**
 * A new item in a domain's list.
 * @throws NetgoatError usage: a field is wrong or missing; conflict: there is one of this name.
 */
export async function addItem(
  store: Store,
  access: Access,
  kind: ItemKind,
  domain: string,
  input: Fields,
): Promise<Plan> {
  const { fields, defaults, identifier } = kind;
  const item: Fields = parse(fields, { ...defaults, ...input });
  await kind.check?.(item);
  return editProxy(store, access, domain, (config) => {
    const items = itemsOf(config, kind);
    if (items.some((each) => each[identifier] === item[identifier])) {
      throw new NetgoatError(
        'conflict',
        `${domain} has the ${kind.called} ${String(item[identifier])} already`,
        {
          hint: 'change it with `set`, or take it away with `remove`',
        },
      );
    }
    return { [kind.field]: sorted([...items, item], kind) };
  });
}

/** Other values for the fields given. */
export async function setItem(
  store: Store,
  access: Access,
  kind: ItemKind,
  domain: string,
  input: Fields,
): Promise<Plan> {
  const edits: Fields = parse(kind.fields.partial(), input);
  await kind.check?.(edits);
  return editProxy(store, access, domain, (config) => {
    const items = itemsOf(config, kind);
    const found = findItem(items, kind, domain, edits[kind.identifier]);
    const changed = items.map((each) => (each === found ? { ...each, ...edits } : each));
    return { [kind.field]: sorted(changed, kind) };
  });
}

/** The list without one of its items. */
export async function removeItem(
  store: Store,
  access: Access,
  kind: ItemKind,
  domain: string,
  input: Fields,
): Promise<Plan> {
  const named = parse(kind.fields.partial(), input)[kind.identifier];
  const plan = await editProxy(store, access, domain, (config) => {
    const items = itemsOf(config, kind);
    const found = findItem(items, kind, domain, named);
    return { [kind.field]: items.filter((each) => each !== found) };
  });
  return { ...plan, removes: String(named) };
}

function itemsOf(config: ProxyConfig, kind: ItemKind): Fields[] {
  return config[kind.field] as unknown as Fields[];
}

function findItem(items: readonly Fields[], kind: ItemKind, domain: string, named: unknown): Fields {
  const found = items.find((each) => each[kind.identifier] === named);
  if (found) return found;
  throw notFound(
    `${kind.called} of ${domain}`,
    String(named),
    items.map((each) => String(each[kind.identifier])),
  );
}

/** As an edge reads them, whatever order they came in: the highest priority first where there is one, then by name. */
function sorted(items: readonly Fields[], { identifier }: ItemKind): Fields[] {
  const priority = (item: Fields) => Number(item['priority'] ?? 0);
  return items.toSorted(
    (a, b) => priority(b) - priority(a) || (String(a[identifier]) < String(b[identifier]) ? -1 : 1),
  );
}
