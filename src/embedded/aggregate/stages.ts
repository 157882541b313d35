import type { Document } from 'bson';
import { isDocument } from '../bson/values.ts';
import { TRANSFORM_STAGES } from './transform.ts';
import { notSupported, ServerError } from '../server-error.ts';

/** Stages that look at the whole of their documents, or at other collections. */
export const OWN_STAGES = [
  '$match',
  '$sort',
  '$limit',
  '$skip',
  '$count',
  '$lookup',
  '$unionWith',
  '$facet',
] as const;
export type OwnStage = (typeof OWN_STAGES)[number];

/** Stages that MongoDB has and this store does not. */
const REFUSED_STAGES = new Set([
  '$changeStream',
  '$collStats',
  '$currentOp',
  '$densify',
  '$documents',
  '$fill',
  '$geoNear',
  '$graphLookup',
  '$indexStats',
  '$listLocalSessions',
  '$listSampledQueries',
  '$listSearchIndexes',
  '$listSessions',
  '$merge',
  '$out',
  '$planCacheStats',
  '$bucket',
  '$bucketAuto',
  '$redact',
  '$sample',
  '$setWindowFields',
  '$search',
  '$searchMeta',
  '$shardedDataDistribution',
  '$vectorSearch',
]);

/** The name of a stage. Throws 40323 and 40324 for what is not one, and names a stage that is not supported. */
export function stageName(stage: unknown): string {
  const names = isDocument(stage) ? Object.keys(stage) : [];
  const [name] = names;
  if (name === undefined || names.length > 1) {
    throw new ServerError(40323, 'A pipeline stage specification object must contain exactly one field.');
  }
  if (REFUSED_STAGES.has(name)) throw notSupported(`the aggregation stage ${name}`);
  if (!isOwnStage(name) && !TRANSFORM_STAGES.includes(name)) {
    throw new ServerError(40324, `Unrecognized pipeline stage name: '${name}'`);
  }
  return name;
}

/** True for a stage that looks at more than its documents one by one. */
export function isOwnStage(name: string): name is OwnStage {
  return (OWN_STAGES as readonly string[]).includes(name);
}

/** A pipeline whose every stage is known. */
export function checkPipeline(pipeline: unknown): Document[] {
  if (!Array.isArray(pipeline)) throw new ServerError(14, "'pipeline' option must be specified as an array");
  for (const stage of pipeline) stageName(stage);
  return pipeline as Document[];
}
