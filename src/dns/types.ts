import type { RecordType } from './record-type.ts';
import { A } from './types/a.ts';
import { AAAA } from './types/aaaa.ts';
import { ALIAS } from './types/alias.ts';
import { CAA } from './types/caa.ts';
import { CNAME } from './types/cname.ts';
import { DS } from './types/ds.ts';
import { HTTPS } from './types/https.ts';
import { MX } from './types/mx.ts';
import { NAPTR } from './types/naptr.ts';
import { NS } from './types/ns.ts';
import { PTR } from './types/ptr.ts';
import { SRV } from './types/srv.ts';
import { SSHFP } from './types/sshfp.ts';
import { SVCB } from './types/svcb.ts';
import { TLSA } from './types/tlsa.ts';
import { TXT } from './types/txt.ts';

/** Every record type that has fields of its own, by name. A new type is one file and one entry. */
export const recordTypes: ReadonlyMap<string, RecordType> = new Map(
  [A, AAAA, CNAME, MX, TXT, NS, SRV, CAA, PTR, ALIAS, HTTPS, SVCB, TLSA, SSHFP, DS, NAPTR].map((type) => [
    type.name,
    type,
  ]),
);
