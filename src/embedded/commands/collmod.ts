import type { Document } from 'bson';
import { keyText } from '../bson/key.ts';
import { isDocument, isTrue, toNumber } from '../bson/values.ts';
import { notSupported, ServerError } from '../server-error.ts';
import type { Collection, Index } from '../store/index-definition.ts';
import { documentField, namespaceOf, type Call, type Command } from './command.ts';
import { checkTtl } from './indexes.ts';

const INDEX_FIELDS = new Set(['name', 'keyPattern', 'hidden', 'expireAfterSeconds']);

/** `collMod` hides an index, shows it again, or changes after how long it lets documents expire. */
function collMod(call: Call): Promise<Document> {
  const namespace = namespaceOf(call);
  const change = documentField(call, 'index');
  return call.store.write(() => {
    const collection = call.store.catalog.collections().get(namespace);
    if (!collection) throw new ServerError(26, `ns does not exist: ${namespace}`);
    if (!change) return { ok: 1 };
    const index = indexToChange(collection, change);
    const reply = { ...hide(index, change['hidden']), ...expire(index, change['expireAfterSeconds']), ok: 1 };
    call.store.catalog.save(collection);
    return reply;
  });
}

function indexToChange(collection: Collection, change: Document): Index {
  const unknown = Object.keys(change).find((field) => !INDEX_FIELDS.has(field));
  if (unknown) throw notSupported(`collMod with index.${unknown}`);
  const { name, keyPattern } = change;
  if ((name === undefined) === (keyPattern === undefined))
    throw new ServerError(72, 'collMod needs either the name or the key pattern of an index');
  const index = collection.indexes.find((each) =>
    name === undefined
      ? isDocument(keyPattern) && keyText(each.key) === keyText(keyPattern)
      : each.name === name,
  );
  if (index) return index;
  throw new ServerError(
    27,
    `cannot find index ${JSON.stringify(name ?? keyPattern)} for ns ${collection.namespace}`,
  );
}

function hide(index: Index, wanted: unknown): Document {
  if (wanted === undefined) return {};
  if (index.name === '_id_') throw new ServerError(2, "can't hide _id index");
  const before = index.hidden === true;
  if (isTrue(wanted)) index.hidden = true;
  else delete index.hidden;
  return { hidden_old: before, hidden_new: index.hidden === true };
}

function expire(index: Index, seconds: unknown): Document {
  if (seconds === undefined) return {};
  checkTtl(index.key, seconds);
  const before = index.expireAfterSeconds;
  index.expireAfterSeconds = toNumber(seconds);
  return {
    ...(before === undefined ? {} : { expireAfterSeconds_old: before }),
    expireAfterSeconds_new: index.expireAfterSeconds,
  };
}

/** The command that changes an index. */
export const COLLMOD_COMMANDS: Readonly<Record<string, Command>> = {
  collMod: {
    run: collMod,
    fields: ['index'],
    refused: [
      'validator',
      'validationLevel',
      'validationAction',
      'viewOn',
      'pipeline',
      'expireAfterSeconds',
      'timeseries',
      'cappedSize',
      'cappedMax',
      'changeStreamPreAndPostImages',
      'dryRun',
    ],
  },
};
