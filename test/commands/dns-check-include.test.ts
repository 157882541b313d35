import { mkdir, symlink } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readingRules } from '../../src/dns/reading-rules.ts';
import { HEAD, zoneFiles } from '../helpers/zone-files.ts';

describe('dns check --file --allow-include', () => {
  const { at, check, file, found, refusal } = zoneFiles();
  const including = (path: string) => file('z.db', `${HEAD}$INCLUDE ${path}\n`);
  const words = '--file z.db --origin example.com --allow-include';

  it('is needed, and takes a file', async () => {
    await including('more.db');
    await file('more.db', 'more A 192.0.2.1\n');
    expect(await found('--file z.db --origin example.com')).toEqual(['z.db:5:10 include-refused']);
    expect(await check(words)).toMatchObject({ code: 0, stderr: '4 records: 0 errors, 0 warnings\n' });
    expect(await check('--file - --origin example.com --allow-include', HEAD)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('stdin has no folder'),
    });
  });

  it('reads from the folder of the file and those below, relative to the file that includes', async () => {
    await mkdir(at('zones', 'sub', 'deep'), { recursive: true });
    await file('zones/z.db', `${HEAD}$INCLUDE sub/a.db\n$INCLUDE ./sub/../b.db\n`);
    await file('zones/sub/a.db', 'a A 192.0.2.1\n$INCLUDE deep/c.db\n$INCLUDE ../b.db b\n');
    await file('zones/sub/deep/c.db', 'c A 192.0.2.999\n');
    await file('zones/b.db', 'b A 192.0.2.1\n');
    expect(await found('--file zones/z.db --origin example.com --allow-include')).toEqual([
      'zones/sub/deep/c.db:1:5 a-address',
    ]);
  });

  it('reads nothing outside, whatever the way there, and shows nothing of it', async () => {
    await mkdir(at('zones', 'in'), { recursive: true });
    await mkdir(at('zones-of-others'));
    await file('secret', 'root:secret\n');
    await file('zones-of-others/x.db', 'x A secret\n');
    await symlink('../secret', at('zones', 'link'));
    await symlink('..', at('zones', 'up'));
    await symlink('in', at('zones', 'inside'));
    await file('zones/in/x.db', 'x A 192.0.2.1\n');
    await file(
      'zones/z.db',
      [
        '../secret',
        at('secret'),
        'link',
        'up/secret',
        '../zones-of-others/x.db',
        'nothing',
        'in',
        'inside/x.db',
      ].reduce((zone, path) => `${zone}$INCLUDE ${path}\n`, HEAD),
    );
    const given = '--file zones/z.db --origin example.com --allow-include';
    const outside = 'The file lies outside the folder of the zone file';
    expect(await refusal(given)).toEqual([
      ...Array<string>(5).fill(outside),
      'The file cannot be read: there is no such file',
      'The file cannot be read: it is a folder',
    ]);
    const { stdout, stderr } = await check(given);
    expect(stdout.replaceAll('secret\n', '') + stderr).not.toContain('root');
  });

  it('shows nothing of what an included file holds', async () => {
    await including('key.db');
    await file('key.db', 'PRIVATE hunter2\n\thunter3 (\n');
    const { stdout, stderr, code } = await check(`${words} --output json`);
    expect(code).toBe(2);
    expect(stdout).toContain('key.db:1');
    expect(stdout + stderr).not.toMatch(/hunter|PRIVATE/i);
  });

  it('of what the rules find there says the rule, and the lines', async () => {
    await including('more.db\nhunter3 A 192.0.2.2');
    await file(
      'more.db',
      'hunter2_a A 192.0.2.1\nhunter3 CNAME hunter4\nhunter5 5 TXT hunter6\nhunter5 5 TXT hunter6\n',
    );
    expect(await found(words)).toEqual([
      'more.db:1:1 hostname-owner',
      'more.db:2:1 cname-alone',
      'more.db:2:1 cname-target-missing',
      'more.db:3:1 ttl-range',
      'more.db:4:1 duplicate-record',
    ]);
    for (const format of ['table', 'json', 'csv', 'github']) {
      const { stdout, stderr } = await check(`${words} --output ${format}`);
      expect(stdout + stderr).not.toContain('hunter');
      expect(stdout).toContain('A CNAME stands alone at its name');
      expect(stdout).toContain('z.db');
    }
    // A line of the file itself that has to do with one of the other: this much of it may be told.
    await including('more.db\nwww A 192.0.2.1');
    await file('more.db', 'www 7 A 192.0.2.7\n');
    const { stdout } = await check(`${words} --output json`);
    const [{ rule, message, name, where }] = JSON.parse(stdout) as [Record<string, string>];
    expect({ rule, name, where }).toEqual({ rule: 'ttl-differs', name: 'www', where: 'z.db:6:1' });
    expect(message).not.toContain('7');
  });

  it('ends where files include one another, or one after the other', async () => {
    await including('a.db');
    await file('a.db', '$INCLUDE b.db\n');
    await file('b.db', '$INCLUDE ./a.db\n$INCLUDE z.db\n');
    expect(await found(words)).toEqual(['b.db:1:10 include-refused', 'b.db:2:10 include-refused']);
    for (let n = 1; n <= 9; n += 1) await file(`${n}.db`, `$INCLUDE ${n + 1}.db\n`);
    await file('10.db', 'a A 192.0.2.1\n');
    await including('1.db');
    expect(await found(words)).toEqual(['8.db:1:10 include-refused']);
    await including('2.db');
    expect(await check(words)).toMatchObject({ code: 2 });
    await including('3.db');
    expect(await check(words)).toMatchObject({ code: 0 });
  });

  it('ends where each file includes the next many times', async () => {
    await including('1.db\n$INCLUDE 1.db');
    for (let n = 1; n <= 6; n += 1) await file(`${n}.db`, `$INCLUDE ${n + 1}.db\n`.repeat(10));
    await file('7.db', '\n');
    expect(new Set(await refusal(words))).toEqual(
      new Set(['More than 1000 files are included', readingRules['include-refused']]),
    );
  });

  it('opens no pipe', async () => {
    await including('/dev/stdin');
    expect(await found(words)).toEqual(['z.db:5:10 include-refused']);
  });
});
