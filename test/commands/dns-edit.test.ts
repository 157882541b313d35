import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shellWord } from '../../src/commands/shell-word.ts';
import { controlPlane } from '../helpers/control-plane.ts';
import type { ControlPlane } from '../helpers/control-plane.ts';
import { atTerminal } from '../helpers/terminal.ts';

let plane: ControlPlane;
let domain: string;
let count = 0;

beforeAll(async () => {
  plane = await controlPlane('team add Acme');
});

beforeEach(async () => {
  count += 1;
  domain = `edit${count}.example.com`;
  await plane.ok(`domain add ${domain} --team acme`);
  await plane.ok(`dns add ${domain} www A 192.0.2.1 --proxied --comment shop --tag web`);
  await plane.ok(`dns add ${domain} @ ALIAS lb.example.net.`);
  await plane.ok(`dns add ${domain} old TXT text --disabled`);
});

const edit = (edits: string | string[], flags = '') =>
  atTerminal(plane, `dns edit ${domain}${flags}`, [edits].flat());
const values = async () =>
  (await plane.json<Record<string, unknown>[]>(`dns list ${domain} --json name,type,value`)).map(
    ({ name, type, value }) => `${name} ${type} ${value}`,
  );
const read = (name: string) => readFileSync(join(plane.folder, name), 'utf8');
/** An edit that appends a line to the file, and one that takes lines away. */
const add = (line: string) => `printf '%s\\n' '${line}' >> "$1"`;
const without = (pattern: string) => `sed -i '/${pattern}/d' "$1"`;

/** What was kept of the text, by the path that the terminal says; it is removed. */
function kept(shown: string): string {
  const path = /What you typed is kept in (\S+)/.exec(shown)?.[1] ?? 'nowhere';
  const text = readFileSync(path, 'latin1');
  rmSync(dirname(path), { recursive: true });
  return text;
}

/** The command that goes on from what was kept, as it is shown. */
function wayOn(shown: string): string {
  return / `netgoat (dns import .*)` takes it(?: once it is mended)?/.exec(shown)?.[1] ?? 'nothing';
}

