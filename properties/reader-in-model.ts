/** stable-reader of a machine. */
import type { GuestRequest } from '../model/block/guest.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import { type Step, atOf } from '../model/kernel/step.ts';
import { ioOf } from '../model/meaning.ts';
import type { DiskOfMachine } from '../model/machine/disk-of-machine.ts';
import type { Property, Violation } from './property.ts';
import type { SnapshotKept } from './snapshot-kept.ts';
import { StableReader } from './stable-reader.ts';
import { Watched } from './watch.ts';

/** Sees what readers return that may throw away what they have read (reads-returned.ts). */
interface Returned {
  /** Whether a step of this coroutine is to be looked at. */
  isReader(coroutine: Coroutine): boolean;
  after(coroutine: Coroutine, step: Step): Violation | null;
}

let seeReturned: ((machine: DiskOfMachine, judge: StableReader) => Returned) | null = null;

/** The page has no such readers, and does not carry what sees them. */
export const offerReturned = (make: NonNullable<typeof seeReturned>): void => void (seeReturned = make);

export class ReaderInModel extends StableReader implements Property {
  readonly watches = Watched.readerFetched;
  readonly #machine: DiskOfMachine;
  /** Null: what is read is returned. */
  readonly returned: Returned | null;

  constructor(machine: DiskOfMachine, kept: SnapshotKept) {
    super(machine, kept, machine.shape.snapshotAccess ? 'the snapshot-access node' : undefined);
    this.#machine = machine;
    const { snapshotAccess, breaksSnapshot } = machine.shape;
    this.returned = null;
    if (!machine.hasOwnReader && !(snapshotAccess && breaksSnapshot)) return;
    if (seeReturned === null) throw new Error('nobody has made known who sees what readers return');
    this.returned = seeReturned(machine, this);
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
