/** How the cells of a world are laid out: which belong together, and what they are like. It is settled before there are any. */

/**
 * What cells survive: `nothing`, as memory; `restart`, that of the process, as a disk with a cache in the host's memory;
 * `powerLoss`, as what is stable on a disk, which survives a restart, too.
 */
export type Survives = 'nothing' | 'restart' | 'powerLoss';

interface CellRange {
  readonly name: string;
  readonly first: number;
  readonly length: number;
  readonly survives: Survives;
}

export class Layout {
  size = 0;
  /** 1 for a cell that no other coroutine looks at or changes. */
  isPrivate = new Uint8Array(0);
  /** 1 for a cell that holds contents. */
  holdsContents = new Uint8Array(0);
  #isSealed = false;
  readonly #ranges: CellRange[] = [];
  readonly #private: [first: number, end: number][] = [];
  readonly #contents: [first: number, end: number][] = [];

  /** @returns the first of `length` cells */
  alloc(name: string, length: number, survives: Survives): number {
    if (this.#isSealed) throw new Error(`the world is sealed; ${name} comes too late`);
    const first = this.size;
    this.#ranges.push({ name, first, length, survives });
    this.size += length;
    return first;
  }

  markPrivate(first: number, length: number): void {
    this.#private.push([first, first + length]);
  }

  markContents(first: number, length: number): void {
    this.#contents.push([first, first + length]);
  }

  /** From here on it stays as it is. */
  seal(): void {
    this.#isSealed = true;
    this.isPrivate = marked(this.size, this.#private);
    this.holdsContents = marked(this.size, this.#contents);
  }

  /** The cells that do not survive a restart, of those below `end`. */
  lostInRestart(end: number): number[] {
    const lost = this.#ranges.filter(({ first, survives }) => survives === 'nothing' && first < end);
    return lost.flatMap(({ first, length }) => Array.from({ length }, (_, i) => first + i));
  }

  /** Which named range a cell belongs to, for messages: `source.data[3]`. */
  describe(cell: number): string {
    const range = this.#rangeOf(cell);
    return range === undefined ? `cell ${cell}` : `${range.name}[${cell - range.first}]`;
  }

  /** What was said when the cell was allocated. */
  survives(cell: number): Survives {
    const range = this.#rangeOf(cell);
    if (range === undefined) throw new Error(`there is no cell ${cell}`);
    return range.survives;
  }

  #rangeOf(cell: number): CellRange | undefined {
    return this.#ranges.find(({ first, length }) => cell >= first && cell < first + length);
  }
}

function marked(size: number, ranges: readonly (readonly [first: number, end: number])[]): Uint8Array<ArrayBuffer> {
  const marks = new Uint8Array(size);
  for (const [first, end] of ranges) marks.fill(1, first, end);
  return marks;
}
