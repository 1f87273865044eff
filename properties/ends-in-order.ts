/**
 * ends-in-order: a job takes its point in time once, closes its target, and then reports its end, once. A user who hears of the end may
 * take the target away: it must be closed by then. A second point in time would judge the backup by another disk than the first.
 *
 * Which of a job's calls comes too late or too early, the model notes where it is made (`Misuse`). For the built-in jobs the
 * order of closing and reporting is a rule, `eventComesLast`, which cancel-is-clean judges by what copies do to the target.
 */
import { Misuse } from '../model/kernel/misuse.ts';
import type { Machine } from '../model/machine/machine.ts';
import type { Property, Violation } from './property.ts';
import { Watched } from './watch.ts';

const SAYS: Partial<Record<Misuse, string>> = {
  [Misuse.beganTwice]: 'the job took a second point in time',
  [Misuse.endedFirst]: 'the job reported its end before it had taken its point in time',
  [Misuse.endedOpen]: 'the job reported its end before it had closed its target',
  [Misuse.endedTwice]: 'the job reported its end a second time',
};

export class EndsInOrder implements Property {
  readonly name = 'ends-in-order';
  readonly sentence = 'A job takes its point in time once, closes its target, and then reports its end, once.';
  readonly watches = Watched.misuse;
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  begin(): void {}

  after(): Violation | null {
    const { world } = this.#machine;
    const detail = SAYS[world.cells[world.misuseCell] as Misuse];
    return detail === undefined ? null : { property: this.name, detail };
  }

  end(): null {
    return null;
  }
}
