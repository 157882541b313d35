import type { Document } from 'bson';
import { valueKey } from '../bson/key.ts';
import { collectKeys } from '../bson/paths.ts';
import { decodeValue, EMPTY_ARRAY_VALUE, type RawValue } from '../bson/raw.ts';
import { isTrue, toNumber } from '../bson/values.ts';
import { countRows, findRows, planOf, type Query } from '../query/find.ts';
import { describePlan } from '../query/planner.ts';
import { compileProjection } from '../query/projection.ts';
import { notSupported, ServerError } from '../server-error.ts';
import type { Row } from '../store/scan.ts';
import { snapshotView } from '../store/writers.ts';
import { countField, documentField, namespaceOf, viewOf, type Call, type Command } from './command.ts';

/** MongoDB's size of a first batch where the client names none. */
export const DEFAULT_BATCH = 101;

function queryOf(call: Call, filterField: string): Query {
  return {
    filter: documentField(call, filterField) ?? {},
    sort: documentField(call, 'sort'),
    variables: documentField(call, 'let'),
    hint: call.command['hint'],
    deadline: call.deadline,
  };
}

function find(call: Call): Document {
  const namespace = namespaceOf(call);
  const single = isTrue(call.command['singleBatch']);
  const limit = countField(call, 'limit') ?? 0;
  const query: Query = { ...queryOf(call, 'filter'), skip: countField(call, 'skip') ?? 0, limit };
  const project = compileProjection(documentField(call, 'projection'), query.filter);
  const whole = single || limit === 1;
  const size = whole ? Infinity : (countField(call, 'batchSize') ?? DEFAULT_BATCH);
  // a result that may need a second command is read from a snapshot
  const snapshot = whole || call.transaction ? undefined : call.store.environment.snapshot();
  const view = snapshot ? snapshotView(call.store, snapshot) : viewOf(call);
  let rows: Generator<Row>;
  try {
    rows = findRows(call.store, view, namespace, query);
  } catch (error) {
    snapshot?.done();
    throw error;
  }
  return call.cursors.first(namespace, projected(rows, project), size, () => snapshot?.done());
}

function* projected(rows: Iterable<Row>, project: (raw: Buffer) => Buffer): Generator<Buffer> {
  for (const [, raw] of rows) yield project(raw);
}

function getMore(call: Call): Document {
  const size = countField(call, 'batchSize') || Infinity;
  return call.cursors.more(toNumber(call.command['getMore']), size);
}

function killCursors(call: Call): Document {
  const ids = call.command['cursors'] as unknown[];
  const killed = ids.filter((id) => call.cursors.kill(toNumber(id)));
  const others = ids.filter((id) => !killed.includes(id));
  return { cursorsKilled: killed, cursorsNotFound: others, cursorsAlive: [], cursorsUnknown: [], ok: 1 };
}

function count(call: Call): Document {
  const namespace = namespaceOf(call);
  const view = viewOf(call);
  const query = queryOf(call, 'query');
  const collection = view.collection(namespace);
  let n = 0;
  if (Object.keys(query.filter).length === 0 && collection && !call.transaction)
    n = call.store.count(collection);
  else n = countRows(findRows(call.store, view, namespace, query));
  n = Math.max(0, n - (countField(call, 'skip') ?? 0));
  const limit = Math.abs(toNumber(call.command['limit'] ?? 0));
  return { n: limit > 0 ? Math.min(n, limit) : n, ok: 1 };
}

function distinct(call: Call): Document {
  const key: unknown = call.command['key'];
  if (typeof key !== 'string' || key === '')
    throw new ServerError(14, 'Distinct needs a field name in "key"');
  const parts = key.split('.');
  const values = new Map<string, unknown>();
  for (const [, raw] of findRows(call.store, viewOf(call), namespaceOf(call), queryOf(call, 'query'))) {
    const found: RawValue[] = [];
    collectKeys(raw, 0, parts, 0, found);
    for (const value of found) {
      // a missing field and an empty array have no value; a null that is stored has one
      if (value.bytes.length === 0 || value === EMPTY_ARRAY_VALUE) continue;
      const text = valueKey(value.bytes, value.type, value.offset).toString('latin1');
      if (!values.has(text)) values.set(text, decodeValue(value));
    }
  }
  return { values: [...values.values()], ok: 1 };
}

/** The filter field of each command that can be explained. */
const EXPLAINED: Readonly<Record<string, string>> = { find: 'filter', count: 'query', distinct: 'query' };

function explain(call: Call): Document {
  const inner = documentField(call, 'explain') ?? {};
  const name = Object.keys(inner)[0] ?? '';
  const innerCall: Call = { ...call, name, command: inner };
  const namespace = namespaceOf(innerCall);
  const [first = {}] = Array.isArray(inner['pipeline']) ? (inner['pipeline'] as Document[]) : [];
  const field = EXPLAINED[name];
  if (!field && name !== 'aggregate') throw notSupported(`explain of ${name}`);
  const query = field
    ? queryOf(innerCall, field)
    : { filter: (first['$match'] as Document | undefined) ?? {} };
  const plan = planOf(viewOf(call), namespace, query);
  const winningPlan = plan ? describePlan(plan) : { stage: 'EOF' };
  return {
    explainVersion: '1',
    queryPlanner: { namespace, parsedQuery: query.filter, winningPlan, rejectedPlans: [] },
    ok: 1,
  };
}

const UNSUPPORTED = [
  'collation',
  'tailable',
  'awaitData',
  'oplogReplay',
  'returnKey',
  'showRecordId',
  'min',
  'max',
];

/** The commands that read documents. */
export const READ_COMMANDS: Readonly<Record<string, Command>> = {
  find: {
    run: find,
    fields: [
      'filter',
      'sort',
      'projection',
      'skip',
      'limit',
      'batchSize',
      'singleBatch',
      'let',
      'hint',
      'allowDiskUse',
      'noCursorTimeout',
      'allowPartialResults',
    ],
    refused: UNSUPPORTED,
    inTransaction: true,
  },
  getMore: { run: getMore, fields: ['collection', 'batchSize'], inTransaction: true },
  killCursors: { run: killCursors, fields: ['cursors'], inTransaction: true },
  count: { run: count, fields: ['query', 'skip', 'limit', 'hint', 'fields'], refused: UNSUPPORTED },
  distinct: { run: distinct, fields: ['key', 'query', 'hint'], refused: UNSUPPORTED, inTransaction: true },
  explain: { run: explain, fields: ['verbosity'] },
};
