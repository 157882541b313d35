import { NetgoatError } from '../errors.ts';

export const steps = ['minute', 'hour', 'day'] as const;

/** How long the periods are in which traffic is shown. */
export type Step = (typeof steps)[number];

export const STEP_MS: Readonly<Record<Step, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** A week of minutes, in which more than a screen can show is already lost. */
const MOST_PERIODS = 10_080;
/** The longest time that is shown in such periods unless they are asked for. */
const LONGEST_MS: readonly (readonly [Step, number])[] = [
  ['minute', 3 * STEP_MS.hour],
  ['hour', 4 * STEP_MS.day],
];

/** A time in periods: the first one begins at `from`, the last one may end after `until`. */
export interface Span {
  readonly from: Date;
  readonly until: Date;
  readonly by: Step;
  readonly count: number;
}

/**
 * The periods in which a time is shown. They begin with whole minutes, hours or days of UTC, so that the first one may
 * begin earlier than asked for.
 * @param by chosen by the length of the time where it is not given.
 * @throws NetgoatError usage: the time ends before it begins, or has too many such periods.
 */
export function spanOf(since: Date, until: Date, by?: Step): Span {
  const length = until.getTime() - since.getTime();
  if (length <= 0) {
    throw new NetgoatError('usage', `until: ${until.toISOString()} is not after ${since.toISOString()}`);
  }
  const step = by ?? LONGEST_MS.find(([, longest]) => length <= longest)?.[0] ?? 'day';
  const size = STEP_MS[step];
  const from = new Date(Math.floor(since.getTime() / size) * size);
  const count = Math.ceil((until.getTime() - from.getTime()) / size);
  if (count > MOST_PERIODS) {
    throw new NetgoatError('usage', `by: ${count} periods are more than ${MOST_PERIODS}`, {
      hint: `take --by ${step === 'minute' ? 'hour' : 'day'}, or a shorter --since`,
    });
  }
  return { from, until, by: step, count };
}

/** When each period of the time begins. */
export function beginnings({ from, by, count }: Span): Date[] {
  return Array.from({ length: count }, (_, at) => new Date(from.getTime() + at * STEP_MS[by]));
}
