/**
 * Contents as bytes. A sector of the scenario is so many blocks of 512 bytes, and each block says which
 * content it belongs to and which of its blocks it is; the rest of it follows from both. So data at a wrong
 * place, mixed or torn data shows, and accidental equality cannot be. Zero is bytes of zero.
 */
import { type Content, ZERO } from '../../../../model/block/content.ts';

export const BLOCK_BYTES = 512;
export { CLUSTER_BYTES as BACKUP_CLUSTER_BYTES } from '../../../validate/log.ts';

/** Neither zero nor a whole content: mixed, torn, or nobody's. */
export const TORN: Content = -1;

const WORDS = BLOCK_BYTES / 4;
const MAGIC = 0x434f5763;

const mixed = (content: Content, block: number, word: number): number =>
  Math.imul(content ^ Math.imul(block + 1, 0x85ebca6b) ^ Math.imul(word, 0xc2b2ae35), 0x9e3779b1) >>> 0;

/** Writes a content's sector. @param bytes as long as the sector */
export function fillSector(bytes: Buffer, content: Content): void {
  if (content === ZERO) return void bytes.fill(0);
  for (let block = 0; block * BLOCK_BYTES < bytes.length; block++) {
    const at = block * BLOCK_BYTES;
    bytes.writeUInt32LE(MAGIC, at);
    bytes.writeUInt32LE(content, at + 4);
    bytes.writeUInt32LE(block, at + 8);
    for (let word = 3; word < WORDS; word++) bytes.writeUInt32LE(mixed(content, block, word), at + 4 * word);
  }
}

/** The content of a sector, or TORN. */
export function contentOf(bytes: Buffer): Content {
  const first = blockOf(bytes, 0);
  if (first === null) return TORN;
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const found = blockOf(bytes, at);
    if (found === null || found.content !== first.content || (found.content !== ZERO && found.block !== at / BLOCK_BYTES)) return TORN;
  }
  return first.content;
}

/** What a block says that it is. Null: it is none of ours. */
export function blockOf(bytes: Buffer, at: number): { content: Content; block: number } | null {
  if (bytes.readUInt32LE(at) !== MAGIC) return isZeroBlock(bytes, at) ? { content: ZERO, block: 0 } : null;
  const [content, block] = [bytes.readUInt32LE(at + 4), bytes.readUInt32LE(at + 8)];
  for (let word = 3; word < WORDS; word++) if (bytes.readUInt32LE(at + 4 * word) !== mixed(content, block, word)) return null;
  return { content, block };
}

const ZEROES = Buffer.alloc(BLOCK_BYTES);
const isZeroBlock = (bytes: Buffer, at: number): boolean => bytes.compare(ZEROES, 0, BLOCK_BYTES, at, at + BLOCK_BYTES) === 0;
