import { UUID, type Document } from 'bson';
import { encode } from '../bson/raw.ts';
import { isTrue } from '../bson/values.ts';
import { compileFilter } from '../query/match.ts';
import { notSupported, ServerError } from '../server-error.ts';
import type { Collection } from '../store/index-definition.ts';
import { documentField, namespaceOf, type Call, type Command } from './command.ts';

function create(call: Call): Promise<Document> {
  const namespace = namespaceOf(call);
  return call.store.write(() => {
    // MongoDB answers ok to a collection that exists with the same options; there are none to differ in
    if (call.store.catalog.collections().has(namespace))
      throw new ServerError(48, `Collection ${namespace} already exists.`);
    call.store.catalog.ensure(namespace);
    return { ok: 1 };
  });
}

function drop(call: Call): Promise<Document> {
  const namespace = namespaceOf(call);
  return call.store.write(() => {
    const collection = call.store.catalog.collections().get(namespace);
    if (!collection) return { ok: 1 };
    call.store.catalog.drop(collection);
    return { nIndexesWas: collection.indexes.length, ns: namespace, ok: 1 };
  });
}

function collectionsOf(call: Call): Collection[] {
  const prefix = `${call.database}.`;
  return [...call.store.catalog.collections().values()].filter(({ namespace }) =>
    namespace.startsWith(prefix),
  );
}

function dropDatabase(call: Call): Promise<Document> {
  return call.store.write(() => {
    for (const collection of collectionsOf(call)) call.store.catalog.drop(collection);
    return { dropped: call.database, ok: 1 };
  });
}

function listCollections(call: Call): Document {
  const test = compileFilter(documentField(call, 'filter') ?? {});
  const nameOnly = isTrue(call.command['nameOnly']);
  const rows = collectionsOf(call)
    .map(({ namespace, options, uuid }) => ({
      name: namespace.slice(call.database.length + 1),
      type: 'collection',
      options,
      info: { readOnly: false, uuid: new UUID(uuid) },
      idIndex: { v: 2, key: { _id: 1 }, name: '_id_' },
    }))
    .filter((row) => test(encode(row)))
    .map((row) => encode(nameOnly ? { name: row.name, type: row.type } : row));
  return call.cursors.first(`${call.database}.$cmd.listCollections`, rows.values(), Infinity);
}

function listDatabases(call: Call): Document {
  const filter = documentField(call, 'filter');
  if (filter && Object.keys(filter).length > 0) throw notSupported('a filter on listDatabases');
  const names = new Set(
    [...call.store.catalog.collections().keys()].map((namespace) => namespace.split('.')[0] as string),
  );
  const databases = [...names].toSorted().map((name) => ({ name, sizeOnDisk: 0, empty: false }));
  return { databases, totalSize: 0, ok: 1 };
}

/** The commands on collections and databases. */
export const COLLECTION_COMMANDS: Readonly<Record<string, Command>> = {
  create: {
    run: create,
    fields: ['autoIndexId'],
    refused: [
      'capped',
      'size',
      'max',
      'viewOn',
      'pipeline',
      'timeseries',
      'validator',
      'validationLevel',
      'validationAction',
      'collation',
      'clusteredIndex',
      'expireAfterSeconds',
      'changeStreamPreAndPostImages',
      'storageEngine',
      'indexOptionDefaults',
      'encryptedFields',
    ],
  },
  drop: { run: drop, fields: [] },
  dropDatabase: { run: dropDatabase, fields: [] },
  listCollections: {
    run: listCollections,
    fields: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'],
  },
  listDatabases: { run: listDatabases, fields: ['filter', 'nameOnly', 'authorizedDatabases'] },
};