describe('dns edit', () => {
  it('gives the editor the zone in a private folder, with all that is known of its records', async () => {
    const session = await edit('cp "$1" seen; stat -c %a "$(dirname "$1")" > mode; echo "$1" > path');
    expect(await session.code).toBe(0);
    expect(session.shown()).toContain('Nothing changed.');
    expect(read('seen')).toMatch(new RegExp(`^; ${domain}, revision 3\n`));
    expect(read('seen')).toContain('@\t\tIN\tALIAS\tlb.example.net. ; cf_tags=cf-proxied:false\n');
    expect(read('seen')).toContain('; netgoat-disabled: old\t\tIN\tTXT\t"text"\n');
    expect(read('seen')).toContain('www\t\tIN\tA\t192.0.2.1 ; shop cf_tags=cf-proxied:true,web\n');
    expect(read('mode')).toBe('700\n');
    expect(read('path')).toMatch(new RegExp(`/${domain}\\.zone\n$`));
    expect(existsSync(dirname(read('path').trim()))).toBe(false);
  });

  it('shows what the text means, and writes it when that is confirmed', async () => {
    const session = await edit(
      `sed -i 's/192.0.2.1 /192.0.2.7 /' "$1"; ${add('new TXT "a;b" ; note')}`,
      ' --reason why',
    );
    await session.answer('Write this?', 'yes');
    expect(await session.code).toBe(0);
    expect(session.shown()).toContain(`+ dns ${domain} new TXT "a;b"`);
    const records = ['@ ALIAS lb.example.net.', 'new TXT "a;b"', 'old TXT "text"', 'www A 192.0.2.7'];
    expect(await values()).toEqual(records);
    const [www] = await plane.json<object[]>(`dns show ${domain} www --json comment,tags,proxied`);
    expect(www).toEqual({ comment: 'shop', tags: ['web'], proxied: true });
    const [last] = await plane.json<object[]>('history list --limit 1 --json command,message');
    expect(last).toEqual({ command: `netgoat dns edit ${domain}`, message: 'why' });
  });

  it('takes a line without a remark for a record without comment and tags', async () => {
    const session = await edit(`sed -i 's/ ; shop.*//' "$1"`);
    await session.answer('Write this?', 'y');
    expect(await session.code).toBe(0);
    const [www] = await plane.json<object[]>(`dns show ${domain} www --json comment,tags,proxied`);
    expect(www).toEqual({ comment: '', tags: [], proxied: false });
  });

  it('changes the head of the zone, too', async () => {
    const session = await edit(
      `sed -i 's/ns.invalid.$/ns1.example.net./; s/^$TTL.*/$TTL 60/; s/3600 900/7200 900/' "$1"; ${add('@ 60 NS ns2.example.net.')}`,
      ' --allow apex-ns',
    );
    await session.answer('Write this?', 'yes');
    expect(await session.code).toBe(0);
    const { stdout } = await plane.ok(`dns export ${domain}`);
    expect(stdout).toMatch(/^\$TTL 60$/m);
    expect(stdout).toMatch(/SOA\tns.invalid. .* 7200 900/);
    expect(stdout).toContain('NS\tns1.example.net.\n@\t\tIN\tNS\tns2.example.net.\n');
  });

  it('says that a text of other words means the same', async () => {
    const session = await edit(
      `sed -i 's/^www.*$/www 5m A 192.0.2.1 ; shop cf_tags=web,cf-proxied:true/' "$1"`,
    );
    expect(await session.code).toBe(0);
    expect(session.shown()).toContain('Nothing changed.');
  });

  it('tells who has an editor that does not wait', async () => {
    const at = await edit('sleep 3 > /dev/null 2>&1 &');
    expect(await at.code).toBe(0);
    expect(at.shown()).toContain('The editor returned at once');
    const later = await edit('sleep 1');
    expect(await later.code).toBe(0);
    expect(later.shown()).not.toContain('at once');
  });

  it('takes an empty file for a way out', async () => {
    const session = await edit(': > "$1"');
    expect(await session.code).toBe(0);
    expect(session.shown()).toContain('Nothing changed.');
    expect(await values()).toHaveLength(3);
  });

  it('lets the text be edited again before it is written', async () => {
    const session = await edit([add('one A 192.0.2.8'), add('two A 192.0.2.9')]);
    await session.answer('Write this?', 'edit');
    await session.answer('Write this?', 'yes');
    expect(await session.code).toBe(0);
    expect(await values()).toEqual(expect.arrayContaining(['one A 192.0.2.8', 'two A 192.0.2.9']));
  });

  it('shows with --dry-run, keeps the text, and says how to go on from it', async () => {
    const session = await edit(add('new A 192.0.2.9'), ' --dry-run');
    expect(await session.code).toBe(0);
    expect(session.shown()).toContain('Dry run: nothing was written.');
    expect(await values()).toHaveLength(3);
    await plane.ok(wayOn(session.shown()));
    expect(await values()).toHaveLength(4);
    expect(kept(session.shown())).toContain('new A 192.0.2.9');
  });

  it('keeps the text in a file that nobody else can read, the one with marks too', async () => {
    const marked = `stat -c %a "$1" > second; sed -i /^bad/d "$1"`;
    const session = await edit([`stat -c %a "$1" > first; ${add('bad A 192.0.2.300')}`, marked]);
    await session.answer('Edit again?', 'yes');
    expect(await session.code).toBe(0);
    expect([read('first'), read('second')]).toEqual(['600\n', '600\n']);
  });

  it('refuses without a terminal, before it opens the database', async () => {
    const nobody = { env: { NETGOAT_DB: 'mongodb://127.0.0.1:1/nobody-there' } };
    const result = await plane.run(`dns edit ${domain}`, nobody);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toMatch(/needs a terminal.*\n.*dns export.*dns import/);
  });

  it('refuses with --no-input at a terminal, and says that this is why', async () => {
    const session = await edit('touch unasked', ' --no-input');
    expect(await session.code).toBe(2);
    expect(session.shown()).toMatch(/dns edit asks you, which --no-input forbids\n.*dns export/);
    expect(existsSync(join(plane.folder, 'unasked'))).toBe(false);
  });

  it('refuses another revision, and a word that cannot be allowed, before the editor opens', async () => {
    const old = await edit('touch opened', ' --if-revision 2');
    expect(await old.code).toBe(4);
    const unknown = await edit('touch opened', ' --allow anything');
    expect(await unknown.code).toBe(2);
    expect(existsSync(join(plane.folder, 'opened'))).toBe(false);
  });
});

