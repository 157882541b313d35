import { target, unsigned } from '../fields.ts';
import { defineType } from '../record-type.ts';

/** RFC 2782; the target `.` says that the service is not offered. */
export const SRV = defineType<{ priority: number; weight: number; port: number; target: string }>({
  name: 'SRV',
  code: 33,
  summary: 'host and port of a service, owned by _service._proto',
  fields: { priority: unsigned(16), weight: unsigned(16), port: unsigned(16), target },
  target: 'target',
});
