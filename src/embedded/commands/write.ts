import { ObjectId, type Document } from 'bson';
import { decode, encode } from '../bson/raw.ts';
import { isDocument, isTrue, toNumber } from '../bson/values.ts';
import { findRows } from '../query/find.ts';
import { compileProjection } from '../query/projection.ts';
import { ServerError } from '../server-error.ts';
import { idOf } from '../store/index-keys.ts';
import type { Writer } from '../store/view.ts';
import { compileUpdate } from '../update/update.ts';
import { change, documentField, documentList, namespaceOf, type Call, type Command } from './command.ts';

/** MongoDB's limit on the operations of one command. */
export const MAX_BATCH = 100_000;

interface Outcome {
  n: number;
  readonly writeErrors: Document[];
}

/**
 * Runs the operations of a command one by one. An operation that fails is reported by its index; the first ends an
 * ordered command. In a transaction it fails the command and with it the transaction.
 */
function eachOperation<T>(
  call: Call,
  operations: readonly T[],
  run: (operation: T, index: number) => number,
): Outcome {
  if (operations.length === 0 || operations.length > MAX_BATCH) {
    throw new ServerError(
      72,
      `Write batch sizes must be between 1 and ${MAX_BATCH}. Got ${operations.length} operations.`,
    );
  }
  const ordered = call.command['ordered'] === undefined || isTrue(call.command['ordered']);
  const outcome: Outcome = { n: 0, writeErrors: [] };
  for (const [index, operation] of operations.entries()) {
    try {
      outcome.n += run(operation, index);
    } catch (error) {
      if (!(error instanceof ServerError) || call.transaction) throw error;
      outcome.writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.extra });
      if (ordered) break;
    }
  }
  return outcome;
}

function reply({ n, writeErrors }: Outcome, more: Document = {}): Document {
  return { n, ...more, ...(writeErrors.length > 0 ? { writeErrors } : {}), ok: 1 };
}

function insert(call: Call): Promise<Document> {
  const namespace = namespaceOf(call);
  const documents = documentList(call, 'documents').map((document) => withIdFirst(document as Buffer));
  return change(call, (writer) => {
    writer.ensure(namespace);
    return reply(
      eachOperation(call, documents, (raw) => {
        writer.insert(namespace, raw);
        return 1;
      }),
    );
  });
}

const ID_NAME = Buffer.from('_id\0');

function withIdFirst(raw: Buffer): Buffer {
  if (raw.length > 9 && raw.compare(ID_NAME, 0, 4, 5, 9) === 0) return raw;
  const { _id: id = new ObjectId(), ...rest } = decode(raw);
  return encode({ _id: id, ...rest });
}

function update(call: Call): Promise<Document> {
  const namespace = namespaceOf(call);
  const statements = documentList(call, 'updates');
  return change(call, (writer) => {
    let nModified = 0;
    const upserted: Document[] = [];
    const outcome = eachOperation(call, statements, (statement, index) => {
      const done = updateOne(call, writer, namespace, statement);
      nModified += done.modified;
      if (done.upserted) upserted.push({ index, _id: idOf(done.upserted) });
      return done.matched;
    });
    return reply(outcome, { nModified, ...(upserted.length > 0 ? { upserted } : {}) });
  });
}

const UPDATE_FIELDS = ['q', 'u', 'upsert', 'multi', 'arrayFilters', 'hint', 'c', 'sort', 'collation'];
const DELETE_FIELDS = ['q', 'limit', 'hint', 'collation'];

function checkStatement(statement: Document, known: readonly string[], command: string): void {
  const unknown = Object.keys(statement).find((name) => !known.includes(name));
  if (unknown) throw new ServerError(40415, `BSON field '${command}.${unknown}' is an unknown field.`);
  if (statement['collation'] !== undefined)
    throw new ServerError(115, "collation is not supported by netgoat's embedded store");
  if (!isDocument(statement['q']))
    throw new ServerError(14, `BSON field '${command}.q' is missing but a required field`);
}

function updateOne(
  call: Call,
  writer: Writer,
  namespace: string,
  statement: Document,
): { matched: number; modified: number; upserted?: Buffer } {
  checkStatement(statement, UPDATE_FIELDS, 'update.updates');
  const filter = statement['q'] as Document;
  const multi = isTrue(statement['multi']);
  const compiled = compileUpdate(statement['u'], {
    filter,
    arrayFilters: statement['arrayFilters'] as Document[] | undefined,
    variables: { ...documentField(call, 'let'), ...(statement['c'] as Document | undefined) },
  });
  if (multi && !compiled.modifies)
    throw new ServerError(9, 'multi update is not supported for replacement-style update');
  if (multi && statement['sort']) throw new ServerError(9, 'Cannot specify sort with multi=true');
  const rows = [
    ...findRows(call.store, writer.view, namespace, {
      filter,
      sort: statement['sort'] as Document | undefined,
      limit: multi ? 0 : 1,
      variables: documentField(call, 'let'),
      hint: statement['hint'],
      deadline: call.deadline,
    }),
  ];
  if (rows.length === 0 && isTrue(statement['upsert'])) {
    const upserted = compiled.insert();
    writer.insert(namespace, upserted);
    return { matched: 1, modified: 0, upserted };
  }
  let modified = 0;
  for (const [record, raw] of rows) {
    const changed = compiled.apply(raw);
    if (changed === raw) continue;
    writer.replace(namespace, record, changed, raw);
    modified++;
  }
  return { matched: rows.length, modified };
}

