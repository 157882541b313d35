import { createHash } from 'node:crypto';
import type { Store } from '../database/store.ts';
import { within } from '../database/store.ts';
import type { Session } from '../database/store.ts';
import { statusClasses } from '../models/analytics-data.ts';
import type { Granularity, Traffic } from '../models/analytics-data.ts';
import type { Id } from '../models/base.ts';

export { noTraffic } from '../models/analytics-data.ts';

/** Traffic to be added to one bucket. */
export interface Increment {
  teamId: Id;
  domainId: Id;
  granularity: Granularity;
  bucket: Date;
  traffic: Traffic;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;

/** Buckets are written in packs of so many: who serves others meanwhile does not keep them waiting. */
const PACK = 250;
/** Marks that a bucket keeps: what was counted so long ago is not tried again. */
const MARKS_KEPT = 128;
const DUPLICATE_KEY = 11000;

/** A name for something that is counted once, made of what tells it from others. */
export function markOf(...parts: readonly unknown[]): string {
  return createHash('sha256').update(parts.map(String).join('\n')).digest('base64url').slice(0, 16);
}

/**
 * Adds traffic to buckets. A bucket that has counted this mark before stays as it is, so that what was interrupted is
 * simply counted again; each bucket may be named once. Not in a transaction: many nodes count into the same bucket, and
 * would have to wait for each other.
 * @param session of a transaction that has made sure that nobody counted this mark.
 */
export async function countOnce(
  store: Store,
  increments: readonly Increment[],
  mark: string,
  session?: Session,
): Promise<void> {
  const { collection } = store.models.AnalyticsData;
  for (let at = 0; at < increments.length; at += PACK) {
    const operations = increments.slice(at, at + PACK).map((each) => upsert(each, mark));
    try {
      await collection.bulkWrite(operations as never, { ordered: false, ...within(session) });
    } catch (error) {
      if (session !== undefined || !isAllDuplicates(error)) throw error;
      // Either it has counted the mark, or somebody made the bucket at the same moment: again, it says which.
      await collection.bulkWrite(operations as never, { ordered: false }).catch((again: unknown) => {
        if (!isAllDuplicates(again)) throw again;
      });
    }
  }
}

/** With the mark in it the filter finds nothing, and the bucket cannot be made a second time. */
function upsert({ teamId, domainId, granularity, bucket, traffic }: Increment, mark: string): object {
  const { status, ...counts } = traffic;
  const classes = statusClasses.map((name) => [`status.${name}`, status[name]] as const);
  return {
    updateOne: {
      filter: { domainId, granularity, bucket, marks: { $ne: mark } },
      update: {
        $inc: { ...counts, ...Object.fromEntries(classes) },
        $setOnInsert: { teamId },
        $push: { marks: { $each: [mark], $slice: -MARKS_KEPT } },
      },
      upsert: true,
    },
  };
}

function isAllDuplicates(error: unknown): boolean {
  const { writeErrors } = error as { writeErrors?: { code?: number }[] };
  return (
    Array.isArray(writeErrors) &&
    writeErrors.length > 0 &&
    writeErrors.every(({ code }) => code === DUPLICATE_KEY)
  );
}
