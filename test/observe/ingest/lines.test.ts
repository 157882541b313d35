import { describe, expect, it } from 'vitest';
import { readReport } from '../../../src/commands/analytics/ingest-input.ts';
import { LineReader } from '../../../src/observe/ingest/lines.ts';
import type { FoundReport } from '../../../src/observe/ingest/lines.ts';
import { Tally } from '../../../src/observe/ingest/tally.ts';
import { Clock } from '../../../src/observe/ingest/times.ts';

const NOW = new Date('2026-11-24T19:00:00Z');
const TIME = '[24/Nov/2026:18:04:05 +0000]';
const MINUTE = '2026-11-24T18:04';
const [QUOTED, SLASH] = [String.raw`\"`, String.raw`\\`];

interface Read {
  /** `host minute requests bytesIn bytesOut status hits`. */
  rows: string[];
  malformed: string[];
  reports: FoundReport[];
}

/** Reads lines as those of a log. */
function read(...lines: string[]): Read {
  const tally = new Tally();
  const [malformed, reports]: [string[], FoundReport[]] = [[], []];
  const sink = {
    tally,
    addReport: (found: FoundReport) => void reports.push(found),
    addMalformed: (line: number, why: string) => void malformed.push(`${line}: ${why}`),
  };
  const reader = new LineReader(0, { clock: new Clock(() => NOW), readReport, sink });
  reader.read({ kind: 'lines', bytes: Buffer.from(lines.map((line) => `${line}\n`).join('')) });
  const rows = [...tally.take()].flatMap(([host, minutes]) =>
    [...minutes].map(([minute, { requests, bytesIn, bytesOut, status, cacheHits }]) => {
      const classes = Object.entries(status).filter(([, count]) => count > 0);
      const at = new Date(minute * 60_000).toISOString().slice(0, 16);
      const words = [
        host || '-',
        at,
        requests,
        bytesIn,
        bytesOut,
        classes.map((each) => each.join('*')),
        cacheHits,
      ];
      return words.join(' ');
    }),
  );
  return { rows, malformed, reports };
}

