/**
 * Contents of sectors in a row as one word list, without a comma or a colon, so that it can stand among what a step
 * has shown: `at 4 zero*2 s6-127@0 s3.g2` is zeroes in sectors 4 and 5, then what sectors 6 to 127 held at T0, and so on.
 */

/** Sectors in a row, and what each holds, by name. */
export interface Stretch {
  readonly first: number;
  readonly names: readonly string[];
}

const SECTOR = /^s(\d+)(@0|@base|@old|\.[\w-]+)$/;
const RUN = /^s(\d+)-(\d+)(@0|@base|@old|\.[\w-]+)$/;
const TIMES = /^(zero|torn)\*(\d+)$/;

/** No disk that QEMU is given is longer (disks.ts). */
const SECTORS_MAX = 2 ** 17;

export function printStretch({ first, names }: Stretch): string {
  const words: string[] = [];
  for (let i = 0; i < names.length;) {
    const end = runEnd(names, i);
    words.push(end - i === 1 ? names[i]! : runOf(names[i]!, end - i));
    i = end;
  }
  return `at ${first} ${words.join(' ')}`;
}

/** The inverse. Null: it is not written so. */
export function parseStretch(text: string): Stretch | null {
  const [at, where = '', ...words] = text.split(' ');
  if (at !== 'at' || !/^\d{1,7}$/.test(where) || words.length === 0) return null;
  const names: string[] = [];
  for (const word of words) {
    const run = RUN.exec(word);
    const times = TIMES.exec(word);
    const [from, to] = run === null ? [1, times === null ? 1 : Number(times[2])] : [Number(run[1]), Number(run[2])];
    if (to < from || names.length + to - from > SECTORS_MAX) return null;
    for (let n = from; n <= to; n++) names.push(run === null ? (times?.[1] ?? word) : `s${n}${run[3]}`);
  }
  return { first: Number(where), names };
}

/** Where the names that can be written as one run end. */
function runEnd(names: readonly string[], from: number): number {
  const [, sector, birth] = SECTOR.exec(names[from]!) ?? [];
  let end = from + 1;
  while (end < names.length && names[end] === (sector === undefined ? names[from] : `s${Number(sector) + end - from}${birth}`)) end++;
  return end;
}

function runOf(name: string, count: number): string {
  const [, sector, birth] = SECTOR.exec(name) ?? [];
  return sector === undefined ? `${name}*${count}` : `s${sector}-${Number(sector) + count - 1}${birth}`;
}
