import { readFileSync, readSync } from 'node:fs';
import { endianness } from 'node:os';

/** A tree of pages: its topmost page, none for an empty one. */
export interface Tree {
  readonly root: number | undefined;
  readonly depth: number;
  readonly entries: number;
}

/** What a meta page says: the state that a transaction left. */
export interface Meta {
  readonly transaction: number;
  readonly pageSize: number;
  readonly lastPage: number;
  readonly free: Tree;
  readonly main: Tree;
  /** Committed, but perhaps not yet on the disk. */
  readonly unsynced: boolean;
  readonly boot: bigint;
}

const META_BYTES = 168;
const HEADER = 24;
const MAGIC = 0xbeefc0de;
const VERSION = 2;
/** lmdb-js's own flag of a meta page, MDB_OVERLAPPINGSYNC. */
const OVERLAPPING_SYNC = 0x1000;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;
const SMALLEST_PAGE = 256;
const LARGEST_PAGE = 0x10000;

/**
 * The state of a data file that LMDB goes on from when it opens it: the newest, or, after a crash of the machine, one
 * that is on the disk for sure. The layout is that of lmdb 3 (`MDB_meta` and `mdb_pick_meta` in its mdb.c).
 * @returns nothing where the file has no such state, or is of another byte order or version.
 */
export function readMeta(file: number): Meta | undefined {
  if (endianness() !== 'LE') return undefined;
  const first = metaAt(file, 0);
  if (!first || first.pageSize < SMALLEST_PAGE || first.pageSize > LARGEST_PAGE) return undefined;
  const second = metaAt(file, first.pageSize);
  if (!second) return undefined;
  const synced = metaAt(file, first.pageSize / 2, true);
  const boot = bootId();
  const picked = pick(first, second, boot);
  return synced ? pick(picked, synced, boot) : picked;
}

function pick(a: Meta, b: Meta, boot: bigint | undefined): Meta {
  if (b.transaction === 0) return a;
  const newest = a.transaction >= b.transaction ? a : b;
  if (!newest.unsynced || boot === undefined || newest.boot === boot) return newest;
  return newest === a ? b : a;
}

/** The third, half a page below the first, has neither magic number nor version. */
function metaAt(file: number, offset: number, bare = false): Meta | undefined {
  const page = Buffer.alloc(META_BYTES);
  if (readSync(file, page, 0, META_BYTES, offset) < META_BYTES) return undefined;
  if (
    !bare &&
    (page.readUInt32LE(HEADER) !== MAGIC || (page.readUInt32LE(HEADER + 4) & 0xffff) !== VERSION)
  ) {
    return undefined;
  }
  return {
    pageSize: page.readUInt32LE(48),
    unsynced: (page.readUInt16LE(52) & OVERLAPPING_SYNC) !== 0,
    free: treeAt(page, 48),
    main: treeAt(page, 96),
    lastPage: Number(page.readBigUInt64LE(144)),
    transaction: Number(page.readBigUInt64LE(152)),
    boot: page.readBigInt64LE(160),
  };
}

/** A tree as LMDB keeps it, 48 bytes. */
export function treeAt(bytes: Buffer, offset: number): Tree {
  const root = bytes.readBigUInt64LE(offset + 40);
  return {
    depth: bytes.readUInt16LE(offset + 6),
    entries: Number(bytes.readBigUInt64LE(offset + 32)),
    root: root === NO_PAGE ? undefined : Number(root),
  };
}

/** As lmdb reads it: the first digits of the id of this start of the machine. Elsewhere the newest state is taken. */
function bootId(): bigint | undefined {
  try {
    const text = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
    return BigInt(`0x${/^[0-9a-f]+/.exec(text)?.[0] ?? '0'}`);
  } catch {
    return undefined;
  }
}
