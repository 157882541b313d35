import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { withSpinner } from '../../src/output/spinner.ts';

function stream(isTTY: boolean): { out: PassThrough; text(): string } {
  const fake = { isTTY, columns: 80, clearLine: () => true, cursorTo: () => true, moveCursor: () => true };
  const out = Object.assign(new PassThrough(), fake);
  const chunks: Buffer[] = [];
  out.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { out, text: () => Buffer.concat(chunks).toString() };
}

describe('withSpinner', () => {
  it('shows the text, inert, while slow work runs on a terminal', async () => {
    const { out, text } = stream(true);
    expect(await withSpinner(out, true, 'pushing\u0007', () => sleep(1500, 'done'))).toBe('done');
    expect(text()).toContain('pushing\\x07');
    expect(text().endsWith('\u001b[?25h')).toBe(true);
  });

  it('writes nothing off a terminal, when not enabled, or when the work is quick', async () => {
    for (const [isTTY, enabled, ms] of [
      [false, true, 400],
      [true, false, 400],
      [true, true, 1],
    ] as const) {
      const { out, text } = stream(isTTY);
      await withSpinner(out, enabled, 'x', () => sleep(ms));
      await sleep(300);
      expect(text()).toBe('');
    }
  });

  it('passes on what the work throws', async () => {
    await expect(
      withSpinner(stream(true).out, true, 'x', () => Promise.reject(new Error('no'))),
    ).rejects.toThrow('no');
  });
});
