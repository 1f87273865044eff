/** A disk's bytes in a form that a person can read: data by what it is, and the few bytes of a format's tables as they are. */
import { ZERO } from '../../../../model/block/content.ts';
import type { Disks } from '../disks/disks.ts';
import { BLOCK_BYTES, blockOf } from '../disks/pattern.ts';
import { printContent } from '../observe/oracle.ts';
import { Raw, Tuple } from './python.ts';

/** Bytes of the disk from `start` on, in the file from `offset` on, as of one birth: `@0`, `.g2`. */
interface Run {
  readonly offset: number;
  readonly start: number;
  length: number;
  readonly birth: string;
}

export interface Image {
  /** Each `(offset, start, length, birth)`. */
  readonly data: readonly Tuple[];
  /** Each `(offset, word, word, ...)`, of 8 bytes each, the first byte highest. All else is zero. */
  readonly meta: readonly Tuple[];
}

export function imageOf(image: Buffer, disks: Disks): Image {
  const runs: Run[] = [];
  const tables: Words[] = [];
  for (let at = 0; at < image.length; at += BLOCK_BYTES) {
    const block = blockOf(image, at);
    if (block === null) addTable(tables, image, at);
    else if (block.content !== ZERO) add(runs, at, block, disks);
  }
  return {
    data: runs.map(({ offset, start, length, birth }) => new Tuple(offset, start, length, birth)),
    meta: tables.map(({ offset, words }) => new Tuple(offset, ...shortly(words))),
  };
}

function add(runs: Run[], at: number, { content, block }: { content: number; block: number }, disks: Disks): void {
  const name = printContent({ disks, runs: [] }, content);
  const [, sector, birth] = /^s(\d+)(.*)$/.exec(name)!;
  const start = Number(sector) * disks.sectorBytes + block * BLOCK_BYTES;
  const last = runs.at(-1);
  const goesOn = last?.birth === birth && last!.offset + last!.length === at && last!.start + last!.length === start;
  if (goesOn) last!.length += BLOCK_BYTES;
  else runs.push({ offset: at, start, length: BLOCK_BYTES, birth: birth! });
}

/** 8-byte numbers in the file from `offset` on. */
interface Words {
  readonly offset: number;
  readonly words: bigint[];
}

const WORD_BYTES = 8;
/** So many words of zero are written down, where others follow. */
const ZEROES_WITHIN = 6;

/** Adds what a block of a format's tables has to the tables before it. */
function addTable(tables: Words[], image: Buffer, block: number): void {
  for (let at = block; at < block + BLOCK_BYTES; at += WORD_BYTES) {
    const word = image.readBigUInt64BE(at);
    if (word === 0n) continue;
    const last = tables.at(-1);
    const zeroes = last === undefined ? Infinity : (at - last.offset) / WORD_BYTES - last.words.length;
    if (zeroes <= ZEROES_WITHIN) last!.words.push(...Array<bigint>(zeroes).fill(0n), word);
    else tables.push({ offset: at, words: [word] });
  }
}

/** Numbers as Python has them, with a range where they rise evenly. */
function shortly(words: readonly bigint[]): Raw[] {
  const short: Raw[] = [];
  for (let i = 0; i < words.length;) {
    const step = (words[i + 1] ?? 0n) - words[i]!;
    let end = i + 1;
    while (end < words.length && words[end] === words[end - 1]! + step) end++;
    const plain = words.slice(i, end).map(number);
    const range =
      step > 0n ? `*range(${number(words[i]!)}, ${number(words[end - 1]! + step)}, ${step})` : `*[${number(words[i]!)}] * ${end - i}`;
    const isShorter = step >= 0n && range.length < plain.join(', ').length;
    short.push(...(isShorter ? [range] : plain.slice(0, 1)).map((text) => new Raw(text)));
    i = isShorter ? end : i + 1;
  }
  return short;
}

const number = (word: bigint): string => (word < 2n ** 32n ? String(word) : `0x${word.toString(16)}`);
