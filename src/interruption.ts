import { setImmediate } from 'node:timers/promises';

/** Ctrl-C, a request to end, a terminal that was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What is to be done before the process goes, the newest first. */
const acts: (() => void)[] = [];

/** How often Ctrl-C was given away. */
let given = 0;

/** Asks work that runs until it is told to end, as a server does. */
let orderly: AbortController | undefined;

function interrupted(signal: NodeJS.Signals): void {
  if (signal === 'SIGINT' && given > 0) return;
  if (orderly !== undefined && !orderly.signal.aborted) return orderly.abort(signal);
  for (const act of acts.toReversed()) act();
  listen(false);
  process.kill(process.pid, signal);
}

function listen(on: boolean): void {
  for (const signal of SIGNALS) {
    if (on) process.on(signal, interrupted);
    else process.off(signal, interrupted);
  }
}

/**
 * Has something done if the process is interrupted (Ctrl-C) or told to end, which it then does as if nobody had
 * listened. It must be done at once, without waiting for anything.
 * @returns what takes that back.
 */
export function onInterruption(act: () => void): () => void {
  if (acts.length === 0) listen(true);
  acts.push(act);
  return () => {
    const at = acts.indexOf(act);
    if (at >= 0) acts.splice(at, 1);
    if (acts.length === 0) listen(false);
  };
}

/** Between the steps of long work that never waits: who has pressed Ctrl-C meanwhile is heard. */
export async function letSignalsIn(): Promise<void> {
  // The first may pass before signals are looked for.
  await setImmediate();
  await setImmediate();
}

/** A line that tells of an interruption, as errors are told; on a terminal, after its `^C`. */
export function interruptionLine(stream: { isTTY?: boolean }, what = ''): string {
  return `${stream.isTTY ? '\n' : ''}error: interrupted${what}\n`;
}

/** What says what an interruption comes to, the innermost last. */
const notices: (() => void)[] = [];

/** Does work that says, interrupted, what becomes of it; work within it that does so has the word. */
export async function withNotice<T>(say: () => void, work: () => Promise<T>): Promise<T> {
  const notice = (): void => say();
  notices.push(notice);
  const forget = onInterruption(() => {
    if (notices.at(-1) === notice) say();
  });
  try {
    return await work();
  } finally {
    forget();
    notices.splice(notices.indexOf(notice), 1);
  }
}

/**
 * Does work that runs until it is told to end: the first Ctrl-C or request to end aborts `ending`, whose reason is then
 * the signal's name, and the work ends in order; a second one ends the process at once.
 * @param asked ends it as well: what runs netgoat within its own process has no signals to send.
 */
export async function untilTold<T>(
  asked: AbortSignal | undefined,
  work: (ending: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  orderly = controller;
  const forget = onInterruption(() => undefined);
  try {
    return await work(asked === undefined ? controller.signal : AbortSignal.any([asked, controller.signal]));
  } finally {
    forget();
    orderly = undefined;
  }
}

/** While the work runs, Ctrl-C is for another process at the same terminal, as an editor, and does nothing to this one. */
export async function givingCtrlCAway<T>(work: () => Promise<T>): Promise<T> {
  given += 1;
  for (const signal of CTRL) process.on(signal, ignore);
  try {
    return await work();
  } finally {
    given -= 1;
    for (const signal of CTRL) process.off(signal, ignore);
  }
}

/** Of Ctrl-C and Ctrl-\. */
const CTRL = ['SIGINT', 'SIGQUIT'] as const;

function ignore(): void {
  // It is the other's.
}
