import type { Schema } from 'mongoose';
import type { SoaData } from '../dns/types/soa.ts';
import { defineSchema, partSchema, revision, teamId } from './base.ts';
import type { Tenant } from './base.ts';

export const tlsStatuses = ['Pending', 'Active', 'Expired'] as const;
export const wafStatuses = ['on', 'off'] as const;
export const verifyMethods = ['dns-txt', 'manual'] as const;

export interface Tls {
  status: (typeof tlsStatuses)[number];
  issuer: string | null;
  notBefore: Date | null;
  notAfter: Date | null;
  /** SHA-256 of the certificate, as upper-case hex pairs. */
  fingerprint: string | null;
}

export interface Ownership {
  verified: boolean;
  /** The text that the TXT record at `_netgoat` must hold; public by nature. */
  token: string;
  method: (typeof verifyMethods)[number] | null;
  verifiedAt: Date | null;
}

/** The SOA of an imported zone (RFC 1035 3.3.13): names in full with their last dot, times in seconds. */
export interface Soa extends SoaData {
  ttl: number;
  /** The zone revision at which the serial held; it rises by one with the zone revision. */
  revision: number;
}

/** What an imported zone said of itself and an export gives back. */
export interface Zone {
  /** Null for a zone that said nothing: an export then makes one. */
  soa: Soa | null;
  /** The name servers of the apex, in full with their last dot, where no records state them. */
  apexNs: string[];
  /** Their TTL; undefined in documents of before it was kept. */
  apexNsTtl?: number | null;
  /** The TTL of new records that state none. */
  defaultTtl: number;
}

/** A managed hostname, in A-label form; the origin of its zone. */
export interface Domain extends Tenant {
  hostname: string;
  /** The labels from the top down, `com.example.shop`: what lies under a name is a range of this key. */
  reversedName: string;
  tls: Tls;
  ownership: Ownership;
  waf: (typeof wafStatuses)[number];
  enabled: boolean;
  tags: string[];
  note: string;
  zone: Zone;
  /** Raised with every change of the zone's records, because the rules of a set span its records. */
  zoneRevision: number;
}

const optionalString = { type: String, default: null };
const optionalDate = { type: Date, default: null };
const ttl = { type: Number, min: 0, max: 2_147_483_647 } as const;
const name = { type: String, required: true, maxlength: 1100 } as const;
const uint32 = { type: Number, required: true, min: 0, max: 4_294_967_295 } as const;

const soaFields = {
  ttl: { ...ttl, required: true },
  mname: name,
  rname: name,
  serial: uint32,
  refresh: uint32,
  retry: uint32,
  expire: uint32,
  minimum: uint32,
  revision: { type: Number, required: true, min: 0 },
} as const;

/** The schema and the indexes of Domain; built when first used. */
export function domainSchema(): Schema<Domain> {
  const schema = defineSchema<Domain>({
    teamId,
    hostname: { type: String, required: true, maxlength: 253 },
    reversedName: { type: String, required: true },
    tls: {
      status: { type: String, enum: tlsStatuses, default: 'Pending' },
      issuer: optionalString,
      notBefore: optionalDate,
      notAfter: optionalDate,
      fingerprint: optionalString,
    },
    ownership: {
      verified: { type: Boolean, default: false },
      token: { type: String, required: true },
      method: { type: String, enum: [...verifyMethods, null], default: null },
      verifiedAt: optionalDate,
    },
    waf: { type: String, enum: wafStatuses, default: 'off' },
    enabled: { type: Boolean, default: true },
    tags: [{ type: String, maxlength: 100 }],
    note: { type: String, default: '', maxlength: 10_000 },
    zone: {
      soa: { type: partSchema<Soa>(soaFields), default: null },
      apexNs: [{ type: String, maxlength: 1100 }],
      apexNsTtl: { ...ttl, default: null },
      defaultTtl: { ...ttl, default: 300 },
    },
    zoneRevision: { type: Number, default: 0 },
    revision,
  });
  schema.index({ hostname: 1 }, { unique: true });
  schema.index({ teamId: 1, hostname: 1 });
  schema.index({ reversedName: 1 });
  return schema;
}
