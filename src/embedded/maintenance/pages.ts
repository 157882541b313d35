import { fstatSync, readSync } from 'node:fs';
import { endianness } from 'node:os';
import { readMeta, treeAt, type Meta, type Tree } from './meta-page.ts';

const HEADER = 24;
const NODE_HEADER = 8;
const TREE_BYTES = 48;
/** The kinds of pages, and of nodes in them (`Page Flags` and `Node Flags` of lmdb's mdb.c). */
const PAGE = { branch: 0x01, leaf: 0x02, overflow: 0x04 } as const;
const NODE = { overflow: 0x01, tree: 0x02 } as const;
const MAX_PROBLEMS = 20;

/** What is wrong with the pages of a data file, in words; where others write all the time, it may be nothing. */
export interface PageCheck {
  readonly problems: readonly string[];
  readonly moving: boolean;
}

/** How often pages are read again where others write meanwhile. */
const ATTEMPTS = 3;

/**
 * Whether a data file lacks pages that are in use: LMDB maps it into memory, and the process dies when it reads them.
 * Costs a look at the size; the trees are read only of a file that is shorter than it may be, because the last pages
 * may be free ones that were never written.
 */
export function isCutShort(file: number): boolean {
  const meta = readMeta(file);
  // LMDB itself says what is wrong with such a file
  if (!meta) return false;
  if (fstatSync(file).size >= (meta.lastPage + 1) * meta.pageSize) return false;
  const { problems, moving } = checkPages(file);
  return !moving && problems.some((problem) => problem.includes(BEYOND));
}

/**
 * Reads every page in use as LMDB would find it, without LMDB, which crashes on a damaged one. Where others write
 * meanwhile, pages that they use anew may look like problems: what two looks at one transaction find is true.
 */
export function checkPages(file: number): PageCheck {
  // the layout is that of the machine, and what is read here is the usual one
  if (endianness() !== 'LE') return { problems: [], moving: false };
  let last = look(file);
  for (let attempt = 1; attempt < ATTEMPTS && last.problems.length > 0; attempt++) {
    const again = look(file);
    if (again.transaction === last.transaction) return { problems: again.problems, moving: false };
    last = again;
  }
  return { problems: last.problems, moving: last.problems.length > 0 };
}

function look(file: number): { problems: readonly string[]; transaction: number } {
  const meta = readMeta(file);
  if (!meta) return { problems: ['the data file has no readable first pages'], transaction: 0 };
  return { problems: new Pages(file, meta).check(), transaction: meta.transaction };
}

const BEYOND = 'beyond the end of the file';

class Pages {
  private readonly file: number;
  private readonly meta: Meta;
  private readonly pages: number;
  private readonly seen: Uint8Array;
  private readonly problems: string[] = [];

  constructor(file: number, meta: Meta) {
    this.file = file;
    this.meta = meta;
    this.pages = Math.ceil(fstatSync(file).size / meta.pageSize);
    this.seen = new Uint8Array(Math.ceil((this.pages + 1) / 8));
  }

  check(): string[] {
    this.tree('free pages', this.meta.free);
    this.tree('tables', this.meta.main);
    return this.problems;
  }

  private tree(name: string, { root, depth, entries }: Tree): void {
    if (root === undefined) return;
    const before = this.problems.length;
    const found = this.page(name, root, depth);
    if (this.problems.length > before || found === entries) return;
    this.report(`${name}: ${found} entries are there, ${entries} should be`);
  }

  /** Gives how many entries are below a page. */
  private page(name: string, number: number, depth: number): number {
    const bytes = this.read(name, number);
    if (!bytes) return 0;
    const leaf = depth <= 1;
    if ((bytes.readUInt16LE(18) & 0x0f) !== (leaf ? PAGE.leaf : PAGE.branch)) {
      this.report(`${name}: page ${number} is not what it should be`);
      return 0;
    }
    const nodes = nodesOf(bytes);
    if (!nodes) {
      this.report(`${name}: page ${number} is damaged`);
      return 0;
    }
    if (leaf) {
      for (const node of nodes) this.leaf(name, number, bytes, node);
      return nodes.length;
    }
    const children = nodes.map((node) => bytes.readUIntLE(node, 6));
    return children.reduce((sum, child) => sum + this.page(name, child, depth - 1), 0);
  }

  private leaf(name: string, number: number, bytes: Buffer, node: number): void {
    const size = bytes.readUInt32LE(node);
    const flags = bytes.readUInt16LE(node + 4);
    const key = node + NODE_HEADER;
    const value = key + bytes.readUInt16LE(node + 6);
    const overflows = (flags & NODE.overflow) !== 0;
    if (value + (overflows ? 8 : size) > bytes.length) {
      this.report(`${name}: page ${number} is damaged`);
    } else if (overflows) {
      this.overflow(name, Number(bytes.readBigUInt64LE(value)), size);
    } else if ((flags & NODE.tree) !== 0 && size === TREE_BYTES) {
      this.tree(bytes.toString('latin1', key, value).replaceAll('\0', ''), treeAt(Buffer.from(bytes), value));
    }
  }

  /** A value that is too long for a page has pages of its own, one after the other. */
  private overflow(name: string, number: number, size: number): void {
    const bytes = this.read(name, number);
    if (!bytes) return;
    const pages = bytes.readUInt32LE(20);
    if ((bytes.readUInt16LE(18) & PAGE.overflow) === 0 || pages * bytes.length < HEADER + size) {
      this.report(`${name}: page ${number} is not what it should be`);
    } else if (number + pages > this.pages) {
      this.report(`${name}: page ${number + pages - 1} is ${BEYOND}`);
    }
  }

  private read(name: string, number: number): Buffer | undefined {
    if (number >= this.pages) return this.report(`${name}: page ${number} is ${BEYOND}`);
    const bit = 1 << (number & 7);
    if ((this.seen[number >> 3]! & bit) !== 0) return this.report(`${name}: page ${number} is in use twice`);
    this.seen[number >> 3]! |= bit;
    const bytes = Buffer.allocUnsafe(this.meta.pageSize);
    const length = readSync(this.file, bytes, 0, bytes.length, number * bytes.length);
    if (length < bytes.length) return this.report(`${name}: page ${number} is ${BEYOND}`);
    if (bytes.readBigUInt64LE(0) !== BigInt(number)) {
      return this.report(`${name}: page ${number} is not what it should be`);
    }
    return bytes;
  }

  private report(problem: string): undefined {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
  }
}

/** Where the nodes of a page begin; nothing if its list of them makes no sense. */
function nodesOf(bytes: Buffer): number[] | undefined {
  const lower = bytes.readUInt16LE(20);
  const upper = bytes.readUInt16LE(22);
  if (lower > upper || upper + HEADER > bytes.length) return undefined;
  const nodes = Array.from({ length: lower >> 1 }, (_, n) => bytes.readUInt16LE(HEADER + 2 * n) + HEADER);
  return nodes.every((node) => node >= upper + HEADER && node + NODE_HEADER <= bytes.length)
    ? nodes
    : undefined;
}
