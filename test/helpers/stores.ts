/** A store that the suite runs on: its name in the report, and `embedded` or the URI of a server. */
interface TestStore {
  name: string;
  store: string;
}

/** The embedded store always, and every server that NETGOAT_TEST_MONGODB_URI names, separated by blanks or commas. */
export async function testStores(): Promise<TestStore[]> {
  const uris = (process.env['NETGOAT_TEST_MONGODB_URI'] ?? '').split(/[\s,]+/).filter((uri) => uri !== '');
  return [
    { name: 'embedded', store: 'embedded' },
    ...uris.map((store) => ({ name: new URL(store).host, store })),
  ];
}
