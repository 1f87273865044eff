/** Marks: sees which of the situations come up in a run. */
import { ErrorAction, JobState } from '../model/job/job-status.ts';
import { ZERO } from '../model/block/content.ts';
import { NO_ERROR, sideOf } from '../model/block/errors.ts';
import { type GuestRequest, changesTheDisk } from '../model/block/guest.ts';
import { Place } from '../model/block/image.ts';
import { Requester, type SectorRange, overlap } from '../model/block/requester.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import { NOBODY } from '../model/kernel/slot.ts';
import { NAME_MASK, type Step, atOf, nameOf } from '../model/kernel/step.ts';
import { type Meaning, type Role, allMeanings, ioOf, meaningOf, roleOf } from '../model/meaning.ts';
import type { Machine } from '../model/machine/machine.ts';
import { policiesOf } from '../model/scenario/scenario.ts';
import { MARK_IDS, type MarkId } from './situations.ts';

type Look = (coroutine: Coroutine, step: Step) => void;

export class Marks {
  /** By mark, whether this run has met it. */
  readonly hit = new Uint8Array(MARK_IDS.length);
  readonly #machine: Machine;
  readonly #tasks: readonly Requester[];
  /** By step name: what to look at after such a step. */
  readonly #looks: readonly (Look | undefined)[];
  /** By name of a pending step: what to look at once somebody has come to it. */
  readonly #arrivals: readonly (Look | undefined)[];

