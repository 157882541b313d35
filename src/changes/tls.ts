import { X509Certificate } from 'node:crypto';
import type { Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import type { Domain, Tls } from '../models/domain.ts';
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
  const covers = certificate.checkHost(domain.hostname) !== undefined;
  const tls: Tls = {
    status: statusOf(certificate, covers, now),
    issuer: certificate.issuer.split('\n').join(', '),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    fingerprint: certificate.fingerprint256,
  };
  const names = certificate.subjectAltName ?? certificate.subject.split('\n').join(', ');
  const warnings = covers
    ? []
    : [`the certificate is for ${names}, not for ${domain.hostname}: TLS stays Pending`];
  return planFor(domain, tls, warnings);
}

/** Forgets the certificate: TLS is Pending again. */
export async function clearTls(store: Store, access: Access, name: string): Promise<Plan> {
  const domain = await findDomain(store, access, name);
  return planFor(
    domain,
    { status: 'Pending', issuer: null, notBefore: null, notAfter: null, fingerprint: null },
    [],
  );
}

function planFor(domain: Domain, tls: Tls, warnings: string[]): Plan {
  const changes = updates(domainSubject(domain), domain, { ...domain, tls } as Domain);
  return planOf(changes, { revision: domain.revision, warnings });
}

function statusOf(certificate: X509Certificate, covers: boolean, now: Date): Tls['status'] {
  if (now > new Date(certificate.validTo)) return 'Expired';
  return covers && now >= new Date(certificate.validFrom) ? 'Active' : 'Pending';
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
