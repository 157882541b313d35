import { describe, expect, it } from 'vitest';
import { detourOf } from '../../src/observe/probes/connect-to.ts';

/** What curl(1) says of --connect-to: an empty part of the first pair is any, of the second the one that was meant. */
describe('a detour as of curl', () => {
  it.each([
    ['a.example:443:b.example:8443', 'a.example:443', 'b.example:8443'],
    ['a.example:443:b.example:8443', 'a.example:80', 'a.example:80'],
    ['a.example:443:b.example:8443', 'c.example:443', 'c.example:443'],
    ['A.Example:443:b.example:8443', 'a.example:443', 'b.example:8443'],
    ['a.example::b.example:8443', 'a.example:80', 'b.example:8443'],
    [':443:b.example:8443', 'c.example:443', 'b.example:8443'],
    ['::b.example:8443', 'c.example:80', 'b.example:8443'],
    ['::b.example:', 'c.example:80', 'b.example:80'],
    ['::b.example', 'c.example:80', 'b.example:80'],
    ['a.example:443::8443', 'a.example:443', 'a.example:8443'],
    ['::[2001:db8::7]:8443', 'a.example:443', '2001:db8::7:8443'],
  ])('%s leads %s to %s', (rule, meant, to) => {
    const [host = '', port] = meant.split(':');
    const led = detourOf([rule])({ host, port: Number(port) });
    expect(`${led.host}:${led.port}`).toBe(to);
  });

  it('takes the first that fits', () => {
    const detour = detourOf(['a.example:443:first.example:1', '::second.example:2']);
    expect(detour({ host: 'a.example', port: 443 })).toEqual({ host: 'first.example', port: 1 });
    expect(detour({ host: 'b.example', port: 443 })).toEqual({ host: 'second.example', port: 2 });
  });
});
