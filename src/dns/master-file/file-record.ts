import type { RecordData } from '../record-type.ts';

/** Where something stands in a master file: line and column count from 1, a column is a character. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** It is in a file that another one includes, of which messages show nothing. */
  readonly included?: true;
}

/** A record as a master file states it; the SOA too, with type `SOA`. */
export interface FileRecord {
  /** Relative to the zone, `@` at its apex; lower case, escaped. Rules that only storing has are not looked at. */
  readonly name: string;
  readonly type: string;
  readonly data: RecordData;
  readonly ttl: number;
  /** The TTL is the bare number 1 of the record's own line, which means `automatic` in Cloudflare's exports. */
  readonly ttlIsOne: boolean;
  /** What stands behind `;` on the record's last line, without outer blanks; '' where nothing does. */
  readonly remark: string;
  /** False for a record that stands in a comment `; netgoat-disabled: …`, kept but not served. */
  readonly enabled: boolean;
  /** Where its line begins. */
  readonly place: Place;
}

/** What is wrong at a place of a master file; `rule` is an id of reading-rules.ts, `text` the words in question, a tab as a blank. */
export interface Problem {
  readonly place: Place;
  readonly rule: string;
  readonly message: string;
  readonly hint?: string;
  readonly text: string;
}
