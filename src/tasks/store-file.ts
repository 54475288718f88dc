import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * Why the database's file cannot be opened; undefined when it can, or is yet to be made. The
 * database maps what it is given into memory, where a wrong number or a missing page ends the
 * process: it has to be known before.
 */
export function damageOf(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    // Whoever opens it to write tells what else there is to tell.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { size } = fstatSync(descriptor);
    return size === 0 ? undefined : new DatabaseFile(descriptor, size).damage();
  } finally {
    closeSync(descriptor);
  }
}

/** The layout of LMDB's files, as far as it tells where the pages are. All numbers are little. */
class DatabaseFile {
  readonly #descriptor: number;
  readonly #size: number;
  #pageSize = HEAD_SIZE;

  constructor(descriptor: number, size: number) {
    this.#descriptor = descriptor;
    this.#size = size;
  }

  damage(): string | undefined {
    const head = this.#read(0, HEAD_SIZE);
    const version = head?.readUInt32LE(VERSION_AT);
    if (head?.readUInt32LE(MAGIC_AT) === MAGIC && version !== VERSION) {
      return `it is of version ${version}, and only version ${VERSION} can be read`;
    }
    const first = this.#meta(0);
    if (first === undefined) return 'it is no database of this kind, or its beginning is damaged';
    this.#pageSize = first.pageSize;
    const second = this.#meta(first.pageSize);
    if (second === undefined) return 'its beginning is damaged';
    const { roots, lastPage } = second.turn > first.turn ? second : first;
    // The last pages may never have been written, when nothing is in them.
    if ((lastPage + 1) * this.#pageSize <= this.#size || this.#isWhole(roots)) return undefined;
    return `its end is missing: it has ${this.#size} bytes`;
  }

  #meta(at: number): Meta | undefined {
    const head = this.#read(at, HEAD_SIZE);
    if (head?.readUInt32LE(MAGIC_AT) !== MAGIC) return undefined;
    const pageSize = head.readUInt32LE(PAGE_SIZE_AT);
    if (head.readUInt32LE(VERSION_AT) !== VERSION || !isPageSize(pageSize)) return undefined;
    const [lastPage, turn] = [numberAt(head, LAST_PAGE_AT), numberAt(head, TURN_AT)];
    return { pageSize, lastPage, turn, roots: ROOTS_AT.map((root) => numberAt(head, root)) };
  }

  /** Whether all pages below these are in the file. */
  #isWhole(roots: readonly number[]): boolean {
    const open = [...roots];
    // Damaged trees may go in circles.
    let left = this.#size / this.#pageSize;
    for (let page = open.pop(); page !== undefined; page = open.pop()) {
      // A tree without entries has no root.
      if (page === NONE) continue;
      const bytes = this.#read(page * this.#pageSize, this.#pageSize);
      if (bytes === undefined) return false;
      if (--left < 0 || !this.#visit(bytes, open)) return false;
    }
    return true;
  }

  /** Notes the pages that are below this one. False when one of them is not in the file. */
  #visit(bytes: Buffer, open: number[]): boolean {
    const isBranch = (bytes.readUInt16LE(FLAGS_AT) & BRANCH) !== 0;
    const end = Math.min(bytes.readUInt16LE(LOWER_AT), bytes.length);
    for (let at = PAGE_HEAD; at < end; at += 2) {
      const node = bytes.subarray(bytes.readUInt16LE(at));
      if (node.length < NODE_HEAD) return false;
      const value = node.subarray(NODE_HEAD + node.readUInt16LE(6));
      const flags = node.readUInt16LE(4);
      if (isBranch) open.push(node.readUIntLE(0, 6));
      else if ((flags & SUB_TREE) !== 0) open.push(numberAt(value, SUB_ROOT_AT));
      else if ((flags & OVERFLOW) !== 0 && !this.#hasLarge(node, numberAt(value, 0))) return false;
    }
    return true;
  }

  #hasLarge(node: Buffer, page: number): boolean {
    const end = page * this.#pageSize + PAGE_HEAD + node.readUInt32LE(0);
    return end <= this.#size;
  }

  #read(at: number, length: number): Buffer | undefined {
    const bytes = Buffer.alloc(length);
    return readSync(this.#descriptor, bytes, 0, length, at) === length ? bytes : undefined;
  }
}

interface Meta {
  readonly pageSize: number;
  readonly lastPage: number;
  /** The later one counts. */
  readonly turn: number;
  /** Of the tree of free pages, and of the tree that names the others. */
  readonly roots: readonly number[];
}

function isPageSize(size: number): boolean {
  return size >= 256 && size <= 65_536 && (size & (size - 1)) === 0;
}

function numberAt(bytes: Buffer, at: number): number {
  return at + 8 > bytes.length ? Infinity : Number(bytes.readBigUInt64LE(at));
}

const MAGIC = 0xbeefc0de;
const VERSION = 2;
const MAGIC_AT = 24;
const VERSION_AT = 28;
const PAGE_SIZE_AT = 48;
const ROOTS_AT = [88, 136];
const LAST_PAGE_AT = 144;
const TURN_AT = 152;
const HEAD_SIZE = 168;
const NONE = Number(0xffff_ffff_ffff_ffffn);

const PAGE_HEAD = 24;
const FLAGS_AT = 18;
const LOWER_AT = 20;
const NODE_HEAD = 8;
const SUB_ROOT_AT = 40;
const BRANCH = 1;
const OVERFLOW = 1;
const SUB_TREE = 2;
