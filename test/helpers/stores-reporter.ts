import type { Reporter } from 'vitest/node';
import type { TestStores } from './stores.ts';

/** Says at the end of the report on which stores the suite ran, and on which it could not. */
export function storesReporter({ stores, missing }: TestStores): Reporter {
  return {
    onTestRunEnd() {
      const lines = [
        `Ran on: ${stores.map(({ name }) => name).join(', ')}`,
        ...missing.map((line) => `Not run: ${line}`),
      ];
      process.stdout.write(`\n${lines.join('\n')}\n`);
    },
  };
}
