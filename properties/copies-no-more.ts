/**
 * copies-no-more: nothing outside the set that the mode's rule allows is copied, and each sector once.
 * FULL: everything. TOP: clusters with something allocated, at T0 or when the job came by, and those
 * that a guest overwrites. NONE: those that a guest overwrites. BITMAP: those that are dirty at T0.
 *
 * A TOP that scans first skips what is not allocated, also for guests (MO-27). It cannot keep to that in the clusters of a guest's
 * request: a task that was made before the end of the scan, and asks for the state of its clusters after it, copies them; if it
 * fails or is cut short, it sets bits that the scan has cleared, and the job copies them; a failed question means a copy; and so does an
 * answer of less than a cluster, as of a last one that is short (`block_copy_block_status`; seen on 7.2.22). So
 * a guest is only blamed for what it stores in whole clusters while the scan goes on and no I/O fails.
 */
import { type GuestRequest, changesTheDisk } from '../model/block/guest.ts';
import { type Requester, type SectorRange, overlap } from '../model/block/requester.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import { type Step, atOf } from '../model/kernel/step.ts';
import { ioOf } from '../model/meaning.ts';
import type { DiskOfMachine } from '../model/machine/disk-of-machine.ts';
import type { Property, Violation } from './property.ts';
import { isScan } from './scan.ts';
import type { SnapshotKept } from './snapshot-kept.ts';
import { Watched } from './watch.ts';

export class CopiesNoMore implements Property {
  readonly name = 'copies-no-more';
  readonly sentence = 'The job copies only what its mode requires, and nothing twice.';
  readonly watches = Watched.copyStored;
  readonly #machine: DiskOfMachine;
  readonly #oracle: SnapshotKept;
  /** By sector: 1 once a copy has stored it. */
  readonly #storedCell: number;

  /** @param oracle who knows what was allocated at T0 */
  constructor(machine: DiskOfMachine, oracle: SnapshotKept) {
    this.#machine = machine;
    this.#oracle = oracle;
    this.#storedCell = machine.world.alloc('oracle.stored', machine.shape.sectors);
  }

  begin(): void {}

  after(coroutine: Coroutine, step: Step): Violation | null {
    const io = ioOf(step);
    if (io === null || io.phase !== 'effect' || io.kind === 'read') return null;
    const { job, world, shape } = this.#machine;
    const first = atOf(step);
    const range = job.storeSeen(coroutine as Requester, this.#clusterOf(first));
    const end = io.kind === 'zero' ? job.target.zeroUnitEnd(first, range) : job.target.unitEnd(first, range.end);
    for (let s = first; s < Math.min(end, shape.sectors); s++) {
      if (world.cells[this.#storedCell + s] === 1)
        return this.#wrong(s, `${this.#machine.coroutineName(coroutine)} stored sector ${s}, which was already copied`);
      world.store(this.#storedCell + s, 1);
      const violation = this.#copied(coroutine, s);
      if (violation !== null) return violation;
    }
    return null;
  }

  /** A cluster is judged at its first sector. */
  #copied(coroutine: Coroutine, sector: number): Violation | null {
    const { job, sync, promisedSync } = this.#machine;
    if (promisedSync.selects === 'all' || sector % job.clusterSectors !== 0) return null;
    const cluster = job.sectorsOf(this.#clusterOf(sector));
    if (this.#mayCopy(coroutine, cluster)) return null;
    const why =
      sync.selects === 'dirty'
        ? 'which were not dirty at T0'
        : `${sync.selects === 'allocated' ? `which ${isOne(cluster) ? 'is' : 'are'} unallocated and ` : ''}which no guest overwrites`;
    const who = this.#machine.coroutineName(coroutine);
    return this.#wrong(sector, `${who === 'job' ? 'the job' : who} copied ${sectorsIn(cluster)}, ${why}`);
  }

  #clusterOf(sector: number): number {
    return Math.floor(sector / this.#machine.job.clusterSectors);
  }

  end(): null {
    return null;
  }

  #mayCopy(coroutine: Coroutine, cluster: SectorRange): boolean {
    const { selects } = this.#machine.promisedSync;
    if (selects === 'dirty') return this.#isDirty(cluster);
    const { job, shape } = this.#machine;
    const guest = this.#machine.guestOf(coroutine);
    const isOverwritten = this.#isOverwritten(cluster, guest);
    if (guest !== null && !isOverwritten) return false;
    const isShort = job.scansTop && cluster.end - cluster.first < job.clusterSectors;
    const mayAnyway = guest === null ? job.scansTop && selects === 'allocated' : shape.faults || isShort || !isScan(job, job.pending);
    return (isOverwritten && mayAnyway) || (selects === 'allocated' && this.#hasAllocated(cluster));
  }

  /** @param by whose request; null: anybody's */
  #isOverwritten(cluster: SectorRange, by: GuestRequest | null): boolean {
    const { guests, scenario } = this.#machine;
    return scenario.guest.some(
      ({ kind, first, count }, i) =>
        this.#machine.hasRequest(i) &&
        (by === null || by === guests[i]) &&
        changesTheDisk(kind) &&
        overlap(cluster, { first, end: first + count }),
    );
  }

  /** In the bitmap that the user has given, or since, by a request that has begun before T0. */
  #isDirty(cluster: SectorRange): boolean {
    const { scenario } = this.#machine;
    const { clusterSectors } = scenario.disk; // a cluster of the backup may be several of these
    return (
      scenario.bitmap!.dirty.some((c) => overlap(cluster, { first: c * clusterSectors, end: (c + 1) * clusterSectors })) ||
      scenario.guest.some(
        ({ kind, first, count, early }, i) =>
          early && this.#machine.hasRequest(i) && changesTheDisk(kind) && overlap(cluster, { first, end: first + count }),
      )
    );
  }

  #hasAllocated({ first, end }: SectorRange): boolean {
    for (let s = first; s < Math.min(end, this.#machine.shape.sectors); s++)
      if (this.#machine.source.isAllocatedAt(s) || this.#oracle.wasAllocated(s)) return true;
    return false;
  }

  #wrong(sector: number, detail: string): Violation {
    return { property: this.name, sector, detail };
  }
}

/** `sector 4`, `sectors 2 to 3` */
const isOne = ({ first, end }: SectorRange): boolean => end - first === 1;
const sectorsIn = (range: SectorRange): string => (isOne(range) ? `sector ${range.first}` : `sectors ${range.first} to ${range.end - 1}`);
