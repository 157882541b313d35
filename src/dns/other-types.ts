/** Types that are not in the table, by number (registry of RR types): such a record can be kept in hex. */
export const otherTypes: Readonly<Record<string, number>> = {
  HINFO: 13,
  MINFO: 14,
  RP: 17,
  AFSDB: 18,
  SIG: 24,
  KEY: 25,
  LOC: 29,
  NXT: 30,
  KX: 36,
  CERT: 37,
  DNAME: 39,
  APL: 42,
  IPSECKEY: 45,
  DHCID: 49,
  SMIMEA: 53,
  HIP: 55,
  OPENPGPKEY: 61,
  ZONEMD: 63,
  EUI48: 108,
  EUI64: 109,
  URI: 256,
};

/** Those that a signer makes anew where the zone is served (RFC 4034, RFC 5155, RFC 7344). */
export const signingTypes: Readonly<Record<string, number>> = {
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  NSEC3: 50,
  NSEC3PARAM: 51,
  CDS: 59,
  CDNSKEY: 60,
};
