import { defineConfig } from 'vitest/config';
import { testStores } from './test/helpers/stores.ts';

/** Tests of the pure parts run once, everything else once on each store. */
const pure = [
  'test/dns/**/*.test.ts',
  'test/waf/**/*.test.ts',
  'test/output/**/*.test.ts',
  'test/prompts/**/*.test.ts',
  'test/*.test.ts',
];
const timeouts = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig(async () => ({
  test: {
    projects: [
      { test: { name: 'pure', include: pure, ...timeouts } },
      ...(await testStores()).map(({ name, store }) => ({
        test: { name, include: ['test/**/*.test.ts'], exclude: pure, provide: { store }, ...timeouts },
      })),
    ],
  },
}));
