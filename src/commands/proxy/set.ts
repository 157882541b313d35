import { parse } from '../../changes/inputs.ts';
import { proxyEdits, setProxy } from '../../changes/proxy.ts';
import { cacheLevels } from '../../models/proxy-config.ts';
import type { WriteSpec } from '../spec.ts';
import { domainArgument } from './arguments.ts';

export const set: WriteSpec = {
  name: 'set',
  summary: 'change caching and headers, or switch the configuration off',
  effect: 'write',
  args: [domainArgument],
  options: [
    { flags: '--cache <level>', description: 'off, standard or aggressive', choices: cacheLevels },
    { flags: '--cache-ttl <time>', description: 'how long an edge keeps what it cached, such as 1h' },
    { flags: '--active <on|off>', description: 'whether edges are sent it', choices: ['on', 'off'] },
    {
      flags: '--header-request <header>',
      description:
        "'Name: value' to set on requests, 'Name:' to take away; a credential as 'Name: env:NAME' or 'Name: file:PATH', " +
        'which the edge looks up; may be repeated',
      repeat: true,
    },
    {
      flags: '--header-response <header>',
      description: 'the same on responses; may be repeated',
      repeat: true,
    },
    {
      flags: '--unset-header <name>',
      description: 'forget what was said of this header; may be repeated',
      repeat: true,
    },
  ],
  examples: [
    'netgoat proxy set shop.example.com --cache aggressive --cache-ttl 1h',
    "netgoat proxy set shop.example.com --header-request 'Authorization: env:BACKEND_AUTHORIZATION'",
    "netgoat proxy set shop.example.com --header-response 'X-Frame-Options: DENY' --header-response 'Server:'",
  ],
  plan: ({ store, access }, { domain, ...edits }) =>
    setProxy(store, access, String(domain), parse(proxyEdits, edits)),
};
