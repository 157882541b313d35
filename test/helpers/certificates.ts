import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A certificate that signs itself, and its key; paths. */
interface Certificate {
  cert: string;
  key: string;
}

const ca = (folder: string, san: string) => `
[ca]
default_ca = own
[own]
database = ${folder}/index
serial = ${folder}/serial
new_certs_dir = ${folder}
default_md = sha256
policy = any
x509_extensions = ext
[any]
commonName = supplied
[ext]
subjectAltName = ${san}
`;

/**
 * Makes a certificate with openssl, which every Linux and macOS has.
 * @param san whom it is for: `DNS:localhost,IP:127.0.0.1`.
 * @param until its end, as openssl writes times: `20200101000000Z`.
 */
export async function certificateFor(
  parent: string,
  san: string,
  until = '20491231235959Z',
): Promise<Certificate> {
  const folder = await mkdtemp(join(parent, 'certificate-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  await writeFile(join(folder, 'index'), '');
  await writeFile(join(folder, 'serial'), '01\n');
  await writeFile(join(folder, 'ca.cnf'), ca(folder, san));
  const request = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=edge'];
  await run('openssl', ['req', ...request, '-keyout', key, '-out', join(folder, 'request.pem')]);
  const own = ['-batch', '-selfsign', '-notext', '-config', join(folder, 'ca.cnf'), '-keyfile', key];
  const times = ['-startdate', '20190101000000Z', '-enddate', until];
  await run('openssl', ['ca', ...own, ...times, '-in', join(folder, 'request.pem'), '-out', cert]);
  return { cert, key };
}