describe('an NCSA line', () => {
  /*
   * The formats: "common", "combined" and "vhost_combined" of https://httpd.apache.org/docs/2.4/mod/mod_log_config.html
   * and Debian's apache2.conf; "combined" of https://nginx.org/en/docs/http/ngx_http_log_module.html. Apache writes a
   * quote in a request as \", nginx as \x22.
   */
  it.each([
    ['common', `192.0.2.1 - - ${TIME} "GET / HTTP/1.1" 200 512`, `- ${MINUTE} 1 0 512 2xx*1 0`],
    ['without a size', `192.0.2.1 - - ${TIME} "GET / HTTP/1.1" 304 -`, `- ${MINUTE} 1 0 0 3xx*1 0`],
    [
      'combined',
      `::1 - ann ${TIME} "GET / HTTP/2.0" 404 9 "https://a.example/" "curl/8"`,
      `- ${MINUTE} 1 0 9 4xx*1 0`,
    ],
    ['with an identity', `192.0.2.1 ident ann ${TIME} "GET / HTTP/1.1" 200 1`, `- ${MINUTE} 1 0 1 2xx*1 0`],
    [
      'of a user with blanks',
      `192.0.2.1 - a b c ${TIME} "GET / HTTP/1.1" 200 1`,
      `- ${MINUTE} 1 0 1 2xx*1 0`,
    ],
    [
      'of a user that looks like a time',
      `192.0.2.1 - x [24/Nov/2026:01:01:01 +0000] ${TIME} "GET / HTTP/1.1" 200 1`,
      `- ${MINUTE} 1 0 1 2xx*1 0`,
    ],
    [
      'of a virtual host and its port',
      `www.shop.example:443 192.0.2.1 - - ${TIME} "GET / HTTP/1.1" 502 7 "-" "-"`,
      `www.shop.example:443 ${MINUTE} 1 0 7 5xx*1 0`,
    ],
    [
      'of a virtual host and a user with blanks',
      `shop.example 192.0.2.1 - a b ${TIME} "GET / HTTP/1.1" 200 7`,
      `shop.example ${MINUTE} 1 0 7 2xx*1 0`,
    ],
    [
      'with a quote in its request',
      `h - - ${TIME} "GET /${QUOTED} 200 HTTP/1.1" 200 5`,
      `- ${MINUTE} 1 0 5 2xx*1 0`,
    ],
    ['with a slash at its end', `h - - ${TIME} "GET /${SLASH}" 200 5 "-" "-"`, `- ${MINUTE} 1 0 5 2xx*1 0`],
    [
      'with a quote nobody escaped',
      `h - - ${TIME} "GET /" HTTP/1.1" 200 5 "-" "-"`,
      `- ${MINUTE} 1 0 5 2xx*1 0`,
    ],
    ['of a request that was none', `h - - ${TIME} "-" 408 - "-" "-"`, `- ${MINUTE} 1 0 0 4xx*1 0`],
    ['with a cache hit', `h - - ${TIME} "GET / HTTP/1.1" 200 5 "-" "x" HIT`, `- ${MINUTE} 1 0 5 2xx*1 1`],
    [
      'with one in quotes',
      `h - - ${TIME} "GET / HTTP/1.1" 200 5 "-" "x" "STALE"`,
      `- ${MINUTE} 1 0 5 2xx*1 1`,
    ],
    ['with a cache miss', `h - - ${TIME} "GET / HTTP/1.1" 200 5 "-" "x" MISS`, `- ${MINUTE} 1 0 5 2xx*1 0`],
    ['of an agent HIT', `h - - ${TIME} "GET / HTTP/1.1" 200 5 "-" "HIT"`, `- ${MINUTE} 1 0 5 2xx*1 0`],
    [
      'of an agent that ends so',
      `h - - ${TIME} "GET / HTTP/1.1" 200 5 "-" "a HIT"`,
      `- ${MINUTE} 1 0 5 2xx*1 0`,
    ],
    [
      'of another zone',
      `h - - [24/Nov/2026:19:34:05 +0130] "GET / HTTP/1.1" 200 5`,
      `- ${MINUTE} 1 0 5 2xx*1 0`,
    ],
    ['that ends in CR', `h - - ${TIME} "GET / HTTP/1.1" 200 5\r`, `- ${MINUTE} 1 0 5 2xx*1 0`],
    ['with bytes that are no text', `h - - ${TIME} "GET /ä€ HTTP/1.1" 200 5`, `- ${MINUTE} 1 0 5 2xx*1 0`],
  ])('%s', (_name, line, row) => {
    expect(read(line)).toEqual({ rows: [row], malformed: [], reports: [] });
  });

  it.each([
    ['a word', 'hello', 'it has no request in quotes'],
    ['a request alone', '"GET / HTTP/1.1" 200 5', 'it has no time in brackets before the request'],
    ['no client', `${TIME} "GET / HTTP/1.1" 200 5`, 'it has no client, identity and user before the time'],
    ['no status', `h - - ${TIME} "GET / HTTP/1.1"`, 'it has no status of 100 to 599'],
    ['a wild status', `h - - ${TIME} "GET / HTTP/1.1" 999 5`, 'it has no status of 100 to 599'],
    ['no size', `h - - ${TIME} "GET / HTTP/1.1" 200 x`, 'it has no size after the status'],
    ['a request without an end', `h - - ${TIME} "GET /`, 'it has no status of 100 to 599'],
    ['a day that is none', `h - - [31/Feb/2026:18:04:05 +0000] "GET /" 200 5`, 'its time cannot be read'],
    ['a month that is none', `h - - [24/Nop/2026:18:04:05 +0000] "GET /" 200 5`, 'its time cannot be read'],
    ['the far future', `h - - [24/Nov/2036:18:04:05 +0000] "GET /" 200 5`, 'its time lies in the future'],
  ])('of %s is malformed', (_name, line, why) => {
    const good = `h - - ${TIME} "GET / HTTP/1.1" 200 5`;
    const { rows, malformed } = read(good, line, good);
    expect(rows).toEqual([`- ${MINUTE} 2 0 10 2xx*2 0`]);
    expect(malformed).toHaveLength(1);
    expect(malformed[0]).toContain(`2: ${why}`);
  });

  it('whose second is none does not count, after one of the same minute either', () => {
    const line = (second: string) => `h - - [24/Nov/2026:18:04:${second} +0000] "GET /" 200 5`;
    expect(read(line('59'), line('61'), line('5x'), line('60')).malformed).toHaveLength(2);
  });

  it('counts in its own minute, and empty lines in none', () => {
    const line = (time: string) => `h - - [24/Nov/2026:${time} +0000] "GET / HTTP/1.1" 200 5`;
    const { rows, malformed } = read(line('18:04:59'), '', line('18:05:00'), line('18:04:58'));
    expect(rows).toEqual([`- ${MINUTE} 2 0 10 2xx*2 0`, '- 2026-11-24T18:05 1 0 5 2xx*1 0']);
    expect(malformed).toEqual([]);
  });
});

