import type { Schema } from 'mongoose';
import { defineSchema, mixed, objectId } from './base.ts';
import type { Id } from './base.ts';
import type { KindName } from './kinds.ts';

/** What happened to one document: an add keeps only `after`, an update only the fields that moved. */
export interface Change {
  op: 'add' | 'update' | 'remove';
  kind: KindName;
  id: Id;
  team: Id | null;
  /** The domain whose payload it touches, null for a team or a user. */
  domainId: Id | null;
  name: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

/** Up to 500 Changes of a set in one document. */
export interface ChangePack {
  _id: Id;
  set: Id;
  pack: number;
  /** False in a set that runs as several transactions, which counts its packs; true there in older stores. */
  applied: boolean;
  changes: Change[];
}

/** The schema and the indexes of ChangePack; built when first used. */
export function changeSchema(): Schema<ChangePack> {
  const schema = defineSchema<ChangePack>({
    set: { type: objectId, ref: 'ChangeSet', required: true },
    pack: { type: Number, required: true },
    applied: { type: Boolean, required: true },
    changes: { type: [mixed], required: true },
  } as never);
  schema.index({ set: 1, pack: 1 }, { unique: true });
  schema.index({ 'changes.id': 1 });
  return schema;
}
