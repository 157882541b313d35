/*
 * `fill.ts DOMAINS BYTES`: copies the first domain of NETGOAT_DB, its record and its edge function, whose code is made
 * so many bytes long, without Changes: by commands it would take hours.
 */
import { openStore, parseTarget } from '../../src/database/open.ts';
import { newId } from '../../src/models/base.ts';

const [domains = 0, bytes = 0] = process.argv.slice(2).map(Number);
const store = await openStore(parseTarget(process.env['NETGOAT_DB']!, process.env));
const { Domain, DNSRecord, ProxyConfig } = store.models;
const [domain, record, proxy] = await Promise.all(
  [Domain, DNSRecord, ProxyConfig].map((model) => model.collection.findOne()),
);
const code = '// A line of code.\n'.repeat(Math.ceil(bytes / 19)).slice(0, bytes);
const edgeFunctions = [{ ...proxy!['edgeFunctions'][0], code }];
const AT_ONCE = bytes > 10_000 ? 10 : 500;
for (let at = 0; at < domains; at += AT_ONCE) {
  const copies = Array.from({ length: Math.min(AT_ONCE, domains - at) }, (_, index) => {
    return { ...domain, _id: newId(), hostname: `d${String(at + index).padStart(6, '0')}.example.com` };
  });
  await Domain.collection.insertMany(copies);
  const ofEach = copies.map(({ _id: domainId }) => ({ _id: newId(), domainId }));
  await DNSRecord.collection.insertMany(ofEach.map((ids) => ({ ...record, ...ids })));
  await ProxyConfig.collection.insertMany(
    ofEach.map((ids) => ({ ...proxy, ...ids, _id: newId(), edgeFunctions })),
  );
}
await store.close();
