/**
 * What the Network Block Device protocol looks like on the wire, as far as QEMU and we need it
 * (github.com/NetworkBlockDevice/nbd, doc/proto.md). No library fits: @vates/nbd-client, the one that
 * is maintained for Node, only reads and only over TCP, and there is no server at all whose replies
 * can be held back one by one, which is the point here.
 */
export const NBD_MAGIC = 0x4e42444d41474943n;
export const OPTION_MAGIC = 0x49484156454f5054n;
export const OPTION_REPLY_MAGIC = 0x3e889045565a9n;
export const REQUEST_MAGIC = 0x25609513;
export const SIMPLE_REPLY_MAGIC = 0x67446698;
export const STRUCTURED_REPLY_MAGIC = 0x668e33ef;

/** Handshake: fixed newstyle, no zeroes. */
export const HANDSHAKE_FLAGS = 3;

export const Option = { abort: 2, go: 7, info: 6, structuredReply: 8, setMetaContext: 10 } as const;
export const OptionReply = { ack: 1, info: 3, metaContext: 4, unsupported: 0x80000001, unknown: 0x80000006 } as const;
export const Info = { export: 0, blockSize: 3 } as const;

export const Command = { read: 0, write: 1, disconnect: 2, flush: 3, trim: 4, writeZeroes: 6, blockStatus: 7 } as const;

/** Of a write-zeroes: leave it allocated. */
export const NO_HOLE = 2;
const HAS_FLAGS = 1;
const READ_ONLY = 2;
const SEND_FLUSH = 4;
const SEND_TRIM = 32;
const SEND_WRITE_ZEROES = 64;
export const transmissionFlags = (readOnly: boolean): number =>
  HAS_FLAGS | SEND_FLUSH | (readOnly ? READ_ONLY : SEND_TRIM | SEND_WRITE_ZEROES);

export const ALLOCATION_CONTEXT = 'base:allocation';
/** Of a stretch that reads as zeroes and takes no place. */
export const HOLE_AND_ZERO = 3;

/** What an NBD reply may say of an error: the numbers of Linux. */
export const ERRNO_NUMBERS = { EIO: 5, ENOSPC: 28 } as const;

/** Bytes that come in pieces, taken out in the sizes that the protocol names. Pieces are joined once, when all of a size is there. */
export class ByteQueue {
  #pieces: Buffer[] = [];
  #length = 0;

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }
  get length(): number {
    return this.#length;
  }
  /** The next so many bytes, which stay. Null: they have not come yet. */
  peek(length: number): Buffer | null {
    if (this.#length < length) return null;
    if (this.#pieces.length > 1 && this.#pieces[0]!.length < length) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0]?.subarray(0, length) ?? Buffer.alloc(0);
  }
  /** The next so many bytes. Null: they have not come yet. */
  take(length: number): Buffer | null {
    const bytes = this.peek(length);
    if (bytes === null || length === 0) return bytes;
    this.#length -= length;
    const rest = this.#pieces[0]!.subarray(length);
    if (rest.length === 0) this.#pieces.shift();
    else this.#pieces[0] = rest;
    return bytes;
  }
  drop(length: number): void {
    this.take(length);
  }
}

export function u16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, i) => bytes.writeUInt16BE(value, 2 * i));
  return bytes;
}

export function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => bytes.writeUInt32BE(value, 4 * i));
  return bytes;
}

export function u64(...values: (number | bigint)[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, i) => bytes.writeBigUInt64BE(BigInt(value), 8 * i));
  return bytes;
}

/** A protocol error is never QEMU's alone: it ends the process, and is told. */
export class ProtocolError extends Error {}
