import { inert } from './sanitize.ts';

const SHOWN_AFTER_MS = 200;

/**
 * Does the work while a spinner with the text turns on the stream, if it is a terminal and `enabled`; work that is
 * done at once never shows one. The spinner is gone from the screen when this returns or throws what the work threw.
 */
export async function withSpinner<T>(
  stream: NodeJS.WritableStream & { isTTY?: boolean },
  enabled: boolean,
  text: string,
  work: () => Promise<T>,
): Promise<T> {
  if (!enabled || !stream.isTTY) return work();
  let spinner: { stop(): unknown } | undefined;
  let done = false;
  const timer = setTimeout(async () => {
    const { default: ora } = await import('ora');
    if (done) return;
    // Raw mode (ora's discardStdin) would take Ctrl-C from the process's own handler.
    spinner = ora({ text: inert(text), stream, isEnabled: true, discardStdin: false }).start();
  }, SHOWN_AFTER_MS);
  try {
    return await work();
  } finally {
    done = true;
    clearTimeout(timer);
    spinner?.stop();
  }
}
