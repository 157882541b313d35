import { z } from 'zod';
import { tlsStatuses, wafStatuses } from '../models/domain.ts';
import { cacheLevels, edgePhases, rateLimitKeys, wafActions } from '../models/proxy-config.ts';

/** The name of this form of the payload; another form gets another name. */
export const SCHEMA = 'netgoat.edge/1';

const time = z.iso.datetime();
/* An `id` names a part in the JSON Schema; zod's own int is a safe integer. */
const count = z.int().min(0);
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const HOSTNAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const tls = z.strictObject({
  status: z.enum(tlsStatuses),
  issuer: z.string().nullable(),
  notBefore: time.nullable(),
  notAfter: time.nullable(),
  fingerprint: z.string().nullable().describe('SHA-256 of the certificate'),
});

const record = z
  .strictObject({
    name: z.string().min(1).describe('relative to the hostname, @ for the hostname itself'),
    type: z.string().min(1),
    ttl: count.max(2_147_483_647),
    proxied: z.boolean(),
    value: z.string().describe('canonical presentation form, as in a master file'),
  })
  .meta({ id: 'record' });

const upstream = z.strictObject({
  url: z.string().min(1),
  weight: count,
  healthCheck: z.string().nullable(),
});

const wafRule = z.strictObject({
  name: z.string().min(1),
  expression: z.string().min(1),
  action: z.enum(wafActions),
  priority: z.int(),
});

const rateLimit = z.strictObject({
  name: z.string().min(1),
  path: z.string().min(1),
  limit: count.describe('requests allowed in `per` seconds'),
  per: count,
  burst: count,
  key: z.enum(rateLimitKeys),
});

const edgeFunction = z.strictObject({
  name: z.string().min(1),
  on: z.enum(edgePhases),
  path: z.string().min(1),
  code: z.string(),
});

const header = z.strictObject({
  on: z.enum(edgePhases),
  name: z.string().min(1),
  value: z
    .string()
    .nullable()
    .describe(
      'null takes the header away; env:NAME and file:PATH stand for what the edge finds in its variable or file',
    ),
});

const proxy = z
  .strictObject({
    upstreams: z.array(upstream),
    waf: z.array(wafRule).describe('enabled rules, the highest priority first, then by name'),
    rateLimits: z.array(rateLimit),
    edgeFunctions: z.array(edgeFunction),
    headers: z.array(header),
    cache: z.strictObject({ level: z.enum(cacheLevels), ttl: count }),
  })
  .meta({ id: 'proxy' });

/** All that an edge needs to serve one hostname: configuration only, no ids, tokens or times of writing. */
export const edgeDomain = z
  .strictObject({
    hostname: z.string().max(253).regex(HOSTNAME).describe('A-label form'),
    team: z.string().min(1).describe('slug of the owning team'),
    tls,
    ownership: z.strictObject({ verified: z.boolean() }),
    waf: z.enum(wafStatuses),
    dns: z.array(record).describe('sorted by name (@ first), type, value'),
    proxy: proxy.nullable(),
  })
  .meta({ id: 'domain' });

/** An Ed25519 signature of the version and the checksum, see signature.ts. */
export const signature = z
  .strictObject({
    algorithm: z.literal('ed25519'),
    key: sha256.describe('SHA-256 of the public key (DER, SubjectPublicKeyInfo)'),
    value: z
      .string()
      .regex(/^[0-9A-Za-z+/]{86}==$/)
      .describe('base64'),
  })
  .meta({ id: 'signature' });

/** The whole payload, as the format `edge` prints it. */
export const edgePayload = z.strictObject({
  schema: z.literal(SCHEMA),
  version: count.describe('the version of the store that it was read from'),
  generatedAt: time,
  checksum: sha256,
  signature: signature.optional(),
  domains: z.array(edgeDomain).describe('sorted by hostname'),
});

/** The first line of the format `ndjson`; a line for each domain follows, then the last line. */
export const ndjsonHeader = edgePayload.pick({ schema: true, version: true, generatedAt: true });

export const ndjsonTrailer = z.strictObject({
  checksum: sha256,
  domains: count.describe('how many lines stand between the first and the last'),
  signature: signature.optional(),
});

export type Signature = z.output<typeof signature>;

export type EdgeDomain = z.output<typeof edgeDomain>;
export type EdgeRecord = EdgeDomain['dns'][number];
export type EdgeProxy = NonNullable<EdgeDomain['proxy']>;
