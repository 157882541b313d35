import type { Document } from 'bson';
import { isDocument, isTrue, toNumber } from '../bson/values.ts';
import { errorReply, notSupported, ServerError } from '../server-error.ts';
import { ADMINISTRATION_COMMANDS, sessionId } from './administration.ts';
import { AGGREGATE_COMMANDS } from './aggregate.ts';
import { COLLECTION_COMMANDS } from './collections.ts';
import { COLLMOD_COMMANDS } from './collmod.ts';
import type { Call, Command, Engine } from './command.ts';
import { INDEX_COMMANDS } from './indexes.ts';
import { PROCESS_COMMANDS } from './process.ts';
import { READ_COMMANDS } from './read.ts';
import { WRITE_COMMANDS } from './write.ts';

/** Ends a transaction; the session's state is changed before any handler would run. */
const TRANSACTION_END: Command = {
  run: () => {
    throw new ServerError(
      72,
      'commitTransaction and abortTransaction need a session and its transaction number',
    );
  },
  fields: ['recoveryToken', 'maxCommitTimeMS'],
  inTransaction: true,
};

/** Every command there is. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  ...ADMINISTRATION_COMMANDS,
  ...READ_COMMANDS,
  ...WRITE_COMMANDS,
  ...AGGREGATE_COMMANDS,
  ...COLLECTION_COMMANDS,
  ...INDEX_COMMANDS,
  ...COLLMOD_COMMANDS,
  ...PROCESS_COMMANDS,
  commitTransaction: TRANSACTION_END,
  abortTransaction: TRANSACTION_END,
};

/** Fields that every command may have. */
const COMMON_FIELDS: readonly string[] = [
  '$db',
  'lsid',
  'txnNumber',
  'autocommit',
  'startTransaction',
  '$clusterTime',
  '$readPreference',
  'readConcern',
  'writeConcern',
  'comment',
  'maxTimeMS',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
];

/** Runs a command and gives its reply, a failed one too. */
export async function execute(engine: Engine, command: Document, connectionId: number): Promise<Document> {
  try {
    const name = Object.keys(command)[0] ?? '';
    const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!entry) throw new ServerError(59, `no such command: '${name}'`);
    checkFields(name, entry, command);
    const reply = await runInSession(engine, name, entry, command, connectionId);
    const concern = command['writeConcern'] as Document | undefined;
    if (isTrue(concern?.['j'])) await engine.store.environment.synced();
    return { ...reply, ...unmetConcern(concern?.['w']) };
  } catch (error) {
    return errorReply(error);
  }
}

/** There is one node: what asks for more is told so, after the write, as MongoDB does it. */
function unmetConcern(w: unknown): Document {
  if (toNumber(w) > 1) return concernError(100, 'UnsatisfiableWriteConcern', 'Not enough data-bearing nodes');
  if (typeof w !== 'string' || w === 'majority') return {};
  const message = `No write concern mode named '${w}' found in replica set configuration`;
  return concernError(79, 'UnknownReplWriteConcern', message);
}

function concernError(code: number, codeName: string, errmsg: string): Document {
  return { writeConcernError: { code, codeName, errmsg } };
}

function checkFields(name: string, entry: Command, command: Document): void {
  for (const [field, value] of Object.entries(command)) {
    if (field === name || entry.fields.includes(field) || COMMON_FIELDS.includes(field)) continue;
    if (!entry.refused?.includes(field))
      throw new ServerError(40415, `BSON field '${name}.${field}' is an unknown field.`);
    const simple = field === 'collation' && isDocument(value) && value['locale'] === 'simple';
    if (value !== undefined && value !== null && value !== false && !simple)
      throw notSupported(`${name} with ${field}`);
  }
}

async function runInSession(
  engine: Engine,
  name: string,
  entry: Command,
  command: Document,
  connectionId: number,
): Promise<Document> {
  const maxTime = toNumber(command['maxTimeMS'] ?? 0);
  const call: Call = {
    ...engine,
    name,
    command,
    database: typeof command['$db'] === 'string' ? command['$db'] : 'admin',
    connectionId,
    transaction: undefined,
    deadline: maxTime > 0 ? Date.now() + maxTime : undefined,
  };
  const { lsid, txnNumber, autocommit } = command;
  const run = async (): Promise<Document> => {
    engine.store.environment.latest();
    return await entry.run(call);
  };
  if (!isDocument(lsid) || txnNumber === undefined) return await run();
  if (engine.setName === undefined)
    throw new ServerError(20, 'Transaction numbers are only allowed on a replica set member or mongos');
  const id = sessionId(lsid);
  const number = toNumber(txnNumber);
  if (autocommit === undefined)
    return await (entry.retryable ? engine.sessions.retryable(id, number, run) : run());
  return await runInTransaction(call, entry, id, number);
}

async function runInTransaction(call: Call, entry: Command, id: string, number: number): Promise<Document> {
  const { sessions, name, command } = call;
  if (name === 'commitTransaction') {
    await sessions.commit(id, number);
    return { ok: 1 };
  }
  if (name === 'abortTransaction') {
    sessions.abort(id, number);
    return { ok: 1 };
  }
  try {
    if (!entry.inTransaction)
      throw new ServerError(263, `Cannot run '${name}' in a multi-document transaction.`);
    const transaction = sessions.transaction(id, number, isTrue(command['startTransaction']));
    return await entry.run({ ...call, transaction });
  } catch (error) {
    sessions.fail(id);
    throw error;
  }
}
