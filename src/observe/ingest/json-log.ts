import { isHit, NO_STATUS } from './entry.ts';
import type { Entry } from './entry.ts';
import type { Clock } from './times.ts';

/**
 * What JSON access logs call things; the first that is there counts. A dot leads into an object, unless there is a key
 * with a dot in it. nginx: the names of its variables; Caddy: `request.host`, `ts`, `size`; Traefik: `RequestHost`;
 * Envoy: `authority`; Cloudflare's Logpush: `ClientRequestHost`; Elastic Common Schema: `url.domain`.
 */
const KEYS = {
  host: [
    'host',
    'http_host',
    'server_name',
    'vhost',
    'request.host',
    'RequestHost',
    'authority',
    ':authority',
    'ClientRequestHost',
    'url.domain',
    'hostname',
    'domain',
  ],
  time: [
    'time_iso8601',
    '@timestamp',
    'timestamp',
    'ts',
    'msec',
    'StartUTC',
    'time',
    'start_time',
    'time_local',
    'EdgeStartTimestamp',
  ],
  status: [
    'status',
    'status_code',
    'DownstreamStatus',
    'response_code',
    'EdgeResponseStatus',
    'http.response.status_code',
    'response.status',
  ],
  bytesOut: [
    'bytes_sent',
    'body_bytes_sent',
    'size',
    'DownstreamContentSize',
    'EdgeResponseBytes',
    'http.response.bytes',
    'bytes',
  ],
  bytesIn: [
    'request_length',
    'bytes_read',
    'RequestContentSize',
    'bytes_received',
    'ClientRequestBytes',
    'http.request.bytes',
  ],
  cache: ['upstream_cache_status', 'cache_status', 'CacheCacheStatus', 'cache'],
} as const;

type Json = Record<string, unknown>;

/**
 * Reads a line of a JSON access log.
 * @returns why it is none, or null.
 */
export function readJsonLog(json: Json, entry: Entry, clock: Clock): string | null {
  entry.minute = clock.any(valueOf(json, KEYS.time));
  if (Number.isNaN(entry.minute)) return clock.why;
  entry.status = Number(valueOf(json, KEYS.status));
  if (!(Number.isInteger(entry.status) && entry.status >= 100 && entry.status <= 599)) return NO_STATUS;
  const host = valueOf(json, KEYS.host);
  entry.host = typeof host === 'string' && host !== '-' ? host : '';
  entry.bytesOut = sizeOf(valueOf(json, KEYS.bytesOut));
  entry.bytesIn = sizeOf(valueOf(json, KEYS.bytesIn));
  const cache = valueOf(json, KEYS.cache);
  entry.hit = typeof cache === 'string' && isHit(cache.toUpperCase());
  return null;
}

function valueOf(json: Json, keys: readonly string[]): unknown {
  for (const key of keys) {
    const value = Object.hasOwn(json, key) ? json[key] : key.includes('.') ? within(json, key) : undefined;
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

function within(json: Json, path: string): unknown {
  let value: unknown = json;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Json)[key];
  }
  return value;
}

/** What is no size, as the dash of one that is not known, is none. */
function sizeOf(value: unknown): number {
  const size = Number(value);
  return Number.isSafeInteger(size) && size > 0 ? size : 0;
}
