/** nothing-freed: no step touches a freed bitmap, a closed target, or a sector out of range. */
import type { Coroutine } from '../model/kernel/coroutine.ts';
import { Misuse } from '../model/kernel/misuse.ts';
import type { Machine } from '../model/machine/machine.ts';
import type { Property, Violation } from './property.ts';
import { Watched } from './watch.ts';

const SAYS: Partial<Record<Misuse, string>> = {
  [Misuse.freedBitmap]: 'used memory that the job had freed',
  [Misuse.closedTarget]: 'wrote to the target after it was closed',
  [Misuse.outOfRange]: 'touched a sector past the end of the disk',
};

export class NothingFreed implements Property {
  readonly name = 'nothing-freed';
  readonly sentence = 'No step touches a freed bitmap, a closed target, or a sector out of range.';
  readonly watches = Watched.misuse;
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  begin(): void {}

  after(coroutine: Coroutine): Violation | null {
    const { world } = this.#machine;
    const says = SAYS[world.cells[world.misuseCell] as Misuse];
    return says === undefined ? null : { property: this.name, detail: `${this.#machine.coroutineName(coroutine)} ${says}` };
  }

  end(): null {
    return null;
  }
}
