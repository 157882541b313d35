import type { Document } from 'bson';
import { keyText } from '../bson/key.ts';
import { encode } from '../bson/raw.ts';
import { isDocument, isNumber, isTrue, toNumber } from '../bson/values.ts';
import { compileFilter } from '../query/match.ts';
import { notSupported, ServerError } from '../server-error.ts';
import { storedIndex, type Collection, type Index, type StoredIndex } from '../store/index-definition.ts';
import { documentList, namespaceOf, type Call, type Command } from './command.ts';

type Definition = Omit<StoredIndex, 'id'>;

/** The options of an index. Those that MongoDB has besides are refused by name. */
export const INDEX_OPTIONS: readonly string[] = [
  'v',
  'key',
  'name',
  'unique',
  'sparse',
  'hidden',
  'partialFilterExpression',
  'expireAfterSeconds',
  'background',
  'ns',
];
const OTHER_OPTIONS = new Set([
  'collation',
  'weights',
  'default_language',
  'language_override',
  'textIndexVersion',
  '2dsphereIndexVersion',
  'bits',
  'min',
  'max',
  'wildcardProjection',
  'storageEngine',
  'prepareUnique',
  'clustered',
  'dropDups',
]);
const PARTIAL_OPERATORS = new Set([
  '$and',
  '$eq',
  '$exists',
  '$gt',
  '$gte',
  '$lt',
  '$lte',
  '$type',
  '$in',
  '$or',
]);

function definitionOf(spec: Document): Definition {
  for (const option of Object.keys(spec)) {
    if (OTHER_OPTIONS.has(option)) throw notSupported(`the index option ${option}`);
    if (!INDEX_OPTIONS.includes(option)) {
      throw new ServerError(197, `The field '${option}' is not valid for an index specification.`);
    }
  }
  const { key, name, partialFilterExpression: partial, expireAfterSeconds: seconds } = spec;
  checkKey(key);
  if (typeof name !== 'string' || name === '')
    throw new ServerError(9, "The 'name' field is a required property of an index specification");
  if (partial !== undefined) checkPartial(partial, spec);
  if (seconds !== undefined) checkTtl(key as Document, seconds);
  return {
    name,
    key: key as Document,
    ...(isTrue(spec['unique']) ? { unique: true } : {}),
    ...(isTrue(spec['sparse']) ? { sparse: true } : {}),
    ...(isTrue(spec['hidden']) ? { hidden: true } : {}),
    ...(partial === undefined ? {} : { partialFilterExpression: partial as Document }),
    ...(seconds === undefined ? {} : { expireAfterSeconds: toNumber(seconds) }),
  };
}

function checkKey(key: unknown): void {
  if (!isDocument(key) || Object.keys(key).length === 0)
    throw new ServerError(67, 'Index keys cannot be an empty object');
  for (const [field, direction] of Object.entries(key)) {
    if (typeof direction === 'string') throw notSupported(`the index type '${direction}'`);
    if (field.includes('$**')) throw notSupported('a wildcard index');
    if (!isNumber(direction) || toNumber(direction) === 0) {
      throw new ServerError(
        67,
        `Values in v:2 index key pattern cannot be of type other than number > 0, number < 0 or string. Field '${field}'`,
      );
    }
    if (field === '' || field.split('.').includes(''))
      throw new ServerError(67, 'Index keys cannot contain an empty field.');
    if (field.startsWith('$'))
      throw new ServerError(
        67,
        `Index key contains an illegal field name: field name starts with '$': ${field}`,
      );
  }
}

function checkPartial(partial: unknown, spec: Document): void {
  if (!isDocument(partial))
    throw new ServerError(14, "The field 'partialFilterExpression' must be an object");
  if (isTrue(spec['sparse']))
    throw new ServerError(67, 'cannot mix "partialFilterExpression" and "sparse" options');
  for (const operator of operatorsIn(partial)) {
    if (!PARTIAL_OPERATORS.has(operator))
      throw new ServerError(67, `Expression not supported in partial index: ${operator}`);
  }
  compileFilter(partial);
}

function* operatorsIn(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const each of value) yield* operatorsIn(each);
  if (!isDocument(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key.startsWith('$')) yield key;
    yield* operatorsIn(inner);
  }
}

