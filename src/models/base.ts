import { Schema, Types } from 'mongoose';
import type { SchemaDefinition, SchemaDefinitionType } from 'mongoose';

export type Id = Types.ObjectId;

/** A new document id; made before the write, so that a Change can name it. */
export function newId(): Id {
  return new Types.ObjectId();
}

/** What every document of desired state carries. */
export interface Revisioned {
  _id: Id;
  /** Raised by one with every write; a write states the revision it read. */
  revision: number;
}

/** A document that belongs to one team. */
export interface Tenant extends Revisioned {
  teamId: Id;
}

/**
 * A schema of netgoat: unknown fields are refused, indexes are made with the schema stamp and not at start-up,
 * and `revision` takes the place of Mongoose's own version key.
 */
export function defineSchema<T>(definition: SchemaDefinition<SchemaDefinitionType<T>>): Schema<T> {
  return new Schema<T>(definition, {
    strict: 'throw',
    versionKey: false,
    minimize: false,
    autoIndex: false,
    autoCreate: false,
  }) as Schema<T>;
}

/** A schema of what lies within a document: unknown fields are refused here too, and it has no id. */
export function partSchema<T>(definition: SchemaDefinition<SchemaDefinitionType<T>>): Schema<T> {
  return new Schema<T>(definition, { _id: false, strict: 'throw' }) as Schema<T>;
}

export const objectId = Schema.Types.ObjectId;
export const mixed = Schema.Types.Mixed;

/** The revision field of desired state. */
export const revision = { type: Number, required: true, min: 1 } as const;

/** A reference to the owning team, the boundary between tenants. */
export const teamId = { type: objectId, ref: 'Team', required: true } as const;

/** A reference to the domain a document hangs from. */
export const domainId = { type: objectId, ref: 'Domain', required: true } as const;