function remove(call: Call): Promise<Document> {
  const namespace = namespaceOf(call);
  const statements = documentList(call, 'deletes');
  return change(call, (writer) =>
    reply(
      eachOperation(call, statements, (statement) => {
        checkStatement(statement, DELETE_FIELDS, 'delete.deletes');
        const limit = toNumber(statement['limit']);
        if (limit !== 0 && limit !== 1)
          throw new ServerError(
            9,
            `The limit field in delete objects must be 0 or 1. Got ${String(statement['limit'])}`,
          );
        const rows = [
          ...findRows(call.store, writer.view, namespace, {
            filter: statement['q'] as Document,
            limit,
            variables: documentField(call, 'let'),
            hint: statement['hint'],
            deadline: call.deadline,
          }),
        ];
        for (const [record, raw] of rows) writer.remove(namespace, record, raw);
        return rows.length;
      }),
    ),
  );
}

function findAndModify(call: Call): Promise<Document> {
  const namespace = namespaceOf(call);
  const filter = documentField(call, 'query') ?? {};
  const removing = isTrue(call.command['remove']);
  if (removing && call.command['update'] !== undefined)
    throw new ServerError(9, 'Cannot specify both an update and remove=true');
  if (removing && isTrue(call.command['upsert']))
    throw new ServerError(9, 'Cannot specify both upsert=true and remove=true');
  if (removing && isTrue(call.command['new']))
    throw new ServerError(
      9,
      "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document",
    );
  if (!removing && call.command['update'] === undefined)
    throw new ServerError(9, 'Either an update or remove=true must be specified');
  const project = compileProjection(documentField(call, 'fields'), filter);
  const show = (raw: Buffer): Document => decode(project(raw));
  return change(call, (writer) => {
    const [row] = findRows(call.store, writer.view, namespace, {
      filter,
      sort: documentField(call, 'sort'),
      limit: 1,
      variables: documentField(call, 'let'),
      hint: call.command['hint'],
      deadline: call.deadline,
    });
    if (!removing) return modify(call, writer, namespace, filter, row, show);
    if (!row) return { lastErrorObject: { n: 0 }, value: null, ok: 1 };
    writer.remove(namespace, ...row);
    return { lastErrorObject: { n: 1 }, value: show(row[1]), ok: 1 };
  });
}

function modify(
  call: Call,
  writer: Writer,
  namespace: string,
  filter: Document,
  row: readonly [number, Buffer] | undefined,
  show: (raw: Buffer) => Document,
): Document {
  const compiled = compileUpdate(call.command['update'], {
    filter,
    arrayFilters: call.command['arrayFilters'] as Document[] | undefined,
    variables: documentField(call, 'let'),
  });
  const wantNew = isTrue(call.command['new']);
  if (!row) {
    if (!isTrue(call.command['upsert']))
      return { lastErrorObject: { n: 0, updatedExisting: false }, value: null, ok: 1 };
    const raw = compiled.insert();
    writer.insert(namespace, raw);
    const lastErrorObject = { n: 1, updatedExisting: false, upserted: idOf(raw) };
    return { lastErrorObject, value: wantNew ? show(raw) : null, ok: 1 };
  }
  const [record, raw] = row;
  const changed = compiled.apply(raw);
  if (changed !== raw) writer.replace(namespace, record, changed, raw);
  return { lastErrorObject: { n: 1, updatedExisting: true }, value: show(wantNew ? changed : raw), ok: 1 };
}

const FIND_AND_MODIFY: Command = {
  run: findAndModify,
  fields: [
    'query',
    'sort',
    'remove',
    'update',
    'new',
    'fields',
    'upsert',
    'arrayFilters',
    'let',
    'hint',
    'bypassDocumentValidation',
  ],
  refused: ['collation'],
  inTransaction: true,
  retryable: true,
};

/** The commands that change documents. */
export const WRITE_COMMANDS: Readonly<Record<string, Command>> = {
  insert: {
    run: insert,
    fields: ['documents', 'ordered', 'bypassDocumentValidation'],
    inTransaction: true,
    retryable: true,
  },
  update: {
    run: update,
    fields: ['updates', 'ordered', 'let', 'bypassDocumentValidation'],
    inTransaction: true,
    retryable: true,
  },
  delete: { run: remove, fields: ['deletes', 'ordered', 'let'], inTransaction: true, retryable: true },
  findAndModify: FIND_AND_MODIFY,
  findandmodify: FIND_AND_MODIFY,
};
