const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** What is to be done before the process goes, the newest first. */
const acts: (() => void)[] = [];

function interrupted(signal: NodeJS.Signals): void {
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
