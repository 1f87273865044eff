/** What an oracle remembers beside a real QEMU, which never goes back. */
import type { OracleMemory } from '../../../../properties/view.ts';

export class ArrayMemory implements OracleMemory {
  cells = new Int32Array(0);

  alloc(_name: string, length: number): number {
    const first = this.cells.length;
    const cells = new Int32Array(first + length);
    cells.set(this.cells);
    this.cells = cells;
    return first;
  }

  markContents(): void {}

  store(cell: number, value: number): void {
    this.cells[cell] = value;
  }
}
