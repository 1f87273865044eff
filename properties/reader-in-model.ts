/** stable-reader of a machine. */
import type { GuestRequest } from '../model/block/guest.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import { type Step, atOf } from '../model/kernel/step.ts';
import { ioOf } from '../model/meaning.ts';
import type { Machine } from '../model/machine/machine.ts';
import type { Property, Violation } from './property.ts';
import { ReadsReturned } from './reads-returned.ts';
import type { SnapshotKept } from './snapshot-kept.ts';
import { StableReader } from './stable-reader.ts';
import { Watched } from './watch.ts';

export class ReaderInModel extends StableReader implements Property {
  readonly watches = Watched.readerFetched;
  readonly #machine: Machine;
  /** Null: what is read is returned. */
  readonly returned: ReadsReturned | null;

  constructor(machine: Machine, kept: SnapshotKept) {
    super(machine, kept, machine.shape.snapshotAccess ? 'the snapshot-access node' : undefined);
    this.#machine = machine;
    const { snapshotAccess, breaksSnapshot } = machine.shape;
    this.returned = machine.hasOwnReader || (snapshotAccess && breaksSnapshot) ? new ReadsReturned(machine, this) : null;
  }

  begin(): void {}

  after(coroutine: Coroutine, step: Step): Violation | null {
    const violation = this.#machine.hasOwnReader ? null : this.#fetched(coroutine, step);
    return violation ?? this.returned?.after(coroutine, step) ?? null;
  }

  /** What cowcheck's own job fetches, it returns, unless it gives up. */
  #fetched(coroutine: Coroutine, step: Step): Violation | null {
    const io = ioOf(step);
    if (io?.by !== 'reader' || io.phase !== 'effect') return null;
    const reader = coroutine as GuestRequest;
    const { job, guests } = this.#machine;
    const request = reader.id - guests[0]!.id;
    const first = atOf(step);
    const end = job.nodeReadBy(reader).takenEnd(reader, first, reader.rangeSeen);
    for (let s = first; s < end; s++) {
      const violation = this.fetched(request, s, reader.bufferContent(s));
      if (violation !== null) return violation;
    }
    return null;
  }

  end(): null {
    return null;
  }
}
