import { NetgoatError } from '../../errors.ts';
import type { EdgeNode } from '../../models/edge-node.ts';
import { dial, Unreached } from '../dial.ts';
import { hurdleOf } from '../hurdles.ts';
import { confirmNode, hasConfirmed, meetNode, refuseNode } from '../node-records.ts';
import type { Channel } from '../protocol/channel.ts';
import { ControlEnd } from '../protocol/control.ts';
import type { Brought, Held } from '../protocol/control.ts';
import { MOST_FROM_EDGE } from '../protocol/frames.ts';
import { refusalWords } from '../refusal.ts';
import { dialOptions, FIRST_ANSWER_MS, isPassing } from './dialing.ts';
import { heard } from './job.ts';
import type { PushJob } from './job.ts';
import type { Tried } from './row.ts';

/** Brings one endpoint to the state over netgoat.edge.v1, within a time; what it answers is kept in the store. */
export async function attempt(job: PushJob, url: string, withinMs: number): Promise<Tried> {
  const { token, signal } = job;
  const deadline = performance.now() + withinMs;
  const left = (): number => Math.ceil(deadline - performance.now());
  let channel: Channel;
  try {
    channel = await dial(url, { ...dialOptions(job, withinMs), maxPayload: MOST_FROM_EDGE });
  } catch (error) {
    if (!(error instanceof Unreached)) throw error;
    const tried = failed(null, heard(error.message, token), isPassing(error));
    return { ...tried, hurdle: hurdleOf(error, token) };
  }
  const cut = (): void => channel.close(1001, 'called off');
  const late = setTimeout(() => channel.close(1001, 'out of time'), withinMs);
  signal.addEventListener('abort', cut);
  try {
    return await speak(job, url, new ControlEnd(channel), left);
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', cut);
    // Nobody waits for its end: what matters is known.
    channel.close(1000, 'done');
  }
}

async function speak(job: PushJob, url: string, end: ControlEnd, left: () => number): Promise<Tried> {
  const { store, teams, state, token } = job;
  let record: EdgeNode;
  let held: Held;
  let name: string | null = null;
  try {
    const hello = await end.hello(FIRST_ANSWER_MS);
    if (token !== undefined && hello.node.includes(token)) {
      return failed(null, 'the name that it gives itself holds the token', false);
    }
    [held, name] = [hello, hello.node];
    record = await meetNode(store, { name, teams, url, now: job.now() });
  } catch (error) {
    if (!(error instanceof NetgoatError) || !['edge', 'conflict'].includes(error.code)) throw error;
    const why = left() > 0 ? error.message : `it said no hello within ${limit(job)}`;
    const isConflict = error.code === 'conflict';
    return { ...failed(name, heard(why, token), !isConflict), hurdle: isConflict ? 'name' : null };
  }
  if (held.version !== null && held.version > state.version) job.watch.ledBack(url, name, held.version);
  const delta = hasConfirmed(record, held) ? await job.delta(held.version) : null;
  job.watch.began(url);
  const brought = await end.bring(held, state, delta, {
    answerWithinMs: job.timeoutMs,
    sign: job.sign ?? undefined,
    onProgress: (bytes) => job.watch.sent(url, bytes),
  });
  const late = brought.result === 'unknown' && left() <= 0;
  const answer = late ? { ...brought, why: `no answer within ${limit(job)}` } : brought;
  return { node: name, by: brought.by, bytes: brought.bytes, ...(await keep(job, record, answer)) };
}

function limit({ timeoutMs }: PushJob): string {
  return `the ${timeoutMs / 1_000} s that it was given`;
}

/** Keeps what a node has answered, and says what it comes to. */
async function keep(
  { store, state, token, now }: PushJob,
  { _id }: EdgeNode,
  brought: Brought,
): Promise<Pick<Tried, 'result' | 'why' | 'again'>> {
  const { version, checksum } = state;
  switch (brought.result) {
    case 'acked':
      await confirmNode(store, _id, { version, checksum, now: now() });
      return { result: 'acked', why: '', again: false };
    case 'refused': {
      const why = heard(refusalWords(brought.errors), token);
      await refuseNode(store, _id, { version, reason: why, now: now() });
      return { result: 'refused', why, again: false };
    }
    case 'unknown':
      // To bring an edge to a state twice does no more than once, and its next hello says what it holds.
      return { result: 'unknown', why: heard(brought.why, token), again: true };
  }
}

function failed(node: string | null, why: string, again: boolean): Tried {
  return { node, by: null, bytes: 0, result: 'failed', why, again };
}
