import { clearTls, setTls } from '../../changes/tls.ts';
import { NetgoatError } from '../../errors.ts';
import { readInput } from '../input-files.ts';
import type { WriteSpec } from '../spec.ts';

const MAX_BYTES = 1024 * 1024;

export const tlsSet: WriteSpec = {
  name: 'set',
  summary: "read a domain's TLS status from a certificate (PEM)",
  effect: 'write',
  args: [{ name: 'domain', description: 'hostname or id of the domain' }],
  options: [
    { flags: '--cert <file>', description: 'the certificate, or a chain that begins with it; - for stdin' },
    { flags: '--clear', description: 'forget the certificate: TLS is Pending again' },
  ],
  examples: ['netgoat domain tls set shop.example.com --cert shop.pem'],
  plan: async ({ store, access, context }, { domain, cert, clear }) => {
    if (clear) return clearTls(store, access, String(domain));
    if (cert === undefined) throw new NetgoatError('usage', 'missing --cert or --clear');
    const pem = await readInput(context, String(cert), MAX_BYTES);
    return setTls(store, access, String(domain), pem, context.world.now());
  },
};
