import { randomBytes } from 'node:crypto';
import type { Store } from '../../database/store.ts';
import { NetgoatError } from '../../errors.ts';
import type { Alert } from '../../models/alert.ts';
import type { Domain } from '../../models/domain.ts';
import { teamSlugs } from '../../queries/teams.ts';
import { testBody } from './message.ts';
import { PACE } from './pace.ts';
import { post } from './post.ts';
import { signingKeyOf, urlOf } from './references.ts';
import type { Surroundings } from './references.ts';
import { signedHeaders } from './signature.ts';

/** What one attempt to reach a webhook came to. */
export interface Trial {
  /** As the alert has it. */
  target: string;
  result: 'sent' | 'failed' | 'not sent';
  /** Of the answer; null if there was none. */
  status: number | null;
  ms: number | null;
  signed: boolean;
  /** Shows nothing of what a reference stands for. */
  error: string | null;
}

interface TrialDeps extends Surroundings {
  store: Store;
  now(): Date;
}

/**
 * Sends a message that says it is a test to each of these webhooks, once and side by side; nothing is recorded.
 * @param send false looks only whether all references lead somewhere.
 */
export async function tryWebhooks(
  deps: TrialDeps,
  { alert, domain }: { alert: Alert; domain: Domain },
  targets: readonly string[],
  send: boolean,
): Promise<Trial[]> {
  const { store, now } = deps;
  const team = (await teamSlugs(store, [domain.teamId])).get(String(domain.teamId)) ?? '';
  const body = testBody(now(), { alert, domain, team });
  return Promise.all(targets.map((target) => tryOne(deps, target, alert.secret ?? null, send ? body : null)));
}

async function tryOne(
  deps: TrialDeps,
  target: string,
  secret: string | null,
  body: string | null,
): Promise<Trial> {
  const nothing = { target, status: null, ms: null, signed: secret !== null, error: null };
  try {
    const url = await urlOf(target, deps);
    const key = secret === null ? null : await signingKeyOf(secret, deps);
    if (body === null) return { ...nothing, result: 'not sent' };
    const headers = signedHeaders(key, `msg_${randomBytes(16).toString('hex')}`, deps.now(), body);
    const start = performance.now();
    const { signal } = new AbortController();
    const { status, error } = await post(url, headers, body, { timeoutMs: PACE.timeoutMs, signal });
    const ms = Math.round(performance.now() - start);
    return { ...nothing, status, ms, error, result: error === null ? 'sent' : 'failed' };
  } catch (error) {
    if (!(error instanceof NetgoatError)) throw error;
    return { ...nothing, signed: false, error: error.message, result: 'failed' };
  }
}
