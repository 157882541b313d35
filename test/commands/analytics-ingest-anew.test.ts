import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ingesting, NOW } from '../helpers/ingesting.ts';

const { plane, own, line, lines, ingest, file, requestsOf } = await ingesting();

/** A domain of acme of its own. */
let domain: string;

beforeEach(() => {
  ({ domain } = own);
});

describe('a log that was counted', () => {
  it('for a wrong domain is counted for the right one, once the wrong is pruned', async () => {
    await plane.ok(`domain add right.${domain} --team acme`);
    const name = await file('wrong.log', lines(5));
    const right = `${name} --domain right.${domain}`;
    await ingest(`${name} --domain ${domain}`);
    const refused = await plane.run(`analytics ingest ${right}`, { now: NOW });
    expect(refused).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('--as-new counts it once more'),
    });
    await plane.ok(`analytics prune ${domain} --older-than 1s --yes`, { now: NOW });
    const { stdout, stderr } = await plane.ok(`analytics ingest ${right} --as-new -o json`, { now: NOW });
    expect(JSON.parse(stdout)).toMatchObject({ lines: 5, counted: 5, again: 0 });
    expect(stderr).toContain('of it had been counted before, and count once more');
    expect([await requestsOf(domain), await requestsOf(`right.${domain}`)]).toEqual([0, 5]);
    // From then on it goes on as any other.
    await appendFile(join(plane.folder, name), lines(2, 5));
    expect(await ingest(right)).toMatchObject({ counted: 2, again: lines(5).length });
    expect(await ingest(right)).toMatchObject({ counted: 0 });
  });

  it('is counted once more each time that --as-new says so, for the same domain too', async () => {
    const flags = `${await file('anew.log', lines(5))} --domain ${domain}`;
    await ingest(flags);
    expect(await ingest(`${flags} --as-new --dry-run`)).toMatchObject({ counted: 5 });
    expect(await ingest(`${flags} --as-new`)).toMatchObject({ counted: 5 });
    expect(await ingest(flags)).toMatchObject({ counted: 0, again: lines(5).length });
    expect(await ingest(`${flags} --as-new`)).toMatchObject({ counted: 5 });
    expect(await requestsOf(domain)).toBe(15);
  });

  it('is counted for a domain that was added since, of which the lines were of nobody', async () => {
    const late = `late${own.number}.invalid`;
    const name = await file('late.log', line(1, { host: domain }) + line(1, { host: late }));
    await ingest(name);
    await plane.ok(`domain add ${late} --team acme`);
    expect(await ingest(`${name} --domain ${late} --as-new`)).toMatchObject({ counted: 1 });
    expect([await requestsOf(domain), await requestsOf(late)]).toEqual([1, 1]);
    await appendFile(join(plane.folder, name), line(3, { host: late }));
    expect(await ingest(name)).toMatchObject({ counted: 1 });
  });
});
