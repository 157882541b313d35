import { describe, expect, it } from 'vitest';
import { newChecksum } from '../../../src/edge/checksum.ts';
import { checkPayload, problemText } from '../../../src/edge/reading/check.ts';
import type { EdgeDomain } from '../../../src/edge/schema.ts';
import { edgeDomainOf } from '../fixtures.ts';

const domains = ['a.example', 'b.example'].map((hostname) => edgeDomainOf(hostname));

function payloadOf(list: readonly EdgeDomain[]): object {
  const checksum = newChecksum();
  for (const domain of list) checksum.add(domain);
  const head = { schema: 'netgoat.edge/1', version: 7, generatedAt: '2026-03-01T12:00:00.000Z' };
  return { ...head, checksum: checksum.digest(), domains: list };
}

/** The text as bytes, and whether they were let go. */
function bytesOf(text: string) {
  const state = { closed: false };
  const bytes = async function* () {
    try {
      const whole = Buffer.from(text);
      for (let at = 0; at < whole.length; at += 100) yield whole.subarray(at, at + 100);
    } finally {
      state.closed = true;
    }
  };
  return { state, bytes: bytes() };
}

describe('checkPayload', () => {
  it('gives each domain before it reads the next', async () => {
    const given: string[] = [];
    const { bytes } = bytesOf(JSON.stringify(payloadOf(domains)));
    const checked = await checkPayload('it', bytes, { onDomain: async (line) => void given.push(line) });
    expect(checked).toMatchObject({ version: 7, count: 2, signature: null, problems: [], unlisted: 0 });
    expect(given.map((line) => JSON.parse(line) as EdgeDomain)).toEqual(domains);
  });

  it.each([
    ['no payload', '{}', /^it is no payload/],
    ['cut off', JSON.stringify(payloadOf(domains)).slice(0, 500), /^it is cut off in line 1$/],
  ])('refuses what is %s, and lets the file go', async (_what, text, message) => {
    const { state, bytes } = bytesOf(text);
    await expect(checkPayload('it', bytes)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
    expect(state.closed).toBe(true);
  });

  it.each([
    ['"Pending"', '"pending"', /^line 1, a\.example, tls\.status: /],
    ['192.0.2.1', '192.0.2.2', /^line 1, checksum: /],
  ])('tells of %s that became %s, in a line', async (from, to, line) => {
    const { bytes } = bytesOf(JSON.stringify(payloadOf(domains)).replace(from, to));
    const { problems } = await checkPayload('it', bytes);
    expect(problems.map(problemText)).toEqual([expect.stringMatching(line)]);
  });

  it('passes on what its reader fails with', async () => {
    const { state, bytes } = bytesOf(JSON.stringify(payloadOf(domains)));
    const onDomain = async () => {
      throw new Error('no room');
    };
    await expect(checkPayload('it', bytes, { onDomain })).rejects.toThrow('no room');
    expect(state.closed).toBe(true);
  });
});
