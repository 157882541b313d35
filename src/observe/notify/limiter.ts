/** Runs work side by side, but no more of it at once than this; the rest waits its turn. */
export function limiter(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // Who waits takes this place over.
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
