import type { Style } from '../../dns/master-file/write.ts';
import { readWhole } from '../../edge/read-whole.ts';
import { Spool } from '../../edge/spool.ts';
import { findDomain } from '../../queries/domains.ts';
import { readZoneFile } from '../../queries/zone-file.ts';
import type { ZoneFile } from '../../queries/zone-file.ts';
import type { Call } from '../spec.ts';

/** A zone as a master file; its lines are kept apart from the store, so that a slow reader holds nothing up. */
export interface SpooledZone extends Pick<ZoneFile, 'domain' | 'head'> {
  spool: Spool;
}

/**
 * Reads the master file of a zone of one state of the store.
 * @throws NetgoatError not-found: no such domain within reach; conflict: as `readWhole`; failed: a record is damaged.
 */
export async function spoolZone({ store, access }: Call, name: string, style: Style): Promise<SpooledZone> {
  const { _id: id, teamId } = await findDomain(store, access, name);
  const domain = { id, teamId };
  const spool = new Spool();
  try {
    return await readWhole(store, { teams: access.teams, domain }, async (session) => {
      await spool.clear();
      const file = await readZoneFile(store, domain, session, style);
      for await (const some of file.lines) for (const line of some) await spool.add(line);
      return { domain: file.domain, head: file.head, spool };
    });
  } catch (error) {
    await spool.clear();
    throw error;
  }
}