  /** Where requests are blocked in order: all before this one have ended. It follows from the machine, and is kept for speed. */
  #firstAlive = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#tasks = machine.coroutines.all.filter((one): one is Requester => one.isTask && one instanceof Requester);
    this.#looks = allMeanings().map((meaning) => this.#lookAfter(meaning));
    this.#arrivals = allMeanings().map((meaning) => this.#lookOnArrivalAt(meaning));
  }

  #lookAfter({ role, io, inCopy }: Meaning): Look | undefined {
    if (io?.by === 'copy' && io.phase === 'complete' && io.kind !== 'read')
      return (coroutine, step) => {
        this.#meetIf('zeroes', io.kind === 'zero');
        this.#copied(coroutine, step);
      };
    if (io?.by === 'guest' && io.phase === 'effect' && io.kind === 'zero') return (_, step) => this.#zeroed(atOf(step));
    if (io?.by === 'reader' && io.phase === 'effect') return (coroutine) => this.#readerTook(coroutine as GuestRequest);
    const { job, clusterSectors } = this.#machine;
    const looks: Partial<Record<Role, Look>> = {
      takesPoint: () => this.#jobStarted(),
      goesToCluster: (_, step) => this.#meetIf('jobFoundCopied', job.copied.hasNow(atOf(step))),
      waitsForCopy: (coroutine) => this.#meetIf('waitedAgain', roleOf(coroutine.pending) === 'waitsForCopy'),
      ...(inCopy
        ? { waitsForLimit: () => this.#meet('copyThrottled') }
        : { asksAllocation: (_, step) => this.#asked(Math.floor(atOf(step) / clusterSectors)) }),
      begins: (coroutine) => {
        if (io?.kind === 'discard') this.#discardStarted(coroutine as GuestRequest);
        else if (io !== null) this.#writeStarted(coroutine as GuestRequest);
      },
      cancels: () => this.#cancelled(),
      copiesUp: () => this.#meet('copiedOnRead'),
      keepsToSpeed: () => this.#meet('speedLimit'),
      resumes: () => this.#meetIf('resumeParked', roleOf(job.pending) === 'isParked'),
      resumesStopped: () => this.#meet('resumed'),
    };
    return role === null ? undefined : looks[role];
  }

  #lookOnArrivalAt({ role, inCopy }: Meaning): Look | undefined {
    if (role === 'waitsForCopy') return (coroutine) => this.#waiting(coroutine);
    if (role === 'waitsForReader') return () => this.#meet('copyWaitedForReader');
    if (role === 'waitsForStore') return () => this.#meet('readerWaited');
    if (role === 'waitsInLine') return () => this.#meet('queued');
    if (role === 'waitsForRequest' && !inCopy) return () => this.#meet('waitedForRead');
    return role === 'isPaused' ? () => this.#meet('paused') : undefined;
  }

  begin(): void {
    this.hit.fill(0);
    this.#firstAlive = 0;
  }

  /** Whether the job, or a task of it, is at one of these clusters. */
  #copies(one: Requester, clusters: SectorRange): boolean {
    const { job } = this.#machine;
    if (one === job) return overlap(clusters, job.cowSeen);
    for (let c = clusters.first; c < clusters.end; c++) if (job.inFlight.coversSeen(one, c)) return true;
    return false;
  }

  /** The job, and the tasks that work for it. */
  #ofJob(): Requester[] {
    return [this.#machine.job, ...this.#tasks.filter((task) => !task.hasEnded && this.#machine.guestOf(task) === null)];
  }

  /** A step has run. */
  after(coroutine: Coroutine, step: Step): void {
    if (this.#machine.diskOf(coroutine) !== this.#machine) return; // they are of one disk and its job
    this.#arrivals[coroutine.pending & NAME_MASK]?.(coroutine, step);
    this.#looks[step & NAME_MASK]?.(coroutine, step);
    if (!this.#machine.shape.faults) return;
    this.#lookForFault(coroutine, step);
    this.#lookForEvent();
  }

  #meet(id: MarkId): void {
    this.hit[INDEX[id]] = 1;
  }
  #meetIf(id: MarkId, yes: boolean): void {
    if (yes) this.#meet(id);
  }

  #jobStarted(): void {
    const { shape, job, sync, promisedSync } = this.#machine;
    this.#meetIf('existingTarget', job.targetExists);
    this.#meetIf('refused', job.status.stateSeen === JobState.refused);
    this.#meetIf('topIsFull', sync !== promisedSync);
    this.#meetIf('inFlightAtStart', roleOf(job.pending) === 'drainsBeforePoint');
    this.#meetIf('emptyDisk', shape.sectors === 0);
    this.#meetIf('lessThanCluster', shape.sectors > 0 && shape.sectors < this.#machine.clusterSectors);
  }

  #waiting(coroutine: Coroutine): void {
    this.#meet('someoneWaited');
    const guest = this.#machine.guestOf(coroutine);
    if (guest === null) return this.#meet('jobWaited');
    const { job } = this.#machine;
    if (this.#isReader(guest)) return this.#meet('readerWaited');
    this.#meet('guestWaited');
    const mine = guest.cowSeen;
    this.#meetIf('wideWrite', isWithin(job.cowSeen, mine));
    for (const other of this.#runningGuests()) {
      this.#meetIf('copyWaitedForReader', this.#isReader(other) && job.inFlight.isHeldSeen(other) && overlap(mine, other.cowSeen));
      this.#meetIf('wideWrite', isWithin(other.cowSeen, mine));
    }
  }

  /** All requests that have begun and not ended, and maybe some others. Of a log with many thousand, where few are in flight, few. */
  #runningGuests(): readonly GuestRequest[] {
    const { coroutines, guests } = this.#machine;
    if (coroutines.blockedInOrderFrom === NOBODY) return guests;
    while (this.#firstAlive < guests.length && guests[this.#firstAlive]!.hasEnded) this.#firstAlive++;
    let end = this.#firstAlive;
    while (end < guests.length && (hasBegun(guests[end]!) || coroutines.isReady(guests[end]!.id))) end++;
    return guests.slice(this.#firstAlive, end);
  }

  #asked(cluster: number): void {
    const { source, job } = this.#machine;
    const { first, end } = job.sectorsOf(cluster);
    const allocated = source.isAllocatedAt(first);
    for (let s = first + 1; s < Math.min(end, source.sectors); s++) this.#meetIf('partlyAllocated', source.isAllocatedAt(s) !== allocated);
  }

  #copied(coroutine: Coroutine, step: Step): void {
    const { shape } = this.#machine;
    const isGuests = this.#machine.guestOf(coroutine) !== null;
    this.#meetIf('hookCopied', isGuests);
    this.#meetIf('hookWhilePaused', isGuests && this.#machine.job.isPausedSeen);
    this.#meetIf('shortTail', atOf(step) + this.#machine.clusterSectors > shape.sectors);
  }

  #writeStarted(guest: GuestRequest): void {
    const { job, sourceNode, world, sync } = this.#machine;
    const mine = this.#clusters(guest.rangeSeen);
    for (const other of this.#runningGuests()) {
      if (other === guest || other.hasEnded || !hasBegun(other) || !changesTheDisk(this.#machine.kindOf(other))) continue;
      this.#meetIf('twoWritesOneCluster', overlap(mine, this.#clusters(other.rangeSeen)));
    }
    this.#meetIf(
      'writeMeetsJob',
      this.#ofJob().some((one) => this.#copies(one, mine)),
    );
    this.#meetIf('writeAfterHook', world.cells[sourceNode.hook.cell] === 0 && job.status.stateSeen === JobState.active);
    this.#meetIf('writeAfterCancel', job.isCancelledSeen && job.status.stateSeen === JobState.active);
    if (sync.selects !== 'allocated' || world.cells[sourceNode.hook.cell] === 0) return;
    const cursor = this.#jobCursor();
    for (let c = mine.first; c < mine.end; c++) this.#meetIf('skippedThenWritten', c < cursor && !job.copied.hasNow(c));
  }

  #discardStarted(guest: GuestRequest): void {
    const { job, source, shape, sync } = this.#machine;
    if (shape.discardReads === 'ignored') return;
    const range = guest.rangeSeen;
    const mine = this.#clusters(range);
    for (let s = range.first; s < range.end; s++) this.#meetIf('discardedData', source.contentAt(s) !== ZERO);
    if (job.status.stateSeen !== JobState.active || sync.selects === 'none') return;
    for (let c = mine.first; c < mine.end; c++) this.#meetIf('discardBeforeJob', c >= this.#jobCursor());
    this.#meetIf(
      'discardWhileReading',
      this.#ofJob().some((one) => isReading(one.pending) && this.#copies(one, mine)),
    );
  }

  /** Data may lie beneath a zero cluster of more than one sector, and show once one of them is written. */
  #zeroed(sector: number): void {
    const { source } = this.#machine;
    this.#meetIf('zeroedCluster', source.clusterSectors > 1 && source.placeAt(sector) === Place.zero);
  }

  #cancelled(): void {
    const { job, guests } = this.#machine;
    const { role, inCopy } = meaningOf(job.pending);
    this.#meetIf('cancelStopped', role === 'isPaused' && job.status.eventSeen.action === ErrorAction.stop);
    const at: Partial<Record<Role, MarkId>> = {
      goesToCluster: 'cancelInSleep',
      ...(inCopy ? {} : { asksAllocation: 'cancelInAsk' }),
      waitsForCopy: 'cancelInWait',
      drainsCopies: 'cancelInDrain',
      isParked: 'cancelParked',
    };
    const mark = role === null ? undefined : at[role];
    if (mark !== undefined) this.#meet(mark);
    this.#meetIf(
      'cancelInRead',
      this.#ofJob().some((one) => isReading(one.pending)),
    );
    this.#meetIf(
      'cancelInStore',
      this.#ofJob().some((one) => isStoring(one.pending)),
    );
    this.#meetIf(
      'cancelInHook',
      [...guests, ...this.#tasks.filter((task) => this.#machine.guestOf(task) !== null)].some(
        (g) => isReading(g.pending) || isStoring(g.pending),
      ),
    );
  }

  #readerTook(reader: GuestRequest): void {
    const { target, job } = this.#machine;
    const isTarget = job.nodeReadBy(reader) === job.target && (target.isRaw || reader.runSeen.place !== Place.backing);
    this.#meet(isTarget ? 'readFromTarget' : 'readFromSource');
  }

  /** A request of a guest, or of a reader; a cancel or the job's end makes no difference to what it was. */
  #isReader(request: GuestRequest): boolean {
    return request.cowSeen.end > 0 && this.#machine.kindOf(request) === 'readT0';
  }

  #lookForFault(coroutine: Coroutine, step: Step): void {
    const struck = this.#machine.faultStruck();
    if (struck === NO_ERROR) return;
    const { role, io, inCopy } = meaningOf(step);
    if (role === 'asksAllocation' && !inCopy) this.#meet('askFailed');
    else if (io?.by === 'guest') this.#meet('guestIoFailed');
    else if (io?.by === 'reader') this.#meet('readerFailed');
    else if (io?.by === 'copy')
      this.#meet(`${this.#machine.guestOf(coroutine) === null ? 'job' : 'hook'}${io.kind === 'read' ? 'Read' : 'Store'}Failed`);
  }

  /** Whether the job has told of an error in this step: its own, or one that a task of it has met. */
  #lookForEvent(): void {
    const {
      world: { changed, changedCount },
      job: { status },
      scenario,
    } = this.#machine;
    if (!changed.subarray(0, changedCount).includes(status.eventsCell)) return;
    const { action, error } = status.eventSeen;
    this.#meetIf('errorReported', action === ErrorAction.report);
    this.#meetIf('errorIgnored', action === ErrorAction.ignore);
    this.#meetIf('errorStopped', action === ErrorAction.stop);
    this.#meetIf('noSpaceStopped', action === ErrorAction.stop && policiesOf(scenario)[sideOf(error)] === 'enospc');
  }

  /** The first cluster that the job's loop has not come to. */
  #jobCursor(): number {
    const { job } = this.#machine;
    const { at } = nameOf(job.pending);
    if (at === 'cluster') return atOf(job.pending);
    if (at !== 'nothing') return Math.floor(atOf(job.pending) / job.clusterSectors);
    const role = roleOf(job.pending);
    return role !== null && STARTS.has(role) ? 0 : job.clusters;
  }

  #clusters({ first, end }: SectorRange): SectorRange {
    const size = this.#machine.clusterSectors;
    return { first: Math.floor(first / size), end: Math.ceil(end / size) };
  }
}

const INDEX = Object.fromEntries(MARK_IDS.map((id, i) => [id, i])) as Record<MarkId, number>;

const hasBegun = ({ pending }: GuestRequest): boolean => nameOf(pending).guard !== 'unblocked';

/** Whether it is not empty, and the other one goes further on both sides. */
const isWithin = ({ first, end }: SectorRange, other: SectorRange): boolean => first < end && other.first < first && end < other.end;

const STARTS: ReadonlySet<Role> = new Set(['takesPoint', 'drainsBeforePoint', 'finishesStart']);

function isReading(step: Step): boolean {
  const io = ioOf(step);
  return io?.by === 'copy' && io.kind === 'read';
}
function isStoring(step: Step): boolean {
  const io = ioOf(step);
  return io?.by === 'copy' && io.kind !== 'read';
}
