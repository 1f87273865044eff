/** What cells held before they were changed, so that a search can go back. */
import type { Fingerprint } from './fingerprint.ts';

export class UndoLog {
  /** Cell, old value; cell, old value; ... */
  #changes = new Int32Array(0);
  #top = 0;

  /** A place to come back to. */
  get mark(): number {
    return this.#top;
  }

  clear(): void {
    this.#top = 0;
  }

  add(cell: number, old: number): void {
    if (this.#top + 2 > this.#changes.length) {
      const longer = new Int32Array(Math.max(1024, this.#changes.length * 2));
      longer.set(this.#changes);
      this.#changes = longer;
    }
    this.#changes[this.#top++] = cell;
    this.#changes[this.#top++] = old;
  }

  /** What changed since the mark, oldest first: a cell and what it held, a cell and what it held, ... */
  since(mark: number): Int32Array {
    return this.#changes.slice(mark, this.#top);
  }

  /** Takes back every change since the mark, newest first. */
  undoTo(mark: number, cells: Int32Array): void {
    const changes = this.#changes;
    let top = this.#top;
    while (top > mark) {
      const old = changes[--top]!;
      cells[changes[--top]!] = old;
    }
    this.#top = top;
  }

  /** The same, and the fingerprint with it. */
  undoWith(fingerprint: Fingerprint, mark: number, cells: Int32Array): void {
    const changes = this.#changes;
    while (this.#top > mark) {
      const old = changes[--this.#top]!;
      const cell = changes[--this.#top]!;
      fingerprint.change(cell, cells[cell]!, old);
      cells[cell] = old;
    }
  }
}
