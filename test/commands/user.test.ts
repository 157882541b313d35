import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { controlPlane } from '../helpers/control-plane.ts';

const plane = await controlPlane();
await plane.ok('team add "Acme Inc" --slug acme');

describe('netgoat user, with one team', () => {
  it('takes the only team there is and the role viewer', async () => {
    await plane.ok('user add Solo@Acme.Example');
    expect(await plane.json('user show solo@acme.example -o json')).toMatchObject({
      email: 'solo@acme.example',
      teams: ['acme'],
      roles: { acme: 'viewer' },
    });
    await plane.ok('user remove SOLO@acme.example --yes');
  });
});

describe('netgoat user', () => {
  it('adds, shows, lists, changes and removes', async () => {
    await plane.ok('team add Globex');
    const made = await plane.ok('user add ops@acme.example --name Ops --team acme --role owner');
    expect(made.stdout).toContain('+ user ops@acme.example (acme)');
    expect(made.stdout).toContain('teams: ["acme"]');
    await plane.ok('user add both@acme.example --team acme --team globex --role editor');
    expect((await plane.ok('user list')).stdout).toContain('acme (editor), globex (editor)');

    const set = await plane.ok('user set both@acme.example --role viewer --team globex');
    expect(set.stdout).toContain('roles[globex].role: editor -> viewer');
    await plane.ok('user set both@acme.example --name Both');
    await plane.ok('user set ops@acme.example --add-team globex --role editor');
    expect(await plane.json('user list --json email,name,roles')).toEqual([
      { email: 'both@acme.example', name: 'Both', roles: { acme: 'editor', globex: 'viewer' } },
      { email: 'ops@acme.example', name: 'Ops', roles: { acme: 'owner', globex: 'editor' } },
    ]);

    await plane.ok('user set ops@acme.example --remove-team globex');
    expect(await plane.json('user show ops@acme.example -o json')).toMatchObject({ teams: ['acme'] });
    expect((await plane.ok('user set ops@acme.example --name Ops')).stderr).toContain('Nothing to change');
  });

  it.each([
    ['user add not-an-address --team acme', 2, 'email: must be an e-mail address'],
    ['user add OPS@acme.example --team globex', 4, 'user ops@acme.example exists already'],
    ['user add x@acme.example', 2, 'missing --team'],
    ['user add x@acme.example --team acne', 3, 'did you mean "acme"?'],
    ['user add x@acme.example --team acme --role king', 2, 'king'],
    ['user show ops@acme.exampel', 3, 'did you mean "ops@acme.example"?'],
    ['user set both@acme.example --role owner', 2, 'add --team acme or --team globex'],
    ['user set ops@acme.example --role owner --team globex', 3, 'no user'],
    ['user set ops@acme.example --remove-team globex', 2, 'does not belong to the team globex'],
    ['user set ops@acme.example --remove-team acme', 2, 'belongs to no other team'],
    ['user remove ops@acme.example', 2, '--yes'],
  ])('refuses %s', async (command, code, words) => {
    const result = await plane.run(command);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(words);
  });

  it('shows one team nothing of another, and changes nothing of it', async () => {
    await plane.ok('user add other@globex.example --team globex');
    expect(await plane.json('user list --team acme --json email,teams')).toEqual([
      { email: 'both@acme.example', teams: ['acme'] },
      { email: 'ops@acme.example', teams: ['acme'] },
    ]);
    expect((await plane.run('user show other@globex.example --team acme')).code).toBe(3);
    const renamed = await plane.run('user set both@acme.example --name X --team acme');
    expect(renamed).toMatchObject({ code: 2 });
    expect(renamed.stderr).toContain('--remove-team');
    expect((await plane.run('user remove both@acme.example --team acme --yes')).code).toBe(2);
    expect((await plane.run('user set both@acme.example --team acme --add-team globex')).code).toBe(3);

    const left = await plane.ok('user set both@acme.example --team acme --remove-team acme -o json');
    expect(left.stdout).not.toContain('globex');
    expect(await plane.json('user show both@acme.example -o json')).toMatchObject({
      roles: { globex: 'viewer' },
    });
    const again = await plane.run('user add both@acme.example --team acme');
    expect(again).toMatchObject({ code: 4 });
    expect(again.stderr).not.toContain('globex');
  });

  it('warns when a team is left without an owner', async () => {
    const words = 'warning: this leaves the team acme without an owner';
    expect((await plane.ok('user set ops@acme.example --role editor --dry-run')).stderr).toContain(words);
    expect((await plane.ok('user remove ops@acme.example --dry-run')).stderr).toContain(words);
    await plane.ok('user add second@acme.example --team acme --role owner');
    expect((await plane.ok('user set ops@acme.example --role editor --dry-run')).stderr).not.toContain(words);
  });

  it('writes nothing on a dry run and refuses another revision', async () => {
    await plane.ok('user add dry@acme.example --team acme --dry-run');
    expect((await plane.run('user show dry@acme.example')).code).toBe(3);
    expect((await plane.run('user set ops@acme.example --name X --if-revision 99')).code).toBe(4);
  });
});

