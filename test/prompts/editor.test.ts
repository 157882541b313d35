import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { editorOf, runEditor } from '../../src/prompts/editor.ts';

describe('the editor', () => {
  it.each([
    [{ VISUAL: 'code --wait', EDITOR: 'ed' }, 'code --wait'],
    [{ VISUAL: ' ', EDITOR: 'ed' }, 'ed'],
    [{ EDITOR: '' }, 'vi'],
    [{}, 'vi'],
  ])('of %j is %s', (env, editor) => {
    expect(editorOf(env)).toBe(editor);
  });
});

describe('runEditor', () => {
  let folder: string;
  let file: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'netgoat editor '));
    file = join(folder, `a "file" $HOME.zone`);
    writeFileSync(join(folder, 'my editor'), '#!/bin/sh\nprintf "%s\\n" "$@" > "$OUT"\n');
    chmodSync(join(folder, 'my editor'), 0o700);
    writeFileSync(file, '');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (editor: string) => {
    const env = { PATH: process.env['PATH'], OUT: join(folder, 'out'), FLAG: 'of env' };
    return runEditor(editor, file, { terminal: {}, env, cwd: folder });
  };

  it.each([
    [`'./my editor' --wait "two words"`, ['--wait', 'two words']],
    [String.raw`./my\ editor "$FLAG"`, ['of env']],
  ])('takes %s as a shell does, and the path as one word', async (editor, words) => {
    await run(editor);
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe([...words, file, ''].join('\n'));
  });

  it.each([
    ['exit 3;', 'ended with exit code 3', 'failed', undefined],
    ['kill -9 $$;', 'was ended by SIGKILL', 'failed', undefined],
    ['kill -INT $$;', 'interrupted', 'interrupted', undefined],
    ['exit 130;', 'interrupted', 'interrupted', undefined],
    ['no-such-editor', 'ended with exit code 127', 'usage', '$VISUAL or $EDITOR says which editor to use'],
    ['/', 'ended with exit code 126', 'usage', '$VISUAL or $EDITOR says which editor to use'],
  ])('says of %s that it %s', async (editor, message, code, hint) => {
    const failed = await run(editor).catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: 'NetgoatError', code, hint });
    expect(String(failed)).toContain(message);
  });

  it('leaves no listener behind', async () => {
    const before = process.listenerCount('SIGINT');
    await run('true');
    await run('false').catch(() => undefined);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
