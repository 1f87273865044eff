/**
 * always-finishes: every request, the job and a cancel end. Not one waits for ever, and no step
 * goes on without yielding. A NONE job that nobody cancels is not expected to end.
 */
import { nameOf } from '../model/kernel/step.ts';
import { Misuse } from '../model/kernel/world.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import type { Machine } from '../model/machine.ts';
import type { Property, Violation } from './property.ts';
import { Watched } from './watch.ts';

export class AlwaysFinishes implements Property {
  readonly name = 'always-finishes';
  readonly sentence = 'Every request, the job and a cancel end: nobody waits for ever, and no step spins.';
  readonly watches = Watched.misuse;
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  begin(): void {}

  after(coroutine: Coroutine): Violation | null {
    const { world } = this.#machine;
    if (world.cells[world.misuseCell] !== Misuse.spins) return null;
    return { property: this.name, detail: `${this.#machine.coroutineName(coroutine)} goes on for ever without yielding: nothing else can run` };
  }

  end(): Violation | null {
    const waiting = this.#machine.coroutines.alive().filter((c) => !this.#mayStay(c));
    if (waiting.length === 0) return null;
    const who = waiting.map((c) => `${this.#machine.coroutineName(c)} in "${this.#machine.stepName(c.pending)}"`);
    return { property: this.name, detail: `nothing can run any more, and these wait: ${who.join(', ')}` };
  }

  #mayStay(coroutine: Coroutine): boolean {
    return coroutine === this.#machine.job && nameOf(coroutine.pending).label === 'park' && !this.#machine.scenario.cancel;
  }
}
