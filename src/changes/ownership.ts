import type { Store } from '../database/store.ts';
import { NetgoatError } from '../errors.ts';
import type { Ownership } from '../models/domain.ts';
import type { Access } from '../queries/access.ts';
import { findDomain } from '../queries/domains.ts';
import { domainSubject } from './cascade.ts';
import { planOf, updates } from './plan.ts';
import type { Plan } from './plan.ts';

/** Below the domain, so that the apex may be a CNAME's target or anything else. */
const LABEL = '_netgoat';

/** How ownership is proven: a look-up in the DNS, or somebody's word. */
export type Proof = { method: 'dns-txt'; lookUp(name: string): Promise<string[]> } | { method: 'manual' };

/**
 * Marks a domain as its team's own.
 * @throws NetgoatError finding: the DNS does not hold the domain's token; says which record to publish.
 */
export async function verifyDomain(
  store: Store,
  access: Access,
  name: string,
  proof: Proof,
  now: Date,
): Promise<Plan> {
  const domain = await findDomain(store, access, name);
  const record = `${LABEL}.${domain.hostname}`;
  if (proof.method === 'dns-txt') {
    const texts = await proof.lookUp(record);
    if (!texts.includes(domain.ownership.token))
      throw notProven(record, domain.ownership.token, texts.length);
  }
  const ownership: Ownership = { ...domain.ownership, verified: true, method: proof.method, verifiedAt: now };
  return planOf(updates(domainSubject(domain), domain, { ...domain, ownership } as typeof domain), {
    revision: domain.revision,
  });
}

function notProven(record: string, token: string, found: number): NetgoatError {
  const what =
    found === 0
      ? 'has no TXT record'
      : `has ${found} TXT record${found === 1 ? '' : 's'}, none with the token`;
  return new NetgoatError('finding', `${record} ${what}`, {
    hint: `publish ${record}. TXT "${token}", wait until it is visible, and run this again`,
    details: { record, token },
  });
}
