import { displayName } from '../../dns/names.ts';
import { SOA } from '../../dns/types/soa.ts';
import type { SoaData } from '../../dns/types/soa.ts';
import type { Column } from '../../output/columns.ts';
import type { DomainRow } from '../../queries/domains.ts';
import { importedSoa } from '../../queries/zone-head.ts';

function shownName({ hostname }: DomainRow): string {
  return displayName(hostname);
}

/** The fields of a domain; those without a header are for machines. */
export const domainColumns: Column<DomainRow>[] = [
  { key: 'hostname', header: 'hostname', value: ({ hostname }) => hostname, text: shownName },
  { key: 'team', header: 'team', value: ({ team }) => team },
  { key: 'tls', header: 'tls', value: ({ tls }) => tls, text: ({ tls }) => tls.status },
  { key: 'waf', header: 'waf', value: ({ waf }) => waf },
  {
    key: 'verified',
    header: 'verified',
    value: ({ ownership }) => ownership.verified,
    text: ({ ownership }) => (ownership.verified ? 'yes' : 'no'),
  },
  {
    key: 'enabled',
    header: 'enabled',
    value: ({ enabled }) => enabled,
    text: ({ enabled }) => (enabled ? 'yes' : 'no'),
  },
  { key: 'tags', header: 'tags', value: ({ tags }) => tags, text: ({ tags }) => tags.join(', ') },
  { key: 'note', header: '', value: ({ note }) => note },
  { key: 'defaultTtl', header: '', value: ({ zone }) => zone.defaultTtl },
  { key: 'zoneRevision', header: '', value: ({ zoneRevision }) => zoneRevision },
  { key: 'revision', header: '', value: ({ revision }) => revision },
  { key: 'id', header: '', value: ({ _id }) => String(_id) },
];

/** One domain at length. */
export const domainFields: Column<DomainRow>[] = [
  ...domainColumns
    .filter(({ key }) => key !== 'verified')
    .map((column) => ({ ...column, header: column.header || column.key })),
  { key: 'ownership', header: 'ownership', value: ({ ownership }) => ownership },
  { key: 'soa', header: 'SOA', value: servedSoa, text: shownSoa },
  {
    key: 'apexNs',
    header: 'name servers',
    value: ({ zone }) => zone.apexNs,
    text: ({ zone }) => zone.apexNs.join(', '),
  },
  { key: 'zone', header: '', value: ({ zone }) => zone },
];

/** The SOA as `dns export` has it, whose serial rises with every change of the zone. */
function servedSoa(row: DomainRow): ({ ttl: number } & SoaData) | null {
  const soa = importedSoa(row);
  return soa === null ? null : { ttl: soa.ttl, ...soa.data };
}

function shownSoa(row: DomainRow): string {
  const soa = importedSoa(row);
  return soa === null ? 'made by export' : SOA.write({ ...soa.data });
}

/** A domain's TLS, and how long it lasts. */
export const tlsColumns: Column<DomainRow>[] = [
  { key: 'hostname', header: 'hostname', value: ({ hostname }) => hostname, text: shownName },
  { key: 'status', header: 'status', value: ({ tls }) => tls.status },
  { key: 'issuer', header: 'issuer', value: ({ tls }) => tls.issuer },
  { key: 'notBefore', header: 'not before', value: ({ tls }) => tls.notBefore },
  { key: 'notAfter', header: 'not after', value: ({ tls }) => tls.notAfter },
  { key: 'fingerprint', header: 'fingerprint', value: ({ tls }) => tls.fingerprint },
];
