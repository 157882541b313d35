import { inert } from '../output/sanitize.ts';
import { unfinishedOn } from '../queries/unfinished.ts';
import type { Call, RawInput } from './spec.ts';

/** Warns who is shown the domain that a command names while a set of Changes is being written to it. */
export async function warnOfUnfinished({ context, store, access }: Call, input: RawInput): Promise<void> {
  const { domain } = input;
  if (typeof domain !== 'string') return;
  const found = await unfinishedOn(store, access, domain);
  if (found === null) return;
  const { version, hostname, command } = found;
  const what = command === null ? '' : ` (${inert(command)})`;
  context.warn(
    `version ${version}${what} is still being written to ${inert(hostname)}: what is shown is between the two ` +
      '(`netgoat history resume` finishes it if its process is gone)',
  );
}