describe('what is wrong in the text', () => {
  it('comes back as comments above the lines at fault, which are gone the next time', async () => {
    const session = await edit([
      `${add('bad A 192.0.2.300')}; ${add('worse MX 10')}`,
      `cp "$1" marked; ${without('^bad')}`,
      `cp "$1" again; ${without('^worse')}; ${add('good A 192.0.2.4')}`,
    ]);
    await session.answer('Edit again?', 'yes');
    await session.answer('Edit again?', 'yes');
    await session.answer('Write this?', 'yes');
    expect(await session.code).toBe(0);
    expect(read('marked')).toMatch(
      /\n; error: [^\n]*"192\.0\.2\.300" \[a-address\]\n(?:; error: [^\n]*\n)?bad A 192\.0\.2\.300\n; error: [^\n]* \[value-fields\]\nworse MX 10\n$/,
    );
    expect(read('again').match(/^; error: .*\[/gm)).toHaveLength(1);
    expect(session.shown()).toContain('[a-address]');
    expect(await values()).toContain('good A 192.0.2.4');
  });

  it('is marked by the rules of the zone too, at both lines', async () => {
    const session = await edit([add('www 60 A 192.0.2.2'), 'cp "$1" marked']);
    await session.answer('Edit again?', 'yes');
    await session.answer('Edit again?', 'no');
    expect(await session.code).toBe(2);
    const marks = read('marked')
      .split('\n')
      .filter((line) => line.includes('[ttl-differs]'));
    expect(marks.length).toBeGreaterThanOrEqual(2);
    expect(kept(session.shown())).toContain('www 60 A 192.0.2.2');
    expect(await values()).toHaveLength(3);
  });

  it('is marked where it cannot be read and where the rules refuse it, in one round', async () => {
    const session = await edit([
      `${add('bad A 192.0.2.300')}; ${add('www 60 A 192.0.2.2')}`,
      'cp "$1" marked',
    ]);
    await session.answer('Edit again?', 'yes');
    await session.answer('Edit again?', 'no');
    expect(await session.code).toBe(2);
    expect(read('marked')).toMatch(/^; error: .*\[a-address\]\n(?:; error: .*\n)?bad A/m);
    expect(read('marked')).toMatch(/^; error: .*\[ttl-differs\]\n(?:; error: .*\n)?www 60 A 192\.0\.2\.2$/m);
    expect(session.shown()).toContain('the zone has 3 errors');
    kept(session.shown());
  });

  it('is marked fifty times, and the rest is counted', async () => {
    const session = await edit(`seq -f 'h%g A 192.0.2.300' 70 >> "$1"; ${add('www 60 A 192.0.2.2')}`);
    await session.answer('Edit again?', 'no');
    expect(await session.code).toBe(2);
    expect(session.shown()).toContain('the zone has 72 errors');
    expect(session.shown()).toContain('  and 67 more\n');
    const text = kept(session.shown());
    expect(text).toMatch(/^; error: 22 more than are marked here\n/);
    expect(text.match(/^; error: (?! ).*\[[a-z-]+\]$/gm)).toHaveLength(50);
  });

  it('may be allowed', async () => {
    const loop = add('loop CNAME loop');
    const refused = await edit(loop);
    await refused.answer('Edit again?', 'no');
    expect(await refused.code).toBe(2);
    kept(refused.shown());
    const allowed = await edit(loop, ' --allow cname-loop');
    await allowed.answer('Write this?', 'yes');
    expect(await allowed.code).toBe(0);
  });

  it('may be more than may go at once', async () => {
    const many = Array.from({ length: 12 }, (_, at) => `h${at} A 192.0.2.${at + 1}`).join('\n');
    await plane.ok(`dns add ${domain} -`, { stdin: many });
    const session = await edit(without('^h'));
    await session.answer('Edit again?', 'no');
    expect(await session.code).toBe(8);
    expect(session.shown()).toMatch(
      /^- dns \S+ h0 A 192\.0\.2\.1 \(acme\)\n[^]*12 to remove\.\n[^]*this removes 12 of 15 records/m,
    );
    expect(session.shown()).toMatch(/--if-revision \d+ --allow mass-delete` takes it\n/);
    kept(session.shown());
    const allowed = await edit(without('^h'), ' --allow mass-delete');
    await allowed.answer('Write this?', 'yes');
    expect(await allowed.code).toBe(0);
    expect(await values()).toHaveLength(3);
  });

  it('may be no text at all', async () => {
    const session = await edit(`printf 'www A 192.0.2.1 ; caf\\351\\n' >> "$1"`);
    expect(await session.code).toBe(2);
    expect(session.shown()).toContain('not UTF-8');
    kept(session.shown());
  });
});

describe('nothing that was typed is lost', () => {
  it.each([
    ['no', 130],
    ['\u0003', 130],
    ['\u0004', 130],
  ])('when the answer is %j', async (answer, code) => {
    const session = await edit(`${add('new A 192.0.2.9')}; sed -i 's/ ; shop.*//' "$1"`);
    await session.answer('Write this?', answer);
    expect(await session.code).toBe(code);
    expect(await values()).not.toContain('new A 192.0.2.9');
    const way = wayOn(session.shown());
    await plane.ok(way);
    // As the edit would have done.
    expect(await values()).toEqual([
      '@ ALIAS lb.example.net.',
      'new A 192.0.2.9',
      'old TXT "text"',
      'www A 192.0.2.1',
    ]);
    const [www] = await plane.json<object[]>(`dns show ${domain} www --json comment,tags,proxied`);
    expect(www).toEqual({ comment: '', tags: [], proxied: false });
    const again = await plane.run(way);
    expect(again).toMatchObject({ code: 4 });
    kept(session.shown());
  });

  it('by the file with marks, which import takes when they are mended', async () => {
    const session = await edit(add('bad A 192.0.2.300'), ' --allow mass-delete --strict');
    await session.answer('Edit again?', '\u0004');
    expect(await session.code).toBe(130);
    expect(session.shown()).toContain('` takes it once it is mended\n');
    const way = wayOn(session.shown());
    expect(way).toMatch(/ --if-revision 3 --allow mass-delete --strict$/);
    const path = way.split(' ')[3]!;
    expect(readFileSync(path, 'utf8')).toContain('; error: ');
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('192.0.2.300', '192.0.2.30'));
    await plane.ok(way);
    expect(await values()).toContain('bad A 192.0.2.30');
    kept(session.shown());
  });

  it('by a command that goes to the same database, with what was typed of who writes, and why', async () => {
    const flags = ` --db ${plane.database} --team acme --actor ops@acme.example --reason it's`;
    const session = await edit(add('new A 192.0.2.9'), flags);
    await session.answer('Write this?', 'no');
    expect(await session.code).toBe(130);
    const way = wayOn(session.shown());
    expect(way).toContain(
      ` --if-revision 3 --db ${shellWord(plane.database)} --team acme --actor ops@acme.example `,
    );
    expect(way).toMatch(/ --reason 'it'\\''s'$/);
    await plane.ok(way.replace(/ --reason .*/, ''), { env: { NETGOAT_DB: 'mongodb://127.0.0.1:1/nobody' } });
    expect(await values()).toContain('new A 192.0.2.9');
    const [last] = await plane.json<object[]>('history list --limit 1 --json actor');
    expect(last).toEqual({ actor: 'ops@acme.example' });
    expect(session.shown()).not.toContain('***');
    kept(session.shown());
  });

  it('by a command without the secrets that were typed, which it says', async () => {
    const session = await edit(add('new A 192.0.2.9'), ' --reason see:https://me:hunter2@wiki.example/1');
    await session.answer('Write this?', 'no');
    expect(await session.code).toBe(130);
    expect(wayOn(session.shown())).toMatch(/ --reason 'see:https:\/\/me:\*\*\*@wiki\.example\/1'$/);
    expect(session.shown()).toContain('` takes it\n  *** stands for what is not shown: put it back\n');
    expect(session.shown()).not.toMatch(/What you typed[^]*hunter2/);
    kept(session.shown());
  });

  it('when somebody else changed the zone meanwhile', async () => {
    const session = await edit(
      `${add('new A 192.0.2.9')}; touch ready; while [ ! -f go ]; do sleep 0.05; done`,
      ' --team acme',
    );
    await until(() => existsSync(join(plane.folder, 'ready')));
    await plane.ok(`dns add ${domain} other A 192.0.2.10`);
    writeFileSync(join(plane.folder, 'go'), '');
    expect(await session.code).toBe(4);
    expect(session.shown()).toContain(`${domain} was changed while you edited it`);
    expect(session.shown()).toContain(
      `\`netgoat dns edit ${domain} --team acme\` begins with the zone as it`,
    );
    expect(kept(session.shown())).toContain('new A 192.0.2.9');
    expect(await values()).toContain('other A 192.0.2.10');
    expect(await values()).not.toContain('new A 192.0.2.9');
  });

  it('when somebody else changed the zone while the question was there', async () => {
    const session = await edit(add('new A 192.0.2.9'));
    await session.answer('Write this?', '');
    await plane.ok(`dns add ${domain} other A 192.0.2.10`);
    await session.answer('type yes, no or edit', 'yes');
    expect(await session.code).toBe(4);
    expect(kept(session.shown())).toContain('new A 192.0.2.9');
    expect(await values()).toHaveLength(4);
  });

  it('when somebody else changed the default TTL, which the text has too', async () => {
    const session = await edit(
      `sed -i 's/^$TTL.*/$TTL 60/' "$1"; touch ready2; while [ ! -f go2 ]; do sleep 0.05; done`,
    );
    await until(() => existsSync(join(plane.folder, 'ready2')));
    await plane.ok(`domain set ${domain} --default-ttl 1h`);
    writeFileSync(join(plane.folder, 'go2'), '');
    expect(await session.code).toBe(4);
    kept(session.shown());
  });

  it('when the editor fails; a text that nobody touched is not kept', async () => {
    const changed = await edit(`${add('new A 192.0.2.9')}; exit 3`);
    expect(await changed.code).toBe(1);
    expect(changed.shown()).toContain('ended with exit code 3');
    expect(kept(changed.shown())).toContain('new A 192.0.2.9');
    const interrupted = await edit(`${add('new A 192.0.2.9')}; kill -INT $$`);
    expect(await interrupted.code).toBe(130);
    expect(interrupted.shown()).toMatch(/^\nWhat you typed/);
    expect(kept(interrupted.shown())).toContain('new A 192.0.2.9');
    const untouched = await edit('exit 1');
    expect(await untouched.code).toBe(1);
    expect(untouched.shown()).not.toContain('is kept');
    expect(await values()).toHaveLength(3);
  });
});

async function until(there: () => boolean): Promise<void> {
  await expect.poll(there, { timeout: 20_000 }).toBe(true);
}
