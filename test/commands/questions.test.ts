import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { atTerminal } from '../helpers/terminal.ts';

const KEYS = [
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
  ['Ctrl-D behind a word', 'yes\u0004'],
] as const;

let plane: ControlPlane;
let domain: string;
let count = 0;

beforeAll(async () => {
  plane = await controlPlane('team add Acme');
});

beforeEach(async () => {
  domain = `ask${(count += 1)}.example.com`;
  await plane.ok(`domain add ${domain} --team acme`);
  await plane.ok(`dns add ${domain} www A 192.0.2.1 192.0.2.2`);
});

const records = async () => (await plane.json<object[]>(`dns list ${domain} --json name`)).length;

describe('the end of input at a question', () => {
  it.each(KEYS)('of dns import by %s is an interruption', async (_key, typed) => {
    await writeFile(join(plane.folder, 'new.zone'), 'new 60 A 192.0.2.3\n');
    const session = await atTerminal(plane, `dns import ${domain} new.zone`, []);
    await session.answer('Write this?', typed);
    expect(await session.code).toBe(130);
    expect(session.shown()).toContain('error: interrupted\n');
    expect(await records()).toBe(2);
  });

  it.each(KEYS)('of dns remove by %s is an interruption', async (_key, typed) => {
    const session = await atTerminal(plane, `dns remove ${domain} www A 192.0.2.1`, []);
    await session.answer('to remove', typed);
    expect(await session.code).toBe(130);
    expect(await records()).toBe(2);
  });

  it.each(KEYS)('for what is missing by %s is an interruption', async (_key, typed) => {
    const session = await atTerminal(plane, `dns add ${domain} new`, []);
    await session.answer('Record type', typed);
    expect(await session.code).toBe(130);
    expect(await records()).toBe(2);
  });
});

describe('the question before a remove', () => {
  it.each([
    ['www A 192.0.2.1', 'www A', 1],
    ['www A', 'www A', 0],
    ['WWW', 'www', 0],
  ])('of the records %s does not read as if the domain went', async (which, name, left) => {
    // The last record of a domain is not removed just so.
    await plane.ok(`dns add ${domain} @ A 192.0.2.9`);
    const session = await atTerminal(plane, `dns remove ${domain} ${which}`, []);
    await session.answer(`Type ${name} to remove what is shown above:`, name);
    expect(await session.code).toBe(0);
    expect(await records()).toBe(left + 1);
  });

  it('names the thing itself where that goes', async () => {
    const session = await atTerminal(plane, `domain remove ${domain}`, []);
    await session.answer(`Type ${domain} to remove it:`, domain);
    expect(await session.code).toBe(0);
  });
});
