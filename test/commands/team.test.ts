import { beforeAll, describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';

describe('team', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await controlPlane();
  });

  it('adds, lists, shows, renames and removes', async () => {
    const { stdout } = await plane.ok('team add "Acme Inc" --slug acme');
    expect(stdout).toContain('+ team acme');
    await plane.ok('team add "Über Ärger"');
    expect(await plane.json('team list --json slug,domains')).toEqual([
      { slug: 'acme', domains: 0 },
      { slug: 'uber-arger', domains: 0 },
    ]);
    await plane.ok('team set acme --name "Acme Corporation"');
    expect(await plane.json('team show acme -o json')).toMatchObject({
      name: 'Acme Corporation',
      revision: 2,
    });
    await plane.ok('team remove uber-arger --yes');
    expect((await plane.ok('team list -o name')).stdout).toBe('acme\n');
  });

  it('writes nothing on a dry run', async () => {
    const { stdout, stderr } = await plane.ok('team add Ghost --dry-run');
    expect(stdout).toContain('+ team ghost');
    expect(stderr).toContain('nothing was written');
    expect((await plane.run('team show ghost')).code).toBe(3);
  });

  it.each([
    ['team add Acme --slug acme', 4, 'exists already'],
    ['team add Acme --slug "Not a slug"', 2, 'slug: must be'],
    ['team show acne', 3, 'did you mean "acme"?'],
    ['team remove acme', 2, '--yes'],
    ['team set acme --name X --if-revision 99', 4, 'the team acme is at revision 2, not 99'],
    ['team add', 2, 'missing <name>'],
    ['team lst', 2, 'Did you mean one of list, ls?'],
    ['team list --outptu json', 2, 'Did you mean --output?'],
  ])('%s: exit %i', async (command, code, message) => {
    const result = await plane.run(command);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });
});
