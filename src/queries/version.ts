import { within } from '../database/store.ts';
import type { Session, Store, VersionDocument, Writer } from '../database/store.ts';

/** The version of the newest applied set, and who is writing; version 0 for a store that holds nothing yet. */
export async function readVersion(
  store: Store,
  session?: Session,
): Promise<{ value: number; writer: Writer | null }> {
  const meta = store.connection.collection<VersionDocument>('meta');
  const found = await meta.findOne({ _id: 'version' }, within(session));
  return { value: found?.value ?? 0, writer: found?.writer ?? null };
}
