import type { Schema } from 'mongoose';
import { defineSchema, domainId, revision, teamId } from './base.ts';
import type { Id, Tenant } from './base.ts';

export const alertKinds = ['bad-gateway-streak', 'error-rate', 'downtime', 'tls-expiry'] as const;

export type AlertKind = (typeof alertKinds)[number];

/** A rule that opens an incident; at most one of a kind a domain. */
export interface Alert extends Tenant {
  domainId: Id;
  kind: AlertKind;
  /** 502s in a row, per cent of errors, failed probes, or days before expiry: what the kind counts. */
  threshold: number;
  /** That the threshold of a bad-gateway-streak is a share of the answers in the window; undefined is false. */
  percent?: boolean;
  /** Seconds: the time in which a share is counted, and for which all must be well until an incident is resolved. */
  window: number;
  /** Webhooks: a URL, or a reference (`env:NAME`, `file:PATH`) that the sending process resolves. */
  notify: string[];
  /** Where the key is that signs what is sent: `env:NAME`, `file:PATH`; null or undefined for none. */
  secret?: string | null;
  enabled: boolean;
}

/** The schema and the indexes of Alert; built when first used. */
export function alertSchema(): Schema<Alert> {
  const schema = defineSchema<Alert>({
    teamId,
    domainId,
    kind: { type: String, enum: alertKinds, required: true },
    threshold: { type: Number, required: true, min: 1 },
    percent: { type: Boolean, default: false },
    window: { type: Number, required: true, min: 1 },
    notify: [{ type: String, maxlength: 2000 }],
    secret: { type: String, default: null, maxlength: 2000 },
    enabled: { type: Boolean, default: true },
    revision,
  });
  schema.index({ domainId: 1, kind: 1 }, { unique: true });
  schema.index({ teamId: 1 });
  return schema;
}
