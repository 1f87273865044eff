/**
 * stable-reader: whoever reads the point in time of a NONE job through its target reads T0, every time:
 * each sector, when it is fetched, as long as the promise is open.
 */
import type { GuestRequest } from '../model/block/guest.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import { type Step, atOf } from '../model/kernel/step.ts';
import { ioOf } from '../model/meaning.ts';
import type { Machine } from '../model/machine/machine.ts';
import { modesInWords, modesWhere } from '../model/sync.ts';
import type { Property, Violation } from './property.ts';
import type { SnapshotKept } from './snapshot-kept.ts';
import { Watched } from './watch.ts';

/** In words; it is the same of a real QEMU. */
export const STABLE_READER =
  `${modesInWords(modesWhere(({ readableWhileRunning }) => readableWhileRunning))}: ` +
  'whoever reads the point in time through the target reads the disk at T0, every time.';

export class StableReader implements Property {
  readonly name = 'stable-reader';
  readonly sentence = STABLE_READER;
  readonly watches = Watched.readerFetched;
  readonly #machine: Machine;
  readonly #oracle: SnapshotKept;

  /** @param oracle who knows the disk at T0, and whether it is still promised */
  constructor(machine: Machine, oracle: SnapshotKept) {
    this.#machine = machine;
    this.#oracle = oracle;
  }

  begin(): void {}

  after(coroutine: Coroutine, step: Step): Violation | null {
    if (ioOf(step)?.phase !== 'effect' || !this.#oracle.isOpen) return null;
    const reader = coroutine as GuestRequest;
    const { job, target } = this.#machine;
    const first = atOf(step);
    const end = job.target.unitEnd(first, target.isRaw ? reader.rangeSeen.end : reader.runSeen.end);
    for (let s = first; s < end; s++) {
      const expected = this.#oracle.d0(s);
      const got = reader.bufferContent(s);
      if (got === expected) continue;
      const name = (content: number): string => this.#machine.contentName(content);
      const detail =
        `sector ${s} should be ${name(expected)} and is ${name(got)}: ${this.#machine.coroutineName(reader)} read ` +
        'it through the target';
      return { property: this.name, sector: s, expected, got, detail };
    }
    return null;
  }

  end(): null {
    return null;
  }
}
