/** A disk's bytes in a form that a person can read: data by what it is, and the few bytes of a format's tables as they are. */
import { ZERO } from '../../../../model/block/content.ts';
import type { Disks } from '../disks/disks.ts';
import { BLOCK_BYTES, blockOf } from '../disks/pattern.ts';
import { printContent } from '../observe/oracle.ts';
import { Tuple } from './python.ts';

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
  /** Each `(offset, hexadecimal)`. All else is zero. */
  readonly meta: readonly Tuple[];
}

export function imageOf(image: Buffer, disks: Disks): Image {
  const runs: Run[] = [];
  const meta: Tuple[] = [];
  for (let at = 0; at < image.length; at += BLOCK_BYTES) {
    const block = blockOf(image, at);
    if (block === null) meta.push(...tableAt(image, at));
    else if (block.content !== ZERO) add(runs, at, block, disks);
  }
  return { data: runs.map(({ offset, start, length, birth }) => new Tuple(offset, start, length, birth)), meta };
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

/** So many bytes fit into a line. */
const LINE_BYTES = 32;

/** A block of a format's tables, line by line, without lines of zeroes and the zeroes at their ends. */
function tableAt(image: Buffer, at: number): Tuple[] {
  const lines: Tuple[] = [];
  for (let line = at; line < at + BLOCK_BYTES; line += LINE_BYTES) {
    const bytes = image.subarray(line, Math.min(line + LINE_BYTES, at + BLOCK_BYTES));
    const first = bytes.findIndex((byte) => byte !== 0);
    const last = bytes.findLastIndex((byte) => byte !== 0);
    if (first >= 0) lines.push(new Tuple(line + first, bytes.subarray(first, last + 1).toString('hex')));
  }
  return lines;
}
