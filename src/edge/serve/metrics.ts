import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Why a node or a request was turned away; a fixed list, so that no stranger makes new series. */
export type RefusalReason = 'token' | 'scope' | 'name' | 'protocol' | 'timeout' | 'busy';

/** The figures of one `sync serve`: sums over all tenants, no name of a node, a team or a host in them. */
export interface Metrics {
  readonly version: Gauge;
  readonly nodesConnected: Gauge;
  readonly nodesBehind: Gauge;
  readonly acks: Counter;
  readonly nacks: Counter;
  readonly sentBytes: Counter;
  readonly snapshots: Counter;
  readonly deltas: Counter;
  readonly reports: Counter;
  readonly refused: Counter<'reason'>;
  /** From the write to the ACK of each node. */
  readonly ackSeconds: Histogram;
  readonly httpRequests: Counter<'route' | 'code'>;
  /** What `contentType` says the text is. */
  readonly contentType: string;
  /** All of them in Prometheus's text format. */
  text(): Promise<string>;
}

/** What an ACK takes is a quarter of a second of polling and the network; a node that was away takes minutes. */
const ACK_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300];

/** New figures, all at zero, in a registry of their own: two servers in one process do not mix. */
export function newMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  return {
    version: gauge(
      'netgoat_version',
      'Version of the store: the number of its newest applied set of changes.',
    ),
    nodesConnected: gauge('netgoat_edge_nodes_connected', 'Edge nodes connected now.'),
    nodesBehind: gauge(
      'netgoat_edge_nodes_behind',
      'Connected edge nodes that have not confirmed the newest state.',
    ),
    acks: counter('netgoat_edge_acks_total', 'States that edge nodes confirmed.'),
    nacks: counter('netgoat_edge_nacks_total', 'States that edge nodes refused.'),
    sentBytes: counter(
      'netgoat_edge_sent_bytes_total',
      'Bytes of frames sent to edge nodes, before compression.',
    ),
    snapshots: counter('netgoat_edge_snapshots_total', 'Whole states sent to edge nodes.'),
    deltas: counter('netgoat_edge_deltas_total', 'Deltas sent to edge nodes.'),
    reports: counter('netgoat_edge_reports_total', 'Reports taken from edge nodes, each counted once.'),
    refused: new Counter({
      name: 'netgoat_edge_refused_total',
      help: 'Connections of edge nodes and requests of agents that were turned away, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    ackSeconds: new Histogram({
      name: 'netgoat_edge_ack_seconds',
      help: 'Seconds from a write to its confirmation by an edge node.',
      buckets: ACK_BUCKETS,
      registers,
    }),
    httpRequests: new Counter({
      name: 'netgoat_http_requests_total',
      help: 'HTTP requests answered, by route and status code.',
      labelNames: ['route', 'code'],
      registers,
    }),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
