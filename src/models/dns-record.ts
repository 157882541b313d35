import type { Schema } from 'mongoose';
import { defineSchema, domainId, mixed, revision, teamId } from './base.ts';
import type { Id, Tenant } from './base.ts';

/** One value of an RRset; `ttl`, `proxied` and `enabled` are equal over the set. */
export interface DNSRecord extends Tenant {
  domainId: Id;
  /** Relative to the domain, `@` at the apex; an octet that is escaped has up to four characters (`\255`). */
  name: string;
  type: string;
  /** The typed fields of the record type. */
  value: Record<string, unknown>;
  /** SHA-256 of the canonical value: what makes two values the same. */
  valueHash: string;
  ttl: number;
  proxied: boolean;
  enabled: boolean;
  comment: string;
  tags: string[];
}

/** The schema and the indexes of DNSRecord; built when first used. */
export function dnsRecordSchema(): Schema<DNSRecord> {
  const schema = defineSchema<DNSRecord>({
    teamId,
    domainId,
    name: { type: String, required: true, maxlength: 1100 },
    type: { type: String, required: true, maxlength: 20 },
    value: { type: mixed, required: true },
    valueHash: { type: String, required: true },
    ttl: { type: Number, required: true, min: 0, max: 2_147_483_647 },
    proxied: { type: Boolean, default: false },
    enabled: { type: Boolean, default: true },
    comment: { type: String, default: '', maxlength: 1000 },
    tags: [{ type: String, maxlength: 100 }],
    revision,
  });
  schema.index({ domainId: 1, name: 1, type: 1, valueHash: 1 }, { unique: true });
  schema.index({ teamId: 1 });
  return schema;
}
