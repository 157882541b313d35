import type { Desk } from '../observe/judge.ts';
import type { Call } from './spec.ts';

/** What judging works with, of a command's: its store and clock, and webhooks that are told in its environment. */
export async function openDesk({ store, context }: Call): Promise<Desk> {
  const now = () => context.world.now();
  return { store, notifier: { tell: () => undefined, settle: async () => undefined }, now };
}
