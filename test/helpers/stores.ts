import { setTimeout as sleep } from 'node:timers/promises';
import { DryMongoBinary, MongoBinary } from 'mongodb-memory-server';

/** A download that a network swallows never ends by itself. */
const PATIENCE_MS = 120_000;

/** A store that tests run on. */
interface TestStore {
  /** As the report has it. */
  name: string;
  /** `embedded`, `mongod` for a server that is started for the tests, or the URI of one that runs. */
  store: string;
  /** Whether only the conformance suite runs on it. */
  conformance?: true;
}

/** The stores this run is about, and one line for each that it cannot be about. */
export interface TestStores {
  stores: TestStore[];
  missing: string[];
}

const NETGOAT_MONGOD: TestStore = { name: 'netgoat-mongod', store: 'mongod', conformance: true };

/** What mongodb-memory-server starts if it is set, whoever asks. */
const SYSTEM_BINARY = 'MONGOMS_SYSTEM_BINARY';

/**
 * The embedded store always, in process and as netgoat-mongod; every server that NETGOAT_TEST_MONGODB_URI names (separated by blanks or commas), and a
 * mongod of our own where mongodb-memory-server has or can download one.
 */
export async function testStores(): Promise<TestStores> {
  const uris = (process.env['NETGOAT_TEST_MONGODB_URI'] ?? '').split(/[\s,]+/).filter((uri) => uri !== '');
  const stores: TestStore[] = [
    { name: 'embedded', store: 'embedded' },
    ...(process.env[SYSTEM_BINARY] === undefined ? [NETGOAT_MONGOD] : []),
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
