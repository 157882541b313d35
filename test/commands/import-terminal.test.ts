import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import { importing } from '../helpers/importing.ts';
import { atTerminal } from '../helpers/terminal.ts';

const plane = await controlPlane('team add Acme');
const { zone, rows } = importing(plane);

describe('an import at a terminal', () => {
  const file = async (name: string, lines: readonly string[]) =>
    writeFile(join(plane.folder, name), lines.map((line) => `${line}\n`).join(''));

  it('shows what changes, asks, and writes or does not', async () => {
    const domain = await zone();
    await file('asked.zone', ['www 60 A 192.0.2.1']);
    const no = await atTerminal(plane, `dns import ${domain} asked.zone`, []);
    await no.answer('Write this?', 'n');
    expect(await no.code).toBe(130);
    expect(no.shown()).toContain(`+ dns ${domain} www A 192.0.2.1`);
    expect(await rows(domain)).toEqual([]);
    const yes = await atTerminal(plane, `dns import ${domain} asked.zone`, []);
    await yes.answer('Write this?', 'y');
    expect(await yes.code).toBe(0);
    const sure = await atTerminal(plane, `dns import ${domain} asked.zone --yes --mode replace`, []);
    expect(await sure.code).toBe(0);
    expect(await rows(domain)).toEqual(['www 60 A 192.0.2.1']);
  });

  it('is refused when somebody else wrote while it asked', async () => {
    const domain = await zone();
    await file('late.zone', ['www 60 A 192.0.2.1']);
    const late = await atTerminal(plane, `dns import ${domain} late.zone`, []);
    await vi.waitFor(() => expect(late.shown()).toContain('Write this?'), 20_000);
    await plane.ok(`dns add ${domain} other A 192.0.2.2`);
    await late.answer('Write this?', 'y');
    expect(await late.code).toBe(4);
    expect(await rows(domain)).toEqual(['other 300 A 192.0.2.2']);
  });

  it('shows the first 50 of many changes', async () => {
    const domain = await zone();
    await file(
      'many.zone',
      Array.from({ length: 80 }, (_, n) => `h${n} 60 A 192.0.2.${n}`),
    );
    const session = await atTerminal(plane, `dns import ${domain} many.zone`, []);
    await session.answer('Write this?', 'n');
    expect(await session.code).toBe(130);
    expect(session.shown().match(/^\+ dns /gm)).toHaveLength(50);
    expect(session.shown()).toContain('and 30 more; --output json has them all');
    expect(session.shown()).toContain('80 to add, 0 to update, 0 to remove.');
  });
});
