/** Marks: sees which of the situations come up in a run. */
import { ErrorAction, JobState } from '../model/job/job-status.ts';
import { ZERO } from '../model/block/content.ts';
import { type BlockError, NO_ERROR, sideOf } from '../model/block/errors.ts';
import { GuestRequest, changesTheDisk } from '../model/block/guest.ts';
import { Place } from '../model/block/image.ts';
import { type SectorRange, overlap } from '../model/block/requester.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import { NAME_MASK, type Step, type StepName, atOf, nameOf, stepNamed, stepNames } from '../model/kernel/step.ts';
import type { Machine } from '../model/machine/machine.ts';
import { policiesOf } from '../model/scenario/scenario.ts';
import { MARK_IDS, type MarkId } from './situations.ts';

export class Marks {
  /** By mark, whether this run has met it. */
  readonly hit = new Uint8Array(MARK_IDS.length);
  readonly #machine: Machine;
  /** By step name: what to look at after such a step. */
  readonly #looks: (((coroutine: Coroutine, step: Step) => void) | undefined)[];
  /** By name of a pending step: what to look at once somebody has come to it. */
  readonly #arrivals: (((coroutine: Coroutine) => void) | undefined)[];
  readonly #startDrain = stepNamed('start.drain').index;

  constructor(machine: Machine) {
    this.#machine = machine;
    const looks: Record<string, (coroutine: Coroutine, step: Step) => void> = {
      start: () => this.#jobStarted(),
      sleep: (_, step) => this.#meetIf('jobFoundCopied', machine.job.copied.hasNow(atOf(step))),
      wait: (coroutine) => this.#meetIf('waitedAgain', this.#waits(coroutine)),
      ask: (_, step) => this.#asked(Math.floor(atOf(step) / machine.clusterSectors)),
      'copy.done': (coroutine, step) => this.#copied(coroutine, step),
      'copy.zero.done': (coroutine, step) => (this.#meet('zeroes'), this.#copied(coroutine, step)),
      'write.start': (coroutine) => this.#writeStarted(coroutine as GuestRequest),
      'zero.start': (coroutine) => this.#writeStarted(coroutine as GuestRequest),
      'discard.start': (coroutine) => this.#discardStarted(coroutine as GuestRequest),
      cancel: () => this.#cancelled(),
      'cor.put': () => this.#meet('copiedOnRead'),
      'copy.throttle': () => this.#meet('copyThrottled'),
      'sleep.limit': () => this.#meet('speedLimit'),
      'readT0.took': (coroutine) =>
        this.#meet(
          machine.target.isRaw || (coroutine as GuestRequest).runSeen.place !== Place.backing ? 'readFromTarget' : 'readFromSource',
        ),
      'resume.stopped': () => this.#meet('resumed'),
    };
    const arrivals: Record<string, (coroutine: Coroutine) => void> = {
      wait: (coroutine) => this.#waiting(coroutine),
      queue: () => this.#meet('queued'),
      'copy.queue': () => this.#meet('queued'),
      overlap: () => this.#meet('waitedForRead'),
      paused: () => this.#meet('paused'),
    };
    this.#looks = stepNames().map(({ label }) => looks[label]);
    this.#arrivals = stepNames().map(({ label }) => arrivals[label]);
  }

  begin(): void {
    this.hit.fill(0);
  }

