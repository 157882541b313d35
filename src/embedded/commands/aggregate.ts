import type { Document } from 'bson';
import { toNumber } from '../bson/values.ts';
import { runPipeline } from '../aggregate/pipeline.ts';
import { checkPipeline } from '../aggregate/stages.ts';
import { notSupported, ServerError } from '../server-error.ts';
import { snapshotView } from '../store/writers.ts';
import { documentField, namespaceOf, viewOf, type Call, type Command } from './command.ts';
import { DEFAULT_BATCH } from './read.ts';

function aggregate(call: Call): Document {
  if (typeof call.command['aggregate'] !== 'string') throw notSupported('an aggregation of a whole database');
  const namespace = namespaceOf(call);
  const pipeline = checkPipeline(call.command['pipeline']);
  const cursor = documentField(call, 'cursor');
  if (!cursor)
    throw new ServerError(
      9,
      "The 'cursor' option is required, except for aggregate with the explain argument",
    );
  const unknown = Object.keys(cursor).find((name) => name !== 'batchSize');
  if (unknown) throw new ServerError(40415, `BSON field 'cursor.${unknown}' is an unknown field.`);
  const size = cursor['batchSize'] === undefined ? DEFAULT_BATCH : toNumber(cursor['batchSize']);
  const snapshot = call.transaction ? undefined : call.store.environment.snapshot();
  const { store, database, deadline } = call;
  let rows: Generator<Buffer>;
  try {
    const view = snapshot ? snapshotView(store, snapshot) : viewOf(call);
    rows = runPipeline(
      { store, view, database, deadline, variables: documentField(call, 'let') },
      namespace,
      pipeline,
      call.command['hint'],
    );
  } catch (error) {
    snapshot?.done();
    throw error;
  }
  return call.cursors.first(namespace, rows, size, () => snapshot?.done());
}

/** The aggregation command. */
export const AGGREGATE_COMMANDS: Readonly<Record<string, Command>> = {
  aggregate: {
    run: aggregate,
    fields: ['pipeline', 'cursor', 'let', 'hint', 'allowDiskUse', 'bypassDocumentValidation'],
    refused: ['collation', 'explain'],
    inTransaction: true,
  },
};
