import type { Schema } from 'mongoose';
import { defineSchema, objectId, revision } from './base.ts';
import type { Id, Revisioned } from './base.ts';

export const roles = ['owner', 'editor', 'viewer'] as const;
export const scopes = ['read', 'write', 'edge'] as const;

export type Role = (typeof roles)[number];
export type Scope = (typeof scopes)[number];

/** An access token: shown once when made, kept only as a hash. */
export interface Token {
  name: string;
  /** The first characters of the token, so that a person can tell two apart. */
  prefix: string;
  hash: string;
  teams: Id[];
  scopes: Scope[];
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
}

/** A person or a machine that belongs to one team or more. */
export interface User extends Revisioned {
  email: string;
  name: string;
  teams: Id[];
  roles: { team: Id; role: Role }[];
  tokens: Token[];
}

/** The schema and the indexes of User; built when first used. */
export function userSchema(): Schema<User> {
  const schema = defineSchema<User>({
    email: { type: String, required: true, maxlength: 254 },
    name: { type: String, default: '', maxlength: 200 },
    teams: {
      type: [{ type: objectId, ref: 'Team' }],
      validate: {
        validator: (teams: Id[]) => teams.length > 0,
        message: 'a user belongs to at least one team',
      },
    },
    roles: [
      {
        _id: false,
        team: { type: objectId, ref: 'Team', required: true },
        role: { type: String, enum: roles, required: true },
      },
    ],
    tokens: [
      {
        _id: false,
        name: { type: String, required: true, maxlength: 100 },
        prefix: { type: String, required: true },
        hash: { type: String, required: true },
        teams: [{ type: objectId, ref: 'Team' }],
        scopes: [{ type: String, enum: scopes }],
        createdAt: { type: Date, required: true },
        expiresAt: { type: Date, default: null },
        lastUsedAt: { type: Date, default: null },
      },
    ],
    revision,
  });
  schema.index({ email: 1 }, { unique: true });
  schema.index({ teams: 1 });
  schema.index({ 'tokens.hash': 1 }, { unique: true, sparse: true });
  return schema;
}
