import { DnsError } from '../dns/error.ts';
import type { FileRecord } from '../dns/master-file/file-record.ts';
import { readRemark } from '../dns/master-file/remark.ts';
import type { Remark } from '../dns/master-file/remark.ts';

/** What a stored record has room for. */
const LONGEST_COMMENT = 1000;
const LONGEST_TAG = 100;

/**
 * What the comment behind a record of a file says of it.
 * @throws DnsError remark-invalid: it cannot be read, or is longer than is kept.
 */
export function remarkOf({ remark }: Pick<FileRecord, 'remark'>): Remark {
  const said = readRemark(remark);
  if (said.comment.length > LONGEST_COMMENT) {
    throw new DnsError(
      'remark-invalid',
      `The comment has ${said.comment.length} characters`,
      `At most ${LONGEST_COMMENT} are kept: shorten it, or put it on a line of its own.`,
    );
  }
  const long = said.tags.find((tag) => tag.length > LONGEST_TAG);
  if (long === undefined) return said;
  throw new DnsError(
    'remark-invalid',
    `The tag ${long.slice(0, 20)}… has ${long.length} characters`,
    `At most ${LONGEST_TAG} are kept: shorten it.`,
  );
}
