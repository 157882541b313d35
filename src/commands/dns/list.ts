import { listRecords, serversOfZone } from '../../queries/dns.ts';
import type { RecordFilter } from '../../queries/dns.ts';
import { list as listOutcome } from '../outcome.ts';
import type { ReadSpec } from '../spec.ts';
import { domainArg } from './options.ts';
import { recordColumns } from './view.ts';

export const list: ReadSpec = {
  name: 'list',
  summary: 'list the records of a domain',
  effect: 'read',
  list: true,
  aliases: ['ls'],
  args: [domainArg],
  options: [
    { flags: '--type <type>', description: 'only this record type' },
    {
      flags: '--name <glob>',
      description: 'only this name, or names that fit: "*.eu", "web?"; "\\*.eu" is a wildcard',
    },
    { flags: '--tag <tag>', description: 'only with this tag; may be repeated', repeat: true },
    { flags: '--enabled', description: 'only what is served' },
    { flags: '--disabled', description: 'only what is not served' },
  ],
  examples: [
    'netgoat dns list shop.example.com',
    'netgoat dns list shop.example.com --type A --json name,value,ttl',
  ],
  read: async ({ store, access }, input) => {
    const { domain, type, name, tag, enabled, disabled } = input;
    const only: RecordFilter = {
      ...(type === undefined ? {} : { type: String(type) }),
      ...(name === undefined ? {} : { name: String(name) }),
      ...(tag === undefined ? {} : { tags: tag as string[] }),
      ...(enabled === disabled ? {} : { enabled: enabled === true }),
    };
    const found = await listRecords(store, access, String(domain), only);
    // Who lists everything, or the name servers, would miss these.
    const isAll = Object.keys(only).length === 0 || only.type?.toUpperCase() === 'NS';
    const note = isAll && found.domain.zone.apexNs.length > 0 ? serversOfZone(found.domain) : undefined;
    return listOutcome(
      found.records,
      recordColumns,
      'No such records: `netgoat dns add` makes one, `netgoat dns list` without filters shows all.',
      note === undefined ? {} : { note },
    );
  },
};
