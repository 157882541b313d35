import { z } from 'zod';
import { parse } from '../../changes/inputs.ts';
import { observeTls } from '../../changes/tls.ts';
import { NetgoatError } from '../../errors.ts';
import { probe } from '../../observe/probes/probe.ts';
import { certificateFaults } from '../../observe/probes/readings.ts';
import { findDomain } from '../../queries/domains.ts';
import { probeFlags, probeOptionsOf, probeShape } from '../probe-options.ts';
import type { WriteSpec } from '../spec.ts';

const checkInput = z.object({ domain: z.string(), ...probeShape });

export const tlsCheck: WriteSpec = {
  name: 'check',
  summary: "read a domain's TLS status from the certificate that its server shows",
  effect: 'write',
  args: [{ name: 'domain', description: 'hostname or id of the domain' }],
  options: probeFlags,
  examples: [
    'netgoat domain tls check shop.example.com',
    'netgoat domain tls check shop.example.com --connect-to ::192.0.2.7: --dry-run',
  ],
  plan: async ({ store, access, context }, { domain: name, timeout, connectTo }) => {
    const typed = parse(checkInput, { domain: name, timeout, connectTo });
    const options = probeOptionsOf(typed);
    const domain = await findDomain(store, access, typed.domain);
    const { certificate, untrusted, why } = await probe(domain, options);
    const now = context.world.now();
    const plan = await observeTls(store, access, new Map([[String(domain._id), certificate]]), now);
    if (certificate !== null) {
      const trust =
        untrusted === null ? [] : [`who signed the certificate is not trusted here: ${untrusted}`];
      return { ...plan, warnings: [...certificateFaults(domain, certificate, now), ...trust] };
    }
    // That the one which is known has ended is worth keeping.
    if (plan.changes.length > 0) return { ...plan, warnings: [`no certificate is seen: ${why}`] };
    throw new NetgoatError('failed', `${domain.hostname} shows no certificate: ${why}`, {
      hint: 'ask one edge with --connect-to, or read a file with `netgoat domain tls set --cert`',
    });
  },
};