describe('a JSON line', () => {
  /*
   * nginx: variables of https://nginx.org/en/docs/varindex.html; Caddy: the example at
   * https://caddyserver.com/docs/logging; Traefik: fields of https://doc.traefik.io/traefik/observability/access-logs/;
   * Envoy: https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage (operators by their
   * names there); Cloudflare: fields of "HTTP requests" in Logpush; ECS: https://www.elastic.co/guide/en/ecs.
   */
  it.each([
    [
      'nginx',
      {
        time_iso8601: '2026-11-24T18:04:05+00:00',
        host: 'shop.example',
        status: '200',
        body_bytes_sent: '5',
        request_length: '70',
        upstream_cache_status: 'HIT',
      },
      '1 70 5 2xx*1 1',
    ],
    [
      'nginx, by msec',
      { msec: '1795543445.123', host: 'shop.example', status: 200, bytes_sent: 9 },
      '1 0 9 2xx*1 0',
    ],
    [
      'Caddy',
      {
        level: 'info',
        ts: 1795543445.6,
        request: { host: 'shop.example', method: 'GET' },
        bytes_read: 3,
        size: 10_900,
        status: 308,
      },
      '1 3 10900 3xx*1 0',
    ],
    [
      'Traefik',
      {
        RequestHost: 'shop.example',
        DownstreamStatus: 502,
        DownstreamContentSize: 11,
        RequestContentSize: 2,
        StartUTC: '2026-11-24T18:04:05.123456789Z',
        time: '2026-11-24T18:09:00Z',
      },
      '1 2 11 5xx*1 0',
    ],
    [
      'Envoy',
      {
        start_time: '2026-11-24T18:04:05.123Z',
        authority: 'shop.example',
        response_code: 404,
        bytes_sent: 8,
        bytes_received: 1,
      },
      '1 1 8 4xx*1 0',
    ],
    [
      'Cloudflare',
      {
        EdgeStartTimestamp: 1_795_543_445_000_000_000,
        ClientRequestHost: 'shop.example',
        EdgeResponseStatus: 200,
        EdgeResponseBytes: 6,
        ClientRequestBytes: 4,
        CacheCacheStatus: 'hit',
      },
      '1 4 6 2xx*1 1',
    ],
    [
      'ECS',
      {
        '@timestamp': '2026-11-24T18:04:05.000Z',
        'url.domain': 'shop.example',
        http: { response: { status_code: 200, bytes: 3 }, request: { bytes: 2 } },
      },
      '1 2 3 2xx*1 0',
    ],
    [
      'a dash',
      { timestamp: MINUTE + ':05Z', vhost: 'shop.example', status: 200, bytes: '-' },
      '1 0 0 2xx*1 0',
    ],
  ])('of %s', (_name, json, row) => {
    expect(read(JSON.stringify(json))).toEqual({
      rows: [`shop.example ${MINUTE} ${row}`],
      malformed: [],
      reports: [],
    });
  });

  it.each([
    ['that is cut', '{"status":200', 'it is not JSON'],
    ['without a time', '{"status":200,"host":"a.example"}', 'it has no time'],
    ['without a status', `{"time":"${MINUTE}:05Z","host":"a.example"}`, 'it has no status'],
    ['of a time without a zone', `{"time":"${MINUTE}:05","status":200}`, 'its time cannot be read'],
    [
      'of an hour and a second ahead',
      '{"time":"2026-11-24T20:00:01Z","status":200}',
      'its time lies in the future',
    ],
    ['of a list of hosts', `{"time":1e300,"status":200,"host":["a"]}`, 'its time lies in the future'],
  ])('%s is malformed', (_name, line, why) => {
    expect(read(line).malformed).toEqual([expect.stringContaining(`1: ${why}`)]);
  });
});

describe('a report', () => {
  const window = { from: '2026-11-24T18:00:00Z', to: '2026-11-24T18:01:00Z' };
  const data = { reportId: 'r1', window, domains: [{ hostname: 'shop.example', requests: 3 }] };

  it.each([
    ['alone', { ...data, node: 'edge-1' }],
    ['in its frame', { type: 'report', nonce: 'n', timestamp: window.to, data: { ...data, node: 'edge-1' } }],
    ['in a frame that names the node', { type: 'report', node: 'edge-1', data }],
  ])('%s is found', (_name, json) => {
    const { rows, malformed, reports } = read('', JSON.stringify(json));
    expect({ rows, malformed }).toEqual({ rows: [], malformed: [] });
    expect(reports).toMatchObject([{ line: 2, node: 'edge-1', report: data }]);
  });

  it('that lacks something is malformed', () => {
    expect(read(JSON.stringify({ ...data, window: {} })).malformed).toEqual([
      expect.stringMatching(/^1: window\.from: /),
    ]);
  });
});
