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

/** Words of a block that say what it is: magic number, content, block; the others follow from them. */
const HEAD_WORDS = 3;

const mixed = (content: Content, block: number, word: number): number =>
  Math.imul(content ^ Math.imul(block + 1, 0x85ebca6b) ^ Math.imul(word, 0xc2b2ae35), 0x9e3779b1) >>> 0;

/** Bytes as words of this machine, which is a little endian one wherever QEMU and node run; a copy where they lie askew. */
const wordsOf = (bytes: Buffer): Uint32Array =>
  bytes.byteOffset % 4 === 0
    ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2)
    : new Uint32Array(Uint8Array.from(bytes).buffer, 0, bytes.length >> 2);

/** Writes a content's sector. @param bytes as long as the sector, whole words of its buffer */
export function fillSector(bytes: Buffer, content: Content): void {
  if (content === ZERO) return void bytes.fill(0);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  for (let block = 0; block * BLOCK_BYTES < bytes.length; block++) {
    const at = block * WORDS;
    words[at] = MAGIC;
    words[at + 1] = content;
    words[at + 2] = block;
    for (let word = HEAD_WORDS; word < WORDS; word++) words[at + word] = mixed(content, block, word);
  }
}

/** The content of a sector, or TORN. */
export function contentOf(bytes: Buffer): Content {
  const words = wordsOf(bytes);
  const first = blockIn(words, 0);
  if (first === null) return TORN;
  for (let block = 1; block < words.length / WORDS; block++) {
    const found = blockIn(words, block * WORDS);
    if (found === null || found.content !== first.content || (found.content !== ZERO && found.block !== block)) return TORN;
  }
  return first.content !== ZERO && first.block !== 0 ? TORN : first.content;
}

/** What a block says that it is. Null: it is none of ours. */
export const blockOf = (bytes: Buffer, at: number): { content: Content; block: number } | null =>
  blockIn(wordsOf(bytes.subarray(at, at + BLOCK_BYTES)), 0);

function blockIn(words: Uint32Array, at: number): { content: Content; block: number } | null {
  if (words[at] !== MAGIC) return isZeroBlock(words, at) ? { content: ZERO, block: 0 } : null;
  const [content, block] = [words[at + 1]!, words[at + 2]!];
  for (let word = HEAD_WORDS; word < WORDS; word++) if (words[at + word] !== mixed(content, block, word)) return null;
  return { content, block };
}

function isZeroBlock(words: Uint32Array, at: number): boolean {
  for (let word = 0; word < WORDS; word++) if (words[at + word] !== 0) return false;
  return true;
}
