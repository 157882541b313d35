import { spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { withProgress } from '../../src/output/progress.ts';
import { bundle } from '../helpers/bundle.ts';

function stream(columns: number, isTTY = true): { out: PassThrough; drawn(): string[] } {
  const out = Object.assign(new PassThrough(), { isTTY, columns });
  const chunks: Buffer[] = [];
  out.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { out, drawn: () => Buffer.concat(chunks).toString().split('\r\u001b[K') };
}

async function work(out: PassThrough, ms: number, total?: number, label = 'Writing'): Promise<string> {
  return withProgress(out, true, async ({ report }) => {
    for (let at = 0; at <= 10; at++) {
      report(label, at * 1_000, total);
      await sleep(ms / 10);
    }
    return 'done';
  });
}

describe('withProgress', () => {
  it('shows how far the work is once it lasts longer than a second, and leaves nothing behind', async () => {
    const { out, drawn } = stream(80);
    expect(await work(out, 2_500, 10_000)).toBe('done');
    const lines = drawn();
    expect(lines.at(0)).toBe('');
    expect(lines.at(1)).toMatch(/^Writing \[#+ +\] [3-6]0 % {2}[3-6],000\/10,000$/);
    expect(lines.at(-2)).toMatch(/^Writing \[#{30}\] 100 % {2}10,000\/10,000$/);
    expect(lines.at(-1)).toBe('');
  });

  it.each([40, 20, 8])('fits %i columns', async (columns) => {
    const { out, drawn } = stream(columns);
    await work(out, 1_500, 10_000, 'Writing what was read');
    expect(drawn().length).toBeGreaterThan(2);
    for (const line of drawn()) expect(line.length).toBeLessThan(columns);
    expect(drawn().join('')).toContain(' 80 %');
  });

  it('shows the number alone where nobody knows the whole, inert', async () => {
    const { out, drawn } = stream(40);
    await work(out, 1_500, undefined, 'Reading\u0007');
    expect(drawn().at(-2)).toBe('Reading\\x07 10,000');
  });

  it('shows what was reported once, and early', async () => {
    const { out, drawn } = stream(80);
    await withProgress(out, true, async ({ report }) => {
      report('Comparing records:', 1_234);
      await sleep(1_300);
    });
    expect(drawn()).toEqual(['', 'Comparing records: 1,234', '']);
  });

  it('shows nothing of quick work, off a terminal, or when not enabled', async () => {
    const quick = stream(80);
    await work(quick.out, 300, 10);
    const piped = stream(80, false);
    await work(piped.out, 1_300, 10);
    expect([...quick.drawn(), ...piped.drawn()].join('')).toBe('');
  });

  it('is gone when the work fails', async () => {
    const { out, drawn } = stream(80);
    const failing = withProgress(out, true, async ({ report }) => {
      await sleep(1_100);
      report('Writing', 1, 2);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(drawn().at(-1)).toBe('');
  });
});

describe('an interruption', async () => {
  const program = await bundle(
    'progress',
    `import { withProgress } from './src/output/progress.ts';
     Object.assign(process.stderr, { isTTY: true, columns: 80 });
     await withProgress(process.stderr, true, async ({ report }) => {
       for (let at = 0; ; at++) {
         report('Writing', at, 1e6);
         await new Promise((done) => setTimeout(done, 20));
       }
     });`,
  );
  afterAll(() => program.remove());

  it.each(['SIGINT', 'SIGTERM'] as const)('by %s takes the bar away and ends the process', async (signal) => {
    const child = spawn(process.execPath, [program.path], { stdio: ['ignore', 'ignore', 'pipe'] });
    let shown = '';
    child.stderr.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
      if (shown.includes('Writing')) child.kill(signal);
    });
    const ended = await new Promise<NodeJS.Signals | null>((done) => child.on('exit', (_, by) => done(by)));
    expect(ended).toBe(signal);
    expect(shown.endsWith('\r\u001b[K')).toBe(true);
  });
});
