import { ObjectId, type Document } from 'bson';
import { notSupported } from '../server-error.ts';
import type { Call, Command, Engine } from './command.ts';
import { MAX_BATCH } from './write.ts';

/** The MongoDB release whose behaviour is imitated, as drivers ask for it. */
export const VERSION = '7.0.14';
const WIRE_VERSION = 21;
const ELECTION = new ObjectId('7fffffff0000000000000001');

/** The handshake. Drivers retry writes and begin transactions only with a replica set, so one of one node is said. */
export function hello({ address, setName }: Engine, connectionId: number): Document {
  return {
    helloOk: true,
    isWritablePrimary: true,
    ismaster: true,
    secondary: false,
    ...(setName === undefined ? {} : replicaSet(setName, address)),
    maxBsonObjectSize: 16 * 1024 * 1024,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: MAX_BATCH,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    connectionId,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
    ok: 1,
  };
}

function replicaSet(setName: string, address: string): Document {
  return { setName, setVersion: 1, hosts: [address], primary: address, me: address, electionId: ELECTION };
}

function buildInfo(): Document {
  return {
    version: VERSION,
    versionArray: [...VERSION.split('.').map(Number), 0],
    gitVersion: 'netgoat embedded store',
    modules: ['netgoat-embedded'],
    maxBsonObjectSize: 16 * 1024 * 1024,
    bits: 64,
    debug: false,
    ok: 1,
  };
}

function serverStatus(): Document {
  return {
    version: VERSION,
    process: 'netgoat',
    pid: process.pid,
    uptime: process.uptime(),
    storageEngine: { name: 'lmdb' },
    ok: 1,
  };
}

function dbStats(call: Call): Document {
  const prefix = `${call.database}.`;
  const collections = [...call.store.catalog.collections().values()].filter(({ namespace }) =>
    namespace.startsWith(prefix),
  );
  const objects = collections.reduce((sum, collection) => sum + call.store.count(collection), 0);
  const indexes = collections.reduce((sum, collection) => sum + collection.indexes.length, 0);
  return { db: call.database, collections: collections.length, objects, indexes, ok: 1 };
}

function endSessions(call: Call): Document {
  for (const session of call.command['endSessions'] as Document[]) call.sessions.end(sessionId(session));
  return { ok: 1 };
}

/** The text of a session's id. */
export function sessionId(lsid: Document): string {
  return (lsid['id'] as { toString(encoding: string): string }).toString('hex');
}

const HELLO: Command = {
  run: (call) => hello(call, call.connectionId),
  fields: [
    'helloOk',
    'client',
    'compression',
    'speculativeAuthenticate',
    'saslSupportedMechs',
    'topologyVersion',
    'maxAwaitTimeMS',
    'loadBalanced',
    'backpressure',
  ],
};
const OK: Command = { run: () => ({ ok: 1 }), fields: [] };
const BUILD_INFO: Command = { run: buildInfo, fields: [] };

/** The commands about the server and the connection. */
export const ADMINISTRATION_COMMANDS: Readonly<Record<string, Command>> = {
  hello: HELLO,
  isMaster: HELLO,
  ismaster: HELLO,
  ping: OK,
  buildInfo: BUILD_INFO,
  buildinfo: BUILD_INFO,
  serverStatus: { run: serverStatus, fields: [] },
  dbStats: { run: dbStats, fields: ['scale', 'freeStorage'] },
  endSessions: { run: endSessions, fields: [] },
  refreshSessions: OK,
  getParameter: {
    run: () => {
      throw notSupported('getParameter');
    },
    fields: ['featureCompatibilityVersion', 'allParameters', 'comment'],
  },
};
