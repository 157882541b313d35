import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi, type Mock } from 'vitest';
import { createPrompter, type Prompter } from '../../src/prompts/prompts.ts';

function terminal(isTTY = true): {
  prompter: Prompter;
  type(text: string): Promise<void>;
  shown(): string;
  setRawMode: Mock<(mode: boolean) => void>;
  stdin: PassThrough;
} {
  const setRawMode = vi.fn<(mode: boolean) => void>();
  const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode });
  const stderr = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  let shown = '';
  stderr.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  const type = async (text: string): Promise<void> => {
    await vi.waitFor(() => expect(shown).toContain('?'), 10_000);
    await sleep(50);
    stdin.write(text);
  };
  return {
    prompter: createPrompter({ stdin, stderr }),
    type,
    shown: () => shown,
    setRawMode,
    stdin,
  };
}

const validate = (value: string): boolean | string => value === 'okay' || 'not a slug';

describe('a prompter on a terminal', () => {
  it('takes a line, or the default on Enter', async () => {
    const one = terminal();
    const [answer] = await Promise.all([one.prompter.input('Slug', { default: 'acme' }), one.type('\r')]);
    expect(answer).toBe('acme');
    expect(one.shown()).toContain('Slug');
    const two = terminal();
    const [typed] = await Promise.all([two.prompter.input('Slug'), two.type('shop\r')]);
    expect(typed).toBe('shop');
  });

  it('asks again until the answer is valid', async () => {
    const { prompter, type, shown } = terminal();
    const asked = prompter.input('Slug', { validate });
    await type('ok\r');
    await vi.waitFor(() => expect(shown()).toContain('not a slug'), 10_000);
    await type('ay\r');
    expect(await asked).toBe('okay');
  });

  it('selects by arrow keys', async () => {
    const { prompter, type } = terminal();
    const choices = ['editor', { name: 'Viewer', value: 'viewer' }];
    const [role] = await Promise.all([prompter.select('Role', choices), type('\u001b[B\r')]);
    expect(role).toBe('viewer');
  });

  it.each([
    ['y\r', true],
    [' YES \r', true],
    ['n\r', false],
    ['No\r', false],
    ['\r', false],
  ])('confirms %j as %s', async (keys, yes) => {
    const { prompter, type, shown } = terminal();
    expect((await Promise.all([prompter.confirm('Apply?'), type(keys)]))[0]).toBe(yes);
    expect(shown()).toContain('Apply? (yes/No)');
  });

  it.each(['yikes', 'ye', 'nope', 'yes no'])('takes %j for no answer, and forgets it', async (typed) => {
    const { prompter, type, shown } = terminal();
    const asked = prompter.confirm('Apply?');
    await type(`${typed}\r`);
    await vi.waitFor(() => expect(shown()).toContain('type yes or no'), 10_000);
    await type('y\r');
    expect(await asked).toBe(true);
  });

  it('takes one of several answers by its word or letter, and Enter alone for none', async () => {
    const answers = ['yes', 'no', 'edit'] as const;
    const { prompter, type, shown } = terminal();
    const asked = prompter.letter('Write?', answers);
    await type('\r');
    await vi.waitFor(() => expect(shown()).toContain('type yes, no or edit'), 10_000);
    expect(shown()).toContain('Write? (yes/no/edit)');
    await type('E\r');
    expect(await asked).toBe('edit');
  });

  it.each([
    ['acme\r', true],
    ['acm\r', false],
    ['\r', false],
  ])('confirms a name typed as %j: %s', async (keys, yes) => {
    const { prompter, type } = terminal();
    expect((await Promise.all([prompter.confirmName('Type acme', 'acme'), type(keys)]))[0]).toBe(yes);
  });

  it('turns Ctrl-C into an interruption and leaves the terminal as it was', async () => {
    const { prompter, type, shown, setRawMode } = terminal();
    const asked = prompter.input('Slug').catch((error: unknown) => error);
    await type('\u0003');
    expect(await asked).toMatchObject({ name: 'NetgoatError', code: 'interrupted' });
    expect(setRawMode).toHaveBeenLastCalledWith(false);
    expect(shown().endsWith('\u001b[?25h')).toBe(true);
  });

  it.each(['', 'half a name'])('takes Ctrl-D after %j for an interruption', async (typed) => {
    const { prompter, type, shown, setRawMode, stdin } = terminal();
    const asked = prompter.input('Slug').catch((error: unknown) => error);
    await type(`${typed}\u0004`);
    expect(await asked).toMatchObject({ name: 'NetgoatError', code: 'interrupted' });
    expect(setRawMode).toHaveBeenLastCalledWith(false);
    expect(shown().endsWith('\u001b[?25h')).toBe(true);
    expect(stdin.listenerCount('keypress')).toBe(0);
  });

  it('takes a closed input for an interruption', async () => {
    const { prompter, type, stdin } = terminal();
    const asked = prompter.confirm('Apply?').catch((error: unknown) => error);
    await type('');
    stdin.end();
    expect(await asked).toMatchObject({ code: 'interrupted' });
  });
});

describe('a prompter without a terminal', () => {
  it.each([
    [terminal(false).prompter],
    [
      createPrompter({
        stdin: Object.assign(new PassThrough(), { isTTY: true }),
        stderr: new PassThrough(),
      }),
    ],
    [
      createPrompter(
        {
          stdin: Object.assign(new PassThrough(), { isTTY: true }),
          stderr: Object.assign(new PassThrough(), { isTTY: true }),
        },
        { silencedBy: '--no-input' },
      ),
    ],
  ])('says so and asks nothing (%#)', async (prompter) => {
    expect(prompter.interactive).toBe(false);
    await expect(prompter.confirm('Apply?')).rejects.toMatchObject({ code: 'usage' });
  });
});
