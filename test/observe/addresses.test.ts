import type { LookupAddress } from 'node:dns';
import { expect, it, vi } from 'vitest';
import { addressesOf } from '../../src/observe/probes/addresses.ts';

/** What the resolver was asked, and what gives the answer. */
const asked: { host: string; answer: (address: string) => void }[] = [];

vi.mock('node:dns/promises', () => ({
  lookup: (host: string) =>
    new Promise<LookupAddress[]>((resolve) => {
      asked.push({ host, answer: (address) => resolve([{ address, family: 4 }]) });
    }),
}));

it('does not take a resolver that is busy with others for one that does not answer', async () => {
  const silent = ['a.example', 'b.example', 'c.example'].map((host) => addressesOf(host, 20));
  const last = addressesOf('d.example', 60_000);
  for (const each of silent) await expect(each).rejects.toMatchObject({ code: 'EDNSLATE' });
  expect(asked.map(({ host }) => host)).toEqual(['a.example', 'b.example', 'c.example']);
  asked[1]!.answer('192.0.2.2');
  await vi.waitFor(() => expect(asked).toHaveLength(4));
  asked[3]!.answer('192.0.2.4');
  expect(await last).toEqual([{ address: '192.0.2.4', family: 4 }]);
});

it('asks nobody for an address', async () => {
  expect(await addressesOf('2001:db8::7', 1)).toEqual([{ address: '2001:db8::7', family: 6 }]);
  expect(asked).toHaveLength(4);
});
