import { randomUUID } from 'node:crypto';

/** What a node answers: it confirms a version, or says why it does not run it. */
export type Answer =
  | { type: 'ack'; re: string; version: number; checksum: string }
  | { type: 'nack'; re: string; version: number; errors: { hostname?: string; message: string }[] };

/** What an answer may be bent with. */
interface Around {
  /** The nonces of the frames that came before the one that is answered, the newest last. */
  readonly before: readonly string[];
}

/** A way to misbehave; what it does not name is done as it should be. */
interface Behaviour {
  readonly summary: string;
  /** Sent before the hello. */
  readonly first?: readonly string[];
  /** Says no hello. */
  readonly mute?: true;
  /** Says that it holds nothing, whatever it holds. */
  readonly forgets?: true;
  /** Says hello and reads nothing. */
  readonly deaf?: true;
  /** Answers no ping. */
  readonly frozen?: true;
  /** What is sent instead of an answer. */
  readonly answers?: (answer: Answer, around: Around) => Answer[];
  /** Closes the connection instead of answering. */
  readonly drops?: true;
  /** Confirms each part but the last before it has all of them. */
  readonly early?: true;
}

/** Nobody's checksum. */
const NOBODYS = 'f'.repeat(64);

const onAck =
  (bend: (ack: Answer & { type: 'ack' }, around: Around) => Answer[]) => (answer: Answer, around: Around) =>
    answer.type === 'ack' ? bend(answer, around) : [answer];

/** The ways to misbehave, each a flag of the command; several may be given. */
export const behaviours = {
  stall: { summary: 'take what is sent and never answer', answers: () => [] },
  drop: { summary: 'close the connection instead of answering', drops: true },
  'duplicate-ack': { summary: 'send each ACK twice', answers: onAck((ack) => [ack, ack]) },
  'wrong-nonce': {
    summary: 'answer a frame that nobody sent',
    answers: (answer) => [{ ...answer, re: randomUUID() }],
  },
  'stale-nonce': {
    summary: 'answer the frame before the one that is to be answered',
    answers: (answer, { before }) => [{ ...answer, re: before.at(-1) ?? randomUUID() }],
  },
  'wrong-checksum': {
    summary: 'confirm a checksum that nobody sent',
    answers: onAck((ack) => [{ ...ack, checksum: NOBODYS }]),
  },
  'wrong-version': {
    summary: 'confirm the version after the one that was sent',
    answers: onAck((ack) => [{ ...ack, version: ack.version + 1 }]),
  },
  'early-ack': { summary: 'confirm each part as it comes, and nothing after the last', early: true },
  mute: { summary: 'say no hello', mute: true },
  deaf: { summary: 'say hello and read nothing', deaf: true },
  forget: { summary: 'say that it holds nothing, whatever it holds', forgets: true },
  frozen: { summary: 'answer no ping', frozen: true },
  garbage: {
    summary: 'send what are no frames before the hello',
    first: [
      'this is not JSON',
      '{"type":"ack"}',
      '{"type":"dance","nonce":"1","timestamp":"now","data":{}}',
      `{"type":"ack","nonce":"2","timestamp":"now","data":{"re":"0","version":0,"checksum":"${NOBODYS}"}}`,
    ],
  },
} satisfies Record<string, Behaviour>;

export type BehaviourName = keyof typeof behaviours;

/** How a node behaves, of its flags. */
export class Behaviours {
  readonly #chosen: readonly Behaviour[];

  constructor(names: readonly BehaviourName[]) {
    this.#chosen = names.map((name) => behaviours[name]);
  }

  is(trait: 'mute' | 'forgets' | 'deaf' | 'frozen' | 'drops' | 'early'): boolean {
    return this.#chosen.some((each) => each[trait] === true);
  }

  /** What is sent before the hello. */
  first(): string[] {
    return this.#chosen.flatMap((each) => each.first ?? []);
  }

  /** What is sent for an answer. */
  answers(answer: Answer, around: Around): Answer[] {
    return this.#chosen.reduce(
      (answers, { answers: bend }) => (bend ? answers.flatMap((each) => bend(each, around)) : answers),
      [answer],
    );
  }
}
