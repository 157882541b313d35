import { setTimeout as sleep } from 'node:timers/promises';
import { DryMongoBinary, MongoBinary } from 'mongodb-memory-server';

/** A download that a network swallows never ends by itself. */
const PATIENCE_MS = 120_000;

/** The stores this run is about, and one line for each that it cannot be about. */
export interface TestStores {
  /** The name in the report, and `embedded`, `mongod`, or the URI of a server. */
  stores: { name: string; store: string }[];
  missing: string[];
}

/**
 * The embedded store always, every server that NETGOAT_TEST_MONGODB_URI names (separated by blanks or commas), and a
 * mongod of our own where mongodb-memory-server has or can download one.
 */
export async function testStores(): Promise<TestStores> {
  const uris = (process.env['NETGOAT_TEST_MONGODB_URI'] ?? '').split(/[\s,]+/).filter((uri) => uri !== '');
  const stores = [
    { name: 'embedded', store: 'embedded' },
    ...uris.map((store) => ({ name: new URL(store).host, store })),
  ];
  const reason = await whyNoMongod();
  return reason === undefined
    ? { stores: [...stores, { name: 'mongod', store: 'mongod' }], missing: [] }
    : { stores, missing: [`mongod: ${reason}`] };
}

async function whyNoMongod(): Promise<string | undefined> {
  const found = DryMongoBinary.generateOptions()
    .then((options) => MongoBinary.getPath(options))
    .then(
      () => undefined,
      (error: Error) => error.message.replace(/\s+/g, ' '),
    );
  return Promise.race([found, sleep(PATIENCE_MS, 'no answer in two minutes', { ref: false })]);
}