describe('netgoat user token', () => {
  const now = new Date('2026-03-01T00:00:00Z');

  it('shows a token once, which then limits a command to its teams and scopes', async () => {
    await plane.ok('user add ci@acme.example --team acme --team globex --role editor');
    const made = await plane.ok('user token create ci@acme.example --name ci --team acme -o name');
    const token = made.stdout.trim();
    expect(token).toMatch(/^ngt_[\w-]{43}$/);
    expect(made.stderr).toContain('NETGOAT_TOKEN');
    const env = { NETGOAT_TOKEN: token };
    expect(await plane.json('team list --json slug', { env })).toEqual([{ slug: 'acme' }]);
    expect((await plane.run('user add x@acme.example', { env })).stderr).toContain('no scope "write"');

    const listed = await plane.ok('user token list ci@acme.example -o json');
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { name: 'ci', prefix: token.slice(0, 12), scopes: ['read'], teams: ['acme'], expired: false },
    ]);
    expect(JSON.parse(listed.stdout)[0].lastUsedAt).not.toBeNull();
    expect(listed.stdout).not.toContain(token);

    const revoked = await plane.ok('user token revoke ci@acme.example ci --yes');
    expect(revoked.stdout).toContain('tokens[ci]');
    const refusal = 'the token (NETGOAT_TOKEN or the rc file) is unknown or was revoked';
    expect((await plane.run('team list', { env })).stderr).toContain(refusal);
    const rc = join(plane.folder, '.netgoatrc');
    await writeFile(rc, `token: ${token}\n`, { mode: 0o600 });
    expect((await plane.run('team list')).stderr).toContain(refusal);
    await rm(rc);
  });

  it('gives JSON with the token in it, and no token on a dry run', async () => {
    const create = 'user token create ci@acme.example --name json -o json';
    const dry = await plane.ok(`${create} --dry-run`);
    expect(JSON.parse(dry.stdout)).not.toHaveProperty('token');
    expect(dry.stderr).not.toContain('shown this once');
    const made = await plane.ok(create);
    expect(JSON.parse(made.stdout).token).toMatch(/^ngt_/);
    expect(made.stderr).toContain('the token is shown this once');
    expect(made.stdout).not.toContain('"hash"');
  });

  it.each([
    ['30d', '2026-03-31T00:00:00.000Z'],
    ['2027-01-31', '2027-01-31T00:00:00.000Z'],
    ['2027-01-31T12:00:00+02:00', '2027-01-31T10:00:00.000Z'],
    ['never', null],
  ])('expires %s', async (expires, at) => {
    await plane.ok(`user token create ci@acme.example --name e --expires ${expires}`, { now });
    const [token] = await plane.json<{ expiresAt: string | null }[]>(
      'user token list ci@acme.example -o json --filter name=e',
    );
    expect(token!.expiresAt).toBe(at);
    await plane.ok('user token revoke ci@acme.example e --yes');
  });

  it('shows and refuses an expired token', async () => {
    const made = await plane.ok('user token create ci@acme.example --name old --expires 1h -o name', { now });
    const later = new Date('2026-03-01T02:00:00Z');
    const listed = await plane.ok('user token list ci@acme.example', { now: later });
    expect(listed.stdout).toContain('expired 2026-03-01T01:00:00.000Z');
    const env = { NETGOAT_TOKEN: made.stdout.trim() };
    expect((await plane.run('team list', { env, now: later })).stderr).toContain(
      'the token "old" (NETGOAT_TOKEN or the rc file) expired on 2026-03-01T01:00:00.000Z',
    );
  });

  it.each([
    ['create ci@acme.example --name json', 4, 'has a token "json" already'],
    ['create ci@acme.example --name n --expires 90', 2, 'expires: must be a duration such as 90d'],
    ['create ci@acme.example --name n --expires 2020-01-01', 2, 'not in the future'],
    ['create ci@acme.example --name n --scope admin', 2, 'Allowed choices are read, write, edge'],
    ['create ci@acme.example --name n --scope edg', 2, 'did you mean edge?'],
    ['create ci@acme.example', 2, 'missing --name'],
    ['create ops@acme.example --name n --team globex', 2, 'does not belong to the team globex'],
    ['create ops@acme.example --name n --team acme --team globex', 2, 'does not belong to the team globex'],
    ['revoke ci@acme.example jsno --yes', 3, 'did you mean "json"?'],
  ])('refuses %s', async (command, code, words) => {
    const result = await plane.run(`user token ${command}`, { now });
    expect(result).toMatchObject({ code });
    expect(result.stderr).toContain(words);
  });

  it('makes a token for another team than that of the rc file', async () => {
    const create = 'user token create ci@acme.example --name rc -o json';
    const env = { NETGOAT_TEAM: 'acme' };
    await plane.ok(`${create} --team globex --dry-run`, { env });
    await plane.ok(create, { env });
    const teams = await plane.json('user token list ci@acme.example --filter name=rc --json teams');
    expect(teams).toEqual([{ teams: ['acme'] }]);
    await plane.ok('user token revoke ci@acme.example rc --yes');
  });

  it('says where a token goes: that of an edge not to netgoat', async () => {
    const create = 'user token create ci@acme.example --name where';
    const saying = async (scopes: string) => (await plane.ok(`${create} ${scopes}`)).stderr;
    expect(await saying('--scope edge')).toMatch(/to the edge as its bearer token \(NETGOAT_EDGE_TOKEN or/);
    await plane.ok('user token revoke ci@acme.example where --yes');
    expect(await saying('--scope edge --scope read')).toContain('give it to netgoat as NETGOAT_TOKEN');
    await plane.ok('user token revoke ci@acme.example where --yes');
  });

  it('makes no token that may do more than the one that makes it', async () => {
    const made = await plane.ok(
      'user token create ci@acme.example --name writer --scope read --scope write --team acme -o name',
    );
    const env = { NETGOAT_TOKEN: made.stdout.trim() };
    const create = 'user token create ci@acme.example --name child';
    expect((await plane.run(`${create} --scope edge`, { env })).code).toBe(2);
    expect((await plane.run(`${create} --team globex`, { env })).code).toBe(3);
    await plane.ok(create, { env });
    expect(
      await plane.json('user token list ci@acme.example --filter name=child --json teams', { env }),
    ).toEqual([{ teams: ['acme'] }]);
    // The token "json" reaches globex too, which is not this token's to touch.
    expect((await plane.run('user token revoke ci@acme.example json --yes', { env })).code).toBe(2);
  });

  it('takes a team from the tokens of a user who leaves it', async () => {
    await plane.ok('user set ci@acme.example --remove-team acme');
    const tokens = await plane.json<{ name: string; teams: string[] }[]>(
      'user token list ci@acme.example --json name,teams',
    );
    expect(tokens).toContainEqual({ name: 'json', teams: ['globex'] });
    expect(tokens.map(({ name }) => name)).not.toContain('writer');
  });
});
