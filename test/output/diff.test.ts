import { describe, expect, it } from 'vitest';
import { renderDiff, type DiffEntry } from '../../src/output/diff.ts';
import { HOSTILE } from './fixtures.ts';

const plain = { color: false };

describe('renderDiff', () => {
  it('shows adds with their telling fields, updates field by field, removes as a line, and counts', () => {
    const changes: DiffEntry[] = [
      {
        op: 'add',
        kind: 'domain',
        name: 'shop.example.com',
        team: 'acme',
        after: {
          _id: 'x',
          hostname: 'shop.example.com',
          enabled: true,
          note: '',
          waf: false,
          tags: [],
          tls: { status: 'Pending', issuer: null },
        },
      },
      {
        op: 'update',
        kind: 'record',
        name: 'www A',
        before: { ttl: 300, tls: { status: 'Pending', at: null }, tags: ['a'], same: 1, revision: 1 },
        after: { ttl: 60, tls: { status: 'Active', at: null }, tags: ['a', 'b'], same: 1, revision: 2 },
      },
      { op: 'remove', kind: 'alert', name: 'downtime', before: { threshold: 5 } },
    ];
    expect(renderDiff(changes, plain)).toBe(
      [
        '+ domain shop.example.com (acme)',
        '    tls: {"status":"Pending"}',
        '~ record www A',
        '    ttl: 300 -> 60',
        '    tls.status: Pending -> Active',
        '    tags: ["a"] -> ["a","b"]',
        '- alert downtime',
        '1 to add, 1 to update, 1 to remove.',
        '',
      ].join('\n'),
    );
  });

  it('does not repeat what the name of a record says, unless that is cut', () => {
    const after = { name: 'www', type: 'A', value: { address: '192.0.2.1' }, ttl: 300 };
    const add = (name: string) => renderDiff([{ op: 'add', kind: 'dns', name, after }], plain).split('\n');
    expect(add('example.com www A 192.0.2.1').slice(1, 3)).toEqual([
      '    ttl: 300',
      '1 to add, 0 to update, 0 to remove.',
    ]);
    expect(add('example.com www A 192…')).toContain('    value: {"address":"192.0.2.1"}');
  });

  it('shows of what is on or off only what is not as usual', () => {
    const add = (after: Record<string, unknown>) =>
      renderDiff([{ op: 'add', kind: 'dns', name: 'x', after }], plain)
        .split('\n')
        .slice(1, -2);
    expect(add({ enabled: true, active: true, proxied: false })).toEqual([]);
    expect(add({ enabled: false, active: false, proxied: true })).toEqual([
      '    enabled: false',
      '    active: false',
      '    proxied: true',
    ]);
  });

  it('counts nothing', () => expect(renderDiff([], plain)).toBe('0 to add, 0 to update, 0 to remove.\n'));

  it('follows an item of a list by its name when others are put before it', () => {
    const rule = (name: string) => ({ name, action: 'block' });
    const update = (before: object[], after: object[]) =>
      renderDiff(
        [{ op: 'update', kind: 'proxy', name: 'x', before: { rules: before }, after: { rules: after } }],
        plain,
      ).split('\n');
    expect(update([rule('b')], [rule('a'), rule('b')])[1]).toBe(
      '    rules[a]: (none) -> {"name":"a","action":"block"}',
    );
    expect(update([], [rule('a')])[1]).toBe('    rules[a]: (none) -> {"name":"a","action":"block"}');
    expect(update([rule('a'), rule('a')], [rule('a')])[1]).toBe(
      '    rules[1]: {"name":"a","action":"block"} -> (none)',
    );
  });

  it('shows fields that are set or cleared, and items of lists', () => {
    const change: DiffEntry = {
      op: 'update',
      kind: 'proxy',
      name: 'x',
      before: { note: null, old: 'was', text: '', upstreams: [{ url: 'a', weight: 1 }] },
      after: { note: 'new', old: null, text: ' x ', upstreams: [{ url: 'a', weight: 2 }, { url: 'b' }] },
    };
    expect(renderDiff([change], plain).split('\n').slice(1, -2)).toEqual([
      '    note: (none) -> new',
      '    old: was -> (none)',
      '    text: "" -> " x "',
      '    upstreams[a].weight: 1 -> 2',
      '    upstreams[b]: (none) -> {"url":"b"}',
    ]);
  });

  it('shows part by part what would be cut, and says when only the order differs', () => {
    const servers = (from: number) => Array.from({ length: 6 }, (_, n) => `ns${from + n}.dns.example.net.`);
    const soa = {
      mname: 'ns1.example.net.',
      rname: 'hostmaster.example.net.',
      serial: 2026010101,
      revision: 3,
    };
    const lines = (before: Record<string, unknown>, after: Record<string, unknown>) =>
      renderDiff([{ op: 'update', kind: 'domain', name: 'x', before, after }], plain)
        .split('\n')
        .slice(1, -2);
    expect(lines({ zone: { ns: servers(0), soa: null } }, { zone: { ns: servers(1), soa } })).toEqual([
      '    zone.ns: - ns0.dns.example.net.',
      '    zone.ns: + ns6.dns.example.net.',
      '    zone.soa.mname: (none) -> ns1.example.net.',
      '    zone.soa.rname: (none) -> hostmaster.example.net.',
      '    zone.soa.serial: (none) -> 2026010101',
    ]);
    expect(lines({ ns: servers(0) }, { ns: servers(0).toReversed() })).toEqual([
      expect.stringMatching(/^ {4}ns: \["ns0.* characters\) -> \["ns5.* characters\)$/),
    ]);
  });

  it('cuts long values to a line and says how long they are', () => {
    const change: DiffEntry = { op: 'add', kind: 'record', name: 'x', after: { value: 'v'.repeat(4000) } };
    expect(renderDiff([change], plain)).toContain(`    value: ${'v'.repeat(72)}… (4000 characters)\n`);
  });

  it('shows at most eight fields of an add', () => {
    const after = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`f${index}`, index + 1]));
    const text = renderDiff([{ op: 'add', kind: 'k', name: 'n', after }], plain);
    expect(text).toContain('f7: 8\n    and 2 more fields\n');
    expect(text).not.toContain('f8');
  });

  it('keeps stored text inert, colours only when asked', () => {
    const change: DiffEntry = {
      op: 'update',
      kind: 'record',
      name: HOSTILE,
      team: HOSTILE,
      before: { [HOSTILE]: HOSTILE },
      after: { [HOSTILE]: [HOSTILE] },
    };
    // oxlint-disable-next-line no-control-regex
    expect(renderDiff([change], plain)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    const colored = renderDiff([{ op: 'remove', kind: 'team', name: 'acme' }], { color: true });
    expect(colored.split('\n')[0]).toBe('\u001b[31m- team acme\u001b[39m');
  });
});
