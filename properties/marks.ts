/**
 * Marks: situations that a good campaign must meet, the race set at the end of A.13 among them. A
 * property says `always`, a mark `sometimes`: green must not be empty. Each counts the runs in
 * which the situation came up.
 */
import type { SyncMode } from '../model/backup/drive-backup.ts';
import { ZERO } from '../model/block/content.ts';
import { GuestRequest } from '../model/block/guest.ts';
import { type SectorRange, overlap } from '../model/block/requester.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import { NAME_MASK, type Step, type StepName, atOf, nameOf, stepNamed, stepNames } from '../model/kernel/step.ts';
import type { Machine } from '../model/machine.ts';

interface Mark {
  readonly name: string;
  readonly modes: readonly SyncMode[];
}

const ALL: readonly SyncMode[] = ['full', 'top', 'none'];
const SWEEP: readonly SyncMode[] = ['full', 'top'];
const TOP: readonly SyncMode[] = ['top'];
const NONE: readonly SyncMode[] = ['none'];

export const MARKS = {
  hookCopied: { name: 'a guest copied a cluster before it wrote', modes: ALL },
  guestWaited: { name: 'a guest waited for an overlapping copy', modes: ALL },
  someoneWaited: { name: 'a copy waited for another that overlapped', modes: ALL },
  jobWaited: { name: 'the job waited for an overlapping copy', modes: SWEEP },
  waitedAgain: { name: 'a woken copy had to wait again', modes: ALL },
  twoWritesOneCluster: { name: 'two guest writes in one cluster at a time', modes: ALL },
  writeMeetsJob: { name: 'a guest write met the job copying its cluster', modes: SWEEP },
  wideWrite: { name: 'a write over three clusters found the middle one in flight', modes: ALL },
  jobFoundCopied: { name: 'the job found a cluster that a guest had copied', modes: SWEEP },
  discardBeforeJob: { name: 'a discard came before the job', modes: SWEEP },
  discardWhileReading: { name: 'a discard came while the job was reading the cluster', modes: SWEEP },
  discardedData: { name: 'a discard threw away data', modes: ALL },
  inFlightAtStart: { name: 'a request was in flight when the job started', modes: ALL },
  cancelInSleep: { name: 'cancel while the job slept', modes: SWEEP },
  cancelInAsk: { name: 'cancel while the job asked what is allocated', modes: TOP },
  cancelInWait: { name: 'cancel while the job waited for a copy', modes: SWEEP },
  cancelInRead: { name: 'cancel while the job was reading', modes: SWEEP },
  cancelInStore: { name: 'cancel while the job was storing', modes: SWEEP },
  cancelInHook: { name: 'cancel while a guest was copying', modes: ALL },
  cancelInDrain: { name: 'cancel while the job waited for the last copies', modes: SWEEP },
  cancelParked: { name: 'cancel while the job was parked', modes: NONE },
  shortTail: { name: 'a short last cluster was copied', modes: ALL },
  lessThanCluster: { name: 'a disk shorter than a cluster', modes: ALL },
  emptyDisk: { name: 'a disk of length 0', modes: ALL },
  zeroes: { name: 'a cluster of zeroes was stored as zeroes', modes: ALL },
  skippedThenWritten: { name: 'a guest wrote to a cluster that TOP had skipped', modes: TOP },
  partlyAllocated: { name: 'TOP met a partly allocated cluster', modes: TOP },
  writeAfterHook: { name: 'a guest wrote after the hook was gone', modes: ALL },
} as const satisfies Record<string, Mark>;

type MarkId = keyof typeof MARKS;
export const MARK_IDS = Object.keys(MARKS) as MarkId[];

export class Marks {
  /** By mark, whether this run has met it. */
  readonly hit = new Uint8Array(MARK_IDS.length);
  readonly #machine: Machine;
  /** By step name: what to look at after such a step. */
  readonly #looks: (((coroutine: Coroutine, step: Step) => void) | undefined)[];
  readonly #isLookedAt: Uint8Array;
  readonly #wait = stepNamed('wait').index;
  readonly #startDrain = stepNamed('start.drain').index;

  constructor(machine: Machine) {
    this.#machine = machine;
    const looks: Record<string, (coroutine: Coroutine, step: Step) => void> = {
      'start': () => this.#jobStarted(),
      'sleep': (_, step) => this.#meetIf('jobFoundCopied', machine.job.copied.hasNow(atOf(step))),
      'wait': (coroutine) => this.#meetIf('waitedAgain', this.#waits(coroutine)),
      'ask': (_, step) => this.#asked(Math.floor(atOf(step) / machine.clusterSectors)),
      'copy.done': (coroutine, step) => this.#copied(coroutine, step),
      'copy.zero.done': (coroutine, step) => (this.#meet('zeroes'), this.#copied(coroutine, step)),
      'write.start': (coroutine) => this.#writeStarted(coroutine as GuestRequest),
      'zero.start': (coroutine) => this.#writeStarted(coroutine as GuestRequest),
      'discard.start': (coroutine) => this.#discardStarted(coroutine as GuestRequest),
      'cancel': () => this.#cancelled(),
    };
    this.#looks = stepNames().map(({ label }) => looks[label]);
    this.#isLookedAt = Uint8Array.from(this.#looks, (look) => (look === undefined ? 0 : 1));
  }

  begin(): void {
    this.hit.fill(0);
  }

  /** A step has run. */
  after(coroutine: Coroutine, step: Step): void {
    if ((coroutine.pending & NAME_MASK) === this.#wait) this.#waiting(coroutine);
    if (this.#isLookedAt[step & NAME_MASK] === 1) this.#looks[step & NAME_MASK]!(coroutine, step);
  }

  #meet(id: MarkId): void {
    this.hit[INDEX[id]] = 1;
  }
  #meetIf(id: MarkId, yes: boolean): void {
    if (yes) this.#meet(id);
  }

  #waits(coroutine: Coroutine): boolean {
    return nameOf(coroutine.pending).index === this.#wait;
  }

