/**
 * The window of the promise: from T0 until the job has let go of a disk that it has not copied. Within it the backup shows the disk
 * at T0; who opens and closes it tells what happens to a machine, or to QEMU.
 */
import type { OracleMemory } from './view.ts';

/** In its cell; before T0 that is 0. */
const OPEN = 1;
const CLOSED = 2;

export class PromiseWindow {
  readonly #memory: OracleMemory;
  readonly #cell: number;

  constructor(memory: OracleMemory) {
    this.#memory = memory;
    this.#cell = memory.alloc('oracle.promise', 1);
  }

  /** T0 is now. */
  open(): void {
    this.#memory.store(this.#cell, OPEN);
  }
  /** Nothing is promised any more; or there never will be a promise. */
  close(): void {
    if (this.isOpen) this.#memory.store(this.#cell, CLOSED);
  }
  /** Whether there was a T0. */
  get hasOpened(): boolean {
    return this.#memory.cells[this.#cell] !== 0;
  }
  /** Whether T0 has been and it has not closed. */
  get isOpen(): boolean {
    return this.#memory.cells[this.#cell] === OPEN;
  }
}
