import type { Document } from 'bson';
import { isDocument, toNumber } from '../bson/values.ts';
import { compileProjection } from '../query/projection.ts';
import type { Row } from '../store/scan.ts';
import { lookupOnBytes } from './lookup.ts';
import type { Scope } from './pipeline.ts';
import { stageName } from './stages.ts';

/** So many documents are joined at once. */
const BATCH = 1000;

type Step = (documents: readonly Buffer[]) => readonly Buffer[];

/** A `$project` of top-level fields by 0 and 1, which is what a find projection does. */
function isPlainInclusion(argument: unknown): argument is Document {
  return (
    isDocument(argument) &&
    Object.keys(argument).length > 0 &&
    Object.entries(argument).every(
      ([field, value]) => !field.includes('.') && [0, 1].includes(toNumber(value)),
    )
  );
}

/**
 * Runs stages on documents as bytes, which need not be decoded for it: a plain `$project`, then `$lookup`s by fields.
 * Undefined if there are other stages.
 */
export function onBytes(
  scope: Scope,
  rows: Iterable<Row>,
  stages: readonly Document[],
): Iterable<Buffer> | undefined {
  const project: unknown = stages[0]?.['$project'];
  const steps: Step[] = [];
  if (isPlainInclusion(project)) {
    const shape = compileProjection(project, {});
    steps.push((documents) => documents.map((raw) => shape(raw)));
  }
  for (const stage of stages.slice(steps.length)) {
    const step = stageName(stage) === '$lookup' ? lookupOnBytes(scope, stage['$lookup']) : undefined;
    if (!step) return undefined;
    steps.push(step);
  }
  return inBatches(rows, steps);
}

function* inBatches(rows: Iterable<Row>, steps: readonly Step[]): Generator<Buffer> {
  let batch: Buffer[] = [];
  const run = (): readonly Buffer[] => steps.reduce<readonly Buffer[]>((done, step) => step(done), batch);
  for (const [, raw] of rows) {
    batch.push(raw);
    if (steps.length > 0 && batch.length < BATCH) continue;
    yield* run();
    batch = [];
  }
  yield* run();
}