  #jobStarted(): void {
    const { shape, job } = this.#machine;
    this.#meetIf('inFlightAtStart', nameOf(job.pending).index === this.#startDrain);
    this.#meetIf('emptyDisk', shape.sectors === 0);
    this.#meetIf('lessThanCluster', shape.sectors > 0 && shape.sectors < this.#machine.clusterSectors);
  }

  #waiting(coroutine: Coroutine): void {
    this.#meet('someoneWaited');
    if (!(coroutine instanceof GuestRequest)) return this.#meet('jobWaited');
    this.#meet('guestWaited');
    const { job, guests } = this.#machine;
    const mine = coroutine.cowSeen;
    for (const other of [job, ...guests]) {
      const { first, end } = other.cowSeen;
      this.#meetIf('wideWrite', first < end && mine.first < first && end < mine.end);
    }
  }

  #asked(cluster: number): void {
    const { source, job } = this.#machine;
    const { first, end } = job.sectorsOf(cluster);
    const allocated = source.isAllocatedAt(first);
    for (let s = first + 1; s < Math.min(end, source.sectors); s++) this.#meetIf('partlyAllocated', source.isAllocatedAt(s) !== allocated);
  }

  #copied(coroutine: Coroutine, step: Step): void {
    const { shape } = this.#machine;
    if (coroutine instanceof GuestRequest) this.#meet('hookCopied');
    this.#meetIf('shortTail', atOf(step) + this.#machine.clusterSectors > shape.sectors);
  }

  #writeStarted(guest: GuestRequest): void {
    const { job, guests, sourceNode, world, shape } = this.#machine;
    const mine = this.#clusters(guest.rangeSeen);
    for (const other of guests) {
      if (other === guest || other.hasEnded || nameOf(other.pending).guard === 'unblocked') continue;
      this.#meetIf('twoWritesOneCluster', overlap(mine, this.#clusters(other.rangeSeen)));
    }
    this.#meetIf('writeMeetsJob', overlap(mine, job.cowSeen));
    this.#meetIf('writeAfterHook', world.cells[sourceNode.hookCell] === 0 && job.status.stateSeen === 1);
    if (shape.mode !== 'top' || world.cells[sourceNode.hookCell] === 0) return;
    const cursor = this.#jobCursor();
    for (let c = mine.first; c < mine.end; c++) this.#meetIf('skippedThenWritten', c < cursor && !job.copied.hasNow(c));
  }

  #discardStarted(guest: GuestRequest): void {
    const { job, source, shape } = this.#machine;
    if (shape.discardReads === 'ignored') return;
    const range = guest.rangeSeen;
    const mine = this.#clusters(range);
    for (let s = range.first; s < range.end; s++) this.#meetIf('discardedData', source.contentAt(s) !== ZERO);
    if (job.status.stateSeen !== 1 || shape.mode === 'none') return;
    for (let c = mine.first; c < mine.end; c++) this.#meetIf('discardBeforeJob', c >= this.#jobCursor());
    this.#meetIf('discardWhileReading', isReading(nameOf(job.pending)) && overlap(mine, job.cowSeen));
  }

  #cancelled(): void {
    const { job, guests } = this.#machine;
    const { label } = nameOf(job.pending);
    const at: Record<string, MarkId> = { 'sleep': 'cancelInSleep', 'ask': 'cancelInAsk', 'wait': 'cancelInWait', 'drain.copies': 'cancelInDrain', 'park': 'cancelParked' };
    if (at[label] !== undefined) this.#meet(at[label]);
    this.#meetIf('cancelInRead', isReading(nameOf(job.pending)));
    this.#meetIf('cancelInStore', isStoring(nameOf(job.pending)));
    this.#meetIf('cancelInHook', guests.some((g) => isReading(nameOf(g.pending)) || isStoring(nameOf(g.pending))));
  }

  /** The first cluster that the job's loop has not come to. */
  #jobCursor(): number {
    const { job } = this.#machine;
    const { at, label } = nameOf(job.pending);
    if (at === 'cluster') return atOf(job.pending);
    return at === 'nothing' ? (label.startsWith('start') ? 0 : job.clusters) : Math.floor(atOf(job.pending) / job.clusterSectors);
  }

  #clusters({ first, end }: SectorRange): SectorRange {
    const size = this.#machine.clusterSectors;
    return { first: Math.floor(first / size), end: Math.ceil(end / size) };
  }
}

const INDEX = Object.fromEntries(MARK_IDS.map((id, i) => [id, i])) as Record<MarkId, number>;

const READING = new Set(['copy.read', 'copy.took', 'copy.data']);
const STORING = new Set(['copy.store', 'copy.land', 'copy.done', 'copy.zero', 'copy.zero.land', 'copy.zero.done']);
const isReading = ({ label }: StepName): boolean => READING.has(label);
const isStoring = ({ label }: StepName): boolean => STORING.has(label);
