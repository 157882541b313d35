import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readIndex } from './corpus/entry.ts';
import { exportsOf, isExported } from './corpus/exports.ts';
import { judge } from './corpus/judge.ts';
import type { Verdict } from './corpus/judge.ts';
import { checks, failuresIn } from './corpus/verdicts.ts';
import { hasCheckzone } from './helpers/named-checkzone.ts';

// `npm run test:corpus` says more, and takes all of the exports

const corpus = join(import.meta.dirname, '..', '..', 'shared', 'zone-corpus');
const there = existsSync(join(corpus, 'index.json'));
/** One of so many exports is tried here. */
const SAMPLE = 12;

describe.skipIf(!there)(
  `master files of other servers${there ? '' : ': not run, ../shared/zone-corpus is not there'}`,
  () => {
    it('are read as those read them, or refused at a line, and nothing is skipped', async () => {
      const verdicts: Verdict[] = [];
      for (const entry of await readIndex(corpus)) verdicts.push(await judge(corpus, entry));
      const failures = checks
        .filter(({ timed }) => timed !== true)
        .flatMap((check) => failuresIn(check, verdicts).map(({ entry }) => `${check.what}: ${entry.file}`));
      expect(failures).toEqual([]);
    });

    it.skipIf(!hasCheckzone)(
      `come out as named-checkzone takes them${hasCheckzone ? '' : ': not run, it is not installed (bind9-utils)'}`,
      async () => {
        const sample = (await readIndex(corpus)).filter(isExported).filter((_, at) => at % SAMPLE === 0);
        const results: string[] = [];
        for await (const { entry, result, reason } of exportsOf(corpus, sample)) {
          if (!result.startsWith('equal')) results.push(`${entry.file}: ${result}: ${reason}`);
        }
        expect(results).toEqual([]);
      },
    );
  },
);
