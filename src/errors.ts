/** The exit codes of netgoat, by the reason a command ended. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  'not-found': 3,
  conflict: 4,
  unreachable: 5,
  edge: 6,
  finding: 7,
  safety: 8,
  interrupted: 130,
} as const;

export type ErrorCode = Exclude<keyof typeof EXIT, 'done'>;

/** An expected failure: what happened (`message`), what to do next (`hint`), the exit code (`code`). */
export class NetgoatError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    more: { hint?: string; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.name = 'NetgoatError';
    this.code = code;
    this.hint = more.hint;
    this.details = more.details;
  }
}
