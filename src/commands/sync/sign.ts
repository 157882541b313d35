import { resolve } from 'node:path';
import type { Context } from '../../context.ts';
import { loadSigner } from '../../edge/signature.ts';
import type { Signer } from '../../edge/signature.ts';
import { inert } from '../../output/sanitize.ts';
import type { OptionSpec, RawInput } from '../spec.ts';

/** The key that a payload is signed with, wherever it goes. */
export const signOption: OptionSpec = {
  flags: '--sign-key <file>',
  description: 'sign with an Ed25519 key: openssl genpkey -algorithm ed25519 -out sign.pem',
};

/** What signs with the key of --sign-key; null without it. @throws NetgoatError usage: it names no such key. */
export async function signerOf({ world, warn }: Context, { signKey }: RawInput): Promise<Signer | null> {
  if (signKey === undefined) return null;
  return loadSigner(resolve(world.cwd, String(signKey)), (line) => warn(inert(line)));
}
