import type { RecordType } from './record-type.ts';
import { A } from './types/a.ts';
import { AAAA } from './types/aaaa.ts';
import { ALIAS } from './types/alias.ts';
import { CAA } from './types/caa.ts';
import { CNAME } from './types/cname.ts';
import { MX } from './types/mx.ts';
import { NS } from './types/ns.ts';
import { PTR } from './types/ptr.ts';
import { SRV } from './types/srv.ts';
import { TXT } from './types/txt.ts';

/** Every record type that has fields of its own, by name. A new type is one file and one entry. */
export const recordTypes: ReadonlyMap<string, RecordType> = new Map(
  [A, AAAA, CNAME, MX, TXT, NS, SRV, CAA, PTR, ALIAS].map((type) => [type.name, type]),
);