/** Throws CannotCreateIndex for a time, or a key, that an index cannot let documents expire by. */
export function checkTtl(key: Document, seconds: unknown): void {
  if (!isNumber(seconds) || toNumber(seconds) < 0 || toNumber(seconds) > 2147483647) {
    throw new ServerError(
      67,
      "TTL index 'expireAfterSeconds' option must be numeric, within 0 and 2147483647",
    );
  }
  if (Object.keys(key).length > 1)
    throw new ServerError(67, 'TTL indexes are single-field indexes, compound indexes do not support TTL.');
  if ('_id' in key)
    throw new ServerError(197, "The field 'expireAfterSeconds' is not valid for an _id index specification.");
}

function sameOptions(a: Definition, b: Definition): boolean {
  const shape = ({
    unique = false,
    sparse = false,
    hidden = false,
    expireAfterSeconds = -1,
    partialFilterExpression = {},
  }: Definition): string => keyText({ unique, sparse, hidden, expireAfterSeconds, partialFilterExpression });
  return shape(a) === shape(b);
}

/** True if the index exists; throws if another one is in its way. */
function exists(collection: Collection, wanted: Definition): boolean {
  const sameKey = (index: Index): boolean =>
    keyText(index.key) === keyText(wanted.key) &&
    keyText(index.partialFilterExpression ?? null) === keyText(wanted.partialFilterExpression ?? null);
  const named = collection.indexes.find(({ name }) => name === wanted.name);
  const alike = collection.indexes.find(sameKey);
  if (alike?.name === '_id_') return true;
  if (named && (!sameKey(named) || !sameOptions(named, wanted))) {
    throw new ServerError(
      86,
      `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${JSON.stringify(wanted)}, existing index: ${JSON.stringify(storedIndex(named))}`,
    );
  }
  if (alike && !named) {
    throw sameOptions(alike, wanted)
      ? new ServerError(85, `Index already exists with a different name: ${alike.name}`)
      : new ServerError(85, 'An equivalent index already exists with a different name and options.');
  }
  return named !== undefined;
}

function createIndexes(call: Call): Promise<Document> {
  const namespace = namespaceOf(call);
  const definitions = documentList(call, 'indexes').map(definitionOf);
  if (definitions.length === 0) throw new ServerError(2, 'Must specify at least one index to create');
  return call.store.write(() => {
    const isNew = !call.store.catalog.collections().has(namespace);
    const collection = call.store.catalog.ensure(namespace);
    const before = collection.indexes.length;
    for (const definition of definitions) {
      if (!exists(collection, definition)) call.store.createIndex(collection, definition);
    }
    return {
      numIndexesBefore: before,
      numIndexesAfter: collection.indexes.length,
      createdCollectionAutomatically: isNew,
      ok: 1,
    };
  });
}

function listIndexes(call: Call): Document {
  const namespace = namespaceOf(call);
  const collection = call.store.catalog.collections().get(namespace);
  if (!collection) throw new ServerError(26, `ns does not exist: ${namespace}`);
  const rows = collection.indexes.map((index) => {
    const { id: _id, multikey: _multikey, hashed: _hashed, unique, key, ...shown } = storedIndex(index);
    return encode({ v: 2, key, ...shown, ...(unique && index.name !== '_id_' ? { unique } : {}) });
  });
  return call.cursors.first(namespace, rows.values(), Infinity);
}

function dropIndexes(call: Call): Promise<Document> {
  const namespace = namespaceOf(call);
  const wanted: unknown = call.command['index'];
  return call.store.write(() => {
    const collection = call.store.catalog.collections().get(namespace);
    if (!collection) throw new ServerError(26, `ns not found ${namespace}`);
    const before = collection.indexes.length;
    for (const index of indexesToDrop(collection, wanted)) call.store.catalog.dropIndex(collection, index);
    return { nIndexesWas: before, ok: 1 };
  });
}

function indexesToDrop(collection: Collection, wanted: unknown): Index[] {
  if (wanted === '*') return collection.indexes.filter(({ name }) => name !== '_id_');
  return (Array.isArray(wanted) ? wanted : [wanted]).map((each: unknown) => {
    const found = collection.indexes.find((index) =>
      typeof each === 'string'
        ? index.name === each
        : isDocument(each) && keyText(index.key) === keyText(each),
    );
    if (!found)
      throw new ServerError(
        27,
        `index not found with name [${typeof each === 'string' ? each : JSON.stringify(each)}]`,
      );
    if (found.name === '_id_') throw new ServerError(72, 'cannot drop _id index');
    return found;
  });
}

/** The commands on indexes. */
export const INDEX_COMMANDS: Readonly<Record<string, Command>> = {
  createIndexes: { run: createIndexes, fields: ['indexes', 'commitQuorum'] },
  listIndexes: { run: listIndexes, fields: ['cursor'] },
  dropIndexes: { run: dropIndexes, fields: ['index'] },
};
