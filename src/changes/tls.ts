import { X509Certificate } from 'node:crypto';
import type { Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import type { Change } from '../models/change.ts';
import type { Domain, Tls } from '../models/domain.ts';
import { tenantFilter } from '../queries/access.ts';
import type { Access } from '../queries/access.ts';
import { findDomain } from '../queries/domains.ts';
import { domainSubject } from './cascade.ts';
import { planOf, updates } from './plan.ts';
import type { Plan } from './plan.ts';

/**
 * Stores what a certificate says of a domain's TLS: Active while it is valid for the hostname, Expired after,
 * Pending before it begins or where it is for other names.
 * @param pem the certificate, or a chain that begins with it.
 * @throws NetgoatError usage: it is no certificate, or there is a private key in it.
 */
export async function setTls(
  store: Store,
  access: Access,
  name: string,
  pem: string,
  now: Date,
): Promise<Plan> {
  const domain = await findDomain(store, access, name);
  const certificate = readCertificate(pem);
  const foreign = foreignNames(certificate, domain);
  const warnings =
    foreign === null
      ? []
      : [`the certificate is for ${foreign}, not for ${domain.hostname}: TLS stays Pending`];
  return planOf(tlsChanges(domain, tlsOf(certificate, domain, now)), {
    revision: domain.revision,
    warnings,
  });
}

/** Forgets the certificate: TLS is Pending again. */
export async function clearTls(store: Store, access: Access, name: string): Promise<Plan> {
  const domain = await findDomain(store, access, name);
  const none: Tls = { status: 'Pending', issuer: null, notBefore: null, notAfter: null, fingerprint: null };
  return planOf(tlsChanges(domain, none), { revision: domain.revision });
}

/**
 * Stores what was seen of the certificates of domains, if it is anything new.
 * @param seen by the id of the domain: what a handshake showed, null where there was none. A certificate that is known
 * ends without one, too. Domains that are not there any more are left out.
 */
export async function observeTls(
  store: Store,
  access: Access,
  seen: ReadonlyMap<string, X509Certificate | null>,
  now: Date,
): Promise<Plan> {
  const domains = await store.models.Domain.find({
    ...tenantFilter(access),
    _id: { $in: [...seen.keys()] },
  }).lean<Domain[]>();
  const changes = domains.flatMap((domain) => {
    const certificate = seen.get(String(domain._id)) ?? null;
    return tlsChanges(domain, certificate === null ? aged(domain.tls, now) : tlsOf(certificate, domain, now));
  });
  return planOf(changes, domains.length === 1 ? { revision: domains[0]!.revision } : {});
}

function tlsChanges(domain: Domain, tls: Tls): Change[] {
  return updates(domainSubject(domain), domain, { ...domain, tls } as Domain);
}

/** What a certificate makes of a domain's TLS. */
function tlsOf(certificate: X509Certificate, domain: Domain, now: Date): Tls {
  const { from, until } = validityOf(certificate);
  const isFor = foreignNames(certificate, domain) === null;
  return {
    status: now > until ? 'Expired' : isFor && now >= from ? 'Active' : 'Pending',
    issuer: inOneLine(certificate.issuer),
    notBefore: from,
    notAfter: until,
    fingerprint: certificate.fingerprint256,
  };
}

function aged(tls: Tls, now: Date): Tls {
  return tls.notAfter !== null && now > tls.notAfter ? { ...tls, status: 'Expired' } : tls;
}

/** From when to when a certificate is valid. */
export function validityOf({ validFrom, validTo }: X509Certificate): { from: Date; until: Date } {
  return { from: new Date(validFrom), until: new Date(validTo) };
}

/** Whom a certificate is for, in words, where it is not for a domain; else null. */
export function foreignNames(
  certificate: X509Certificate,
  { hostname }: Pick<Domain, 'hostname'>,
): string | null {
  if (certificate.checkHost(hostname) !== undefined) return null;
  return inOneLine(certificate.subjectAltName ?? certificate.subject);
}

const LONGEST = 500;

/** What a certificate says, which may be long: anybody can make one. */
function inOneLine(text: string): string {
  const line = text.split('\n').join(', ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

function readCertificate(pem: string): X509Certificate {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    throw new NetgoatError('usage', 'there is a private key in this file; netgoat stores none', {
      hint: 'give the certificate alone',
    });
  }
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new NetgoatError('usage', 'this is no PEM certificate', {
      hint: 'it begins with -----BEGIN CERTIFICATE-----',
      cause: error,
    });
  }
}
