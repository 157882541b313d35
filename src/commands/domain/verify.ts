import { z } from 'zod';
import { duration, parse } from '../../changes/inputs.ts';
import { verifyDomain } from '../../changes/ownership.ts';
import type { Proof } from '../../changes/ownership.ts';
import { lookUpTxt } from '../../observe/txt-lookup.ts';
import type { WriteSpec } from '../spec.ts';

const verifyInput = z.object({
  domain: z.string(),
  resolver: z.array(z.string()).default([]),
  timeout: duration.pipe(z.number().min(1).max(60)).default(5),
  manual: z.boolean().default(false),
});

export const verify: WriteSpec = {
  name: 'verify',
  summary: 'prove ownership by a TXT record at _netgoat below the domain',
  effect: 'write',
  args: [{ name: 'domain', description: 'hostname or id of the domain' }],
  options: [
    {
      flags: '--resolver <address>',
      description: 'ask this DNS server (IP or IP:port); may be repeated',
      repeat: true,
    },
    { flags: '--timeout <time>', description: 'how long to wait for an answer, 5s by default' },
    { flags: '--manual', description: 'take your word for it, without a look-up' },
  ],
  examples: [
    'netgoat domain verify shop.example.com',
    'netgoat domain verify shop.example.com --resolver 192.0.2.53',
  ],
  plan: ({ store, access, context }, input) => {
    const { domain, resolver, timeout, manual } = parse(verifyInput, input);
    const lookUp = (name: string) => lookUpTxt(name, resolver, timeout);
    const proof: Proof = manual ? { method: 'manual' } : { method: 'dns-txt', lookUp };
    return verifyDomain(store, access, domain, proof, context.world.now());
  },
};
