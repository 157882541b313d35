import { expect, it } from 'vitest';
import { planReading } from '../../src/commands/dns/plan-reading.ts';
import type { Call } from '../../src/commands/spec.ts';
import { NetgoatError } from '../../src/errors.ts';
import { readZone } from '../../src/queries/zone-reading.ts';

it.each([new NetgoatError('unreachable', 'the database is gone'), new TypeError('a slip')])(
  'is not told of the lines of a file where the work itself failed: %s',
  async (failure) => {
    const findOne = () => {
      throw failure;
    };
    const call = { store: { models: { Domain: { findOne } } }, access: { teams: null } } as unknown as Call;
    const reading = await readZone({ name: 'z.db', chunks: ['www 60 A 999\n'] }, { origin: 'example.com' });
    expect(reading.problems).toHaveLength(1);
    const wanted = {
      domain: 'example.com',
      mode: 'merge',
      withApexNs: false,
      allow: [],
      strict: false,
    } as const;
    await expect(planReading(call, reading, wanted)).rejects.toBe(failure);
  },
);
