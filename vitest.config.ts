import { defineConfig } from 'vitest/config';
import { testStores } from './test/helpers/stores.ts';
import { storesReporter } from './test/helpers/stores-reporter.ts';

/** Tests of the parts that know no store run once, everything else once on each store. */
const edge = ['agent', 'node', 'protocol', 'reading', 'serve'].map((part) => `edge/${part}`);
const pure = ['dns', 'models', 'waf', 'output', 'prompts', 'observe/ingest', ...edge]
  .map((part) => `test/${part}/**/*.test.ts`)
  .concat('test/*.test.ts');
const timeouts = { testTimeout: 60_000, hookTimeout: 60_000 };

/** A file for the counts, which .ci/run prints. */
const report = process.env['NETGOAT_TEST_REPORT'];

export default defineConfig(async () => {
  const found = await testStores();
  return {
    test: {
      reporters: [
        'default',
        storesReporter(found),
        ...(report === undefined ? [] : [['json', { outputFile: report }] as const]),
      ],
      projects: [
        { test: { name: 'pure', include: pure, ...timeouts } },
        ...found.stores.map(({ name, store, conformance }) => ({
          test: {
            name,
            include: [conformance ? 'test/store/**/*.test.ts' : 'test/**/*.test.ts'],
            exclude: pure,
            ...(store === 'mongod' ? { globalSetup: ['test/helpers/mongod.ts'] } : { provide: { store } }),
            ...timeouts,
          },
        })),
      ],
    },
  };
});