  /** A step has run. */
  after(coroutine: Coroutine, step: Step): void {
    this.#arrivals[coroutine.pending & NAME_MASK]?.(coroutine);
    this.#looks[step & NAME_MASK]?.(coroutine, step);
    if (this.#machine.shape.faults) this.#lookForFault(coroutine, step);
  }

  #meet(id: MarkId): void {
    this.hit[INDEX[id]] = 1;
  }
  #meetIf(id: MarkId, yes: boolean): void {
    if (yes) this.#meet(id);
  }

  #waits(coroutine: Coroutine): boolean {
    return nameOf(coroutine.pending).label === 'wait';
  }

  #jobStarted(): void {
    const { shape, job, sync, promisedSync } = this.#machine;
    this.#meetIf('existingTarget', job.targetExists);
    this.#meetIf('refused', job.status.stateSeen === JobState.refused);
    this.#meetIf('topIsFull', sync !== promisedSync);
    this.#meetIf('inFlightAtStart', nameOf(job.pending).index === this.#startDrain);
    this.#meetIf('emptyDisk', shape.sectors === 0);
    this.#meetIf('lessThanCluster', shape.sectors > 0 && shape.sectors < this.#machine.clusterSectors);
  }

  #waiting(coroutine: Coroutine): void {
    this.#meet('someoneWaited');
    if (!(coroutine instanceof GuestRequest)) return this.#meet('jobWaited');
    const { job, guests } = this.#machine;
    if (this.#isReader(coroutine)) return this.#meet('readerWaited');
    this.#meet('guestWaited');
    const mine = coroutine.cowSeen;
    for (const other of [job, ...guests]) {
      this.#meetIf(
        'copyWaitedForReader',
        other !== job && this.#isReader(other as GuestRequest) && job.inFlight.isHeldSeen(other) && overlap(mine, other.cowSeen),
      );
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
    this.#meetIf('hookWhilePaused', coroutine instanceof GuestRequest && this.#machine.job.isPausedSeen);
    this.#meetIf('shortTail', atOf(step) + this.#machine.clusterSectors > shape.sectors);
  }

  #writeStarted(guest: GuestRequest): void {
    const { job, guests, sourceNode, world, sync } = this.#machine;
    const mine = this.#clusters(guest.rangeSeen);
    for (const other of guests) {
      if (other === guest || other.hasEnded || nameOf(other.pending).guard === 'unblocked' || !changesTheDisk(this.#machine.kindOf(other)))
        continue;
      this.#meetIf('twoWritesOneCluster', overlap(mine, this.#clusters(other.rangeSeen)));
    }
    this.#meetIf('writeMeetsJob', overlap(mine, job.cowSeen));
    this.#meetIf('writeAfterHook', world.cells[sourceNode.hookCell] === 0 && job.status.stateSeen === JobState.active);
    this.#meetIf('writeAfterCancel', job.isCancelledSeen && job.status.stateSeen === JobState.active);
    if (sync.selects !== 'allocated' || world.cells[sourceNode.hookCell] === 0) return;
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
    this.#meetIf('discardWhileReading', isReading(nameOf(job.pending)) && overlap(mine, job.cowSeen));
  }

  #cancelled(): void {
    const { job, guests } = this.#machine;
    const { label } = nameOf(job.pending);
    this.#meetIf('cancelStopped', label === 'paused' && job.status.eventSeen.action === ErrorAction.stop);
    const at: Record<string, MarkId> = {
      sleep: 'cancelInSleep',
      ask: 'cancelInAsk',
      wait: 'cancelInWait',
      'drain.copies': 'cancelInDrain',
      park: 'cancelParked',
    };
    if (at[label] !== undefined) this.#meet(at[label]);
    this.#meetIf('cancelInRead', isReading(nameOf(job.pending)));
    this.#meetIf('cancelInStore', isStoring(nameOf(job.pending)));
    this.#meetIf(
      'cancelInHook',
      guests.some((g) => isReading(nameOf(g.pending)) || isStoring(nameOf(g.pending))),
    );
  }

  /** A request of a guest, or of a reader; a cancel or the job's end makes no difference to what it was. */
  #isReader(request: GuestRequest): boolean {
    return request.cowSeen.end > 0 && this.#machine.kindOf(request) === 'readT0';
  }

  #lookForFault(coroutine: Coroutine, step: Step): void {
    const struck = this.#machine.faultStruck();
    if (struck === NO_ERROR) return;
    const { label, io } = nameOf(step);
    if (label === 'ask') this.#meet('askFailed');
    else if (io?.by === 'guest') this.#meet('guestIoFailed');
    else if (io?.by === 'copy')
      this.#meet(`${coroutine instanceof GuestRequest ? 'hook' : 'job'}${io.kind === 'read' ? 'Read' : 'Store'}Failed`);
    if (coroutine === this.#machine.job) this.#errorHandled(struck);
  }

  #errorHandled(struck: BlockError): void {
    const { job, scenario } = this.#machine;
    const { action } = job.status.eventSeen;
    this.#meetIf('errorReported', action === ErrorAction.report);
    this.#meetIf('errorIgnored', action === ErrorAction.ignore);
    this.#meetIf('errorStopped', action === ErrorAction.stop);
    this.#meetIf('noSpaceStopped', action === ErrorAction.stop && policiesOf(scenario)[sideOf(struck)] === 'enospc');
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
