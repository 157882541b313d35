import { describe, expect, it } from 'vitest';
import { newChecksum } from '../../../src/edge/checksum.ts';
import { readPayloadFile } from '../../../src/edge/reading/payload-file.ts';
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

describe('readPayloadFile', () => {
  it('gives what was shown, to be read again', async () => {
    const payload = await readPayloadFile('it', bytesOf(JSON.stringify(payloadOf(domains))).bytes);
    expect(payload).toMatchObject({ version: 7, count: 2, signature: null });
    for (let turn = 0; turn < 2; turn += 1) {
      const lines: EdgeDomain[] = [];
      for await (const line of payload.lines()) lines.push(JSON.parse(line));
      expect(lines).toEqual(domains);
    }
    await payload.close();
  });

  it.each([
    ['no payload', '{}', /^it is no payload/],
    ['cut off', JSON.stringify(payloadOf(domains)).slice(0, 500), /^it is cut off in line 1$/],
    [
      'wrong',
      JSON.stringify(payloadOf(domains)).replace('"Pending"', '"pending"'),
      /^it, line 1, a\.example, tls\.status: /,
    ],
    [
      'changed',
      JSON.stringify(payloadOf(domains)).replace('192.0.2.1', '192.0.2.2'),
      /^it, line 1, checksum: /,
    ],
  ])('refuses what is %s, and lets the file go', async (_what, text, message) => {
    const { state, bytes } = bytesOf(text);
    await expect(readPayloadFile('it', bytes)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
    expect(state.closed).toBe(true);
  });
});
