import { resolve } from 'node:path';
import { NetgoatError } from '../../errors.ts';
import { openRegular } from '../../regular-file.ts';
import { keyOf } from './signature.ts';

/** Where references are looked up. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  /** What a relative path starts from. */
  cwd: string;
}

const MOST_BYTES = 64 * 1024;

/**
 * The URL that a webhook stands for. Whatever goes wrong, no message shows more of it than the reference.
 * @throws NetgoatError usage: the reference leads nowhere, or to no http(s) URL.
 */
export async function urlOf(target: string, around: Surroundings): Promise<URL> {
  const text = await lookUp(target, around);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new NetgoatError('usage', `${target} holds no http(s) URL`);
}

/**
 * The key that messages are signed with.
 * @throws NetgoatError usage: the reference leads nowhere, or to no key.
 */
export async function signingKeyOf(secret: string, around: Surroundings): Promise<Buffer> {
  const key = keyOf(await lookUp(secret, around));
  if (key !== null) return key;
  throw new NetgoatError('usage', `${secret} holds no key: after whsec_ base64 is wanted`);
}

async function lookUp(reference: string, { env, cwd }: Surroundings): Promise<string> {
  const [, kind, place = ''] = /^(env|file):(.*)$/s.exec(reference) ?? [];
  if (kind === undefined) return reference;
  const text = kind === 'env' ? env[place] : await contentOf(resolve(cwd, place), reference);
  const found = text?.trim() ?? '';
  if (found !== '') return found;
  throw new NetgoatError('usage', `${reference} is ${text === undefined ? 'not set' : 'empty'}`);
}

async function contentOf(path: string, shown: string): Promise<string> {
  const { file, stat } = await openRegular(path, shown);
  try {
    if (stat.size > MOST_BYTES) throw new NetgoatError('usage', `${shown} is too large`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
