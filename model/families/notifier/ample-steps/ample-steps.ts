/**
 * What a coroutine has to itself: steps that nobody else can notice before the coroutine moves on. An
 * exhaustive search may run such a step at once, for whatever others do first, they do it just as well
 * afterwards (an ample set of one; exploration 4.6, and Stoller and Cohen, TACAS 2003).
 *
 * The argument is the protocol of copy-before-write itself, so it is used only for a job that has all
 * the rules that it leans on:
 *
 *   A copy in flight holds its clusters. A coroutine that wants to copy one of them waits for it; a guest that
 *   wants to overwrite one goes through the hook first, and waits there; the hook stays linked, the bitmap alive
 *   and the target open until the last copy has ended. So the target and the bits of a held cluster are
 *   the holder's, and its source stands still, unless a writer is past the hook there already.
 *
 *   A guest that is past the hook, in a cluster that has been copied, writes what nobody copies any more.
 *   Only somebody who reads the cluster could notice; and TOP's job, which still asks whether it is allocated.
 *   In which order two guests write there decides what the source holds in the end, and nothing that
 *   follows from it: no property looks at it but for its being what the guests made of it, after each step.
 *
 * src/search/exhaustive/ample-check.ts samples, while a search runs, whether the code keeps to this;
 * reductions.spec.ts compares with plain search.
 */
import type { Coroutine } from '../../../kernel/coroutine.ts';
import { type Footprint, NO_FOOTPRINT } from '../../../kernel/learned-table.ts';
import { NAME_MASK, type StepName, stepNames } from '../../../kernel/step.ts';
import { type GuestRequest, changesTheDisk, hasRange } from '../../../block/guest.ts';
import type { DiscardReads, Image } from '../../../block/image.ts';
import { type Meaning, allMeanings } from '../../../meaning.ts';
import type { RuleName } from '../rules.ts';
import { hasPassed, holds, isHooked, isPastCopies, isPastDrains } from './course.ts';
import { Region, type CellRegions, type RegionParts } from './cell-regions.ts';

/** The rules that the argument leans on. */
const LEANS_ON: readonly RuleName[] = [
  'copyBeforeWrite',
  'copyBeforeWriteZeroes',
  'copyBeforeDiscard',
  'copyWholeClusters',
  'clampLastCluster',
  'wholeRangeRegistered',
  'waitForOverlappingCopies',
  'lookAgainAfterWaking',
  'checkBitAfterWaiting',
  'everyBitIsLookedUp',
  'lockBeforeWaiting',
  'hookBeforeFirstYield',
  'hookGoesOnWhilePaused',
  'failedCopyFailsGuestWrite',
  'failedCopyIsNotMarked',
  'markAfterTargetHasData',
  'drainGuestAtStart',
  'drainCopiesBeforeEnd',
  'drainBeforeUnhook',
  'unhookAtEnd',
  'eventComesLast',
  'topDecidesOnce',
  'readerSerialisedWithCopies',
  'savevmPassesHookBy',
  'targetIsNotSource',
];

const NEVER = 0;
const AFTER_JOB = 1;
const ALWAYS = 2;

/** What a step asks for, cluster by cluster. */
const Wants = {
  /** That the source stands still. */
  stillSource: 1,
  /** To change the source's data, and where it lies. */
  sourceData: 2,
  sourcePlace: 4,
  /** The target's cluster, or the bit. */
  copy: 8,
  /** That nobody waits for the guest to be idle, and the hook stays as it is. */
  afterDrains: 16,
} as const;

interface Requirement {
  readonly cluster: number;
  readonly wants: number;
}

/** What it takes to know of a machine's shape. */
interface AmpleShape {
  readonly copyOnRead: boolean;
  readonly discardReads: DiscardReads;
  readonly without: readonly string[];
}

export class AmpleSteps {
  readonly #parts: RegionParts;
  readonly #regions: CellRegions;
  readonly #footprints: readonly Footprint[];
  /** By footprint: what it asks for; null: something that nobody ever has to himself. */
  readonly #requirements: (readonly Requirement[] | null | undefined)[] = [[]];
  /** By name of step: whether a guest stands before the hook in it, if it is linked. */
  readonly #beforeHook: readonly boolean[];
  /** By name of step, of a guest's and of the job's: when to ask. */
  readonly #asked: readonly [job: readonly number[], guest: readonly number[]];
  readonly #isWhole: boolean;
  readonly #shape: AmpleShape;

  constructor(parts: RegionParts, regions: CellRegions, footprints: readonly Footprint[], shape: AmpleShape) {
    this.#parts = parts;
    this.#regions = regions;
    this.#footprints = footprints;
    const { job, source, target } = parts;
    const divides = (image: Image): boolean => image.isRaw || job.clusterSectors % image.clusterSectors === 0;
    this.#shape = shape;
    this.#isWhole = !shape.copyOnRead && divides(source) && divides(target) && !LEANS_ON.some((rule) => shape.without.includes(rule));
    const meanings = allMeanings();
    this.#beforeHook = stepNames().map((name, i) => isBeforeHook(name, meanings[i]!));
    this.#asked = [
      stepNames().map((name, i) => whenToAsk(name, meanings[i]!, false)),
      stepNames().map((name, i) => whenToAsk(name, meanings[i]!, true)),
    ];
  }

  /** Whether it is worth asking, for a step that is ready. Of a custom job it is asked as well: its steps have the same names. */
  mayBe(coroutine: Coroutine): boolean {
    const when = this.#asked[this.#parts.guestOf(coroutine) === null ? 0 : 1][coroutine.pending & NAME_MASK]!;
    return when === ALWAYS || (when === AFTER_JOB && isPastDrains(this.#parts.job));
  }

  /** Whether the coroutine has to itself all that a step with this footprint touches, here and now. */
  allows(coroutine: Coroutine, footprint: number): boolean {
    if (footprint === NO_FOOTPRINT) return true;
    if (!this.#isWhole) return false;
    let requirements = this.#requirements[footprint];
    if (requirements === undefined) requirements = this.#requirements[footprint] = this.#requirementsOf(this.#footprints[footprint]!);
    if (requirements === null) return false;
    for (let i = 0; i < requirements.length; i++) if (!this.#isGranted(coroutine, requirements[i]!)) return false;
    return true;
  }

  #requirementsOf({ reads, writes, adds }: Footprint): Requirement[] | null {
    const { region, clusterOf } = this.#regions;
    const wants = new Map<number, number>();
    const want = (cell: number, what: number): void => void wants.set(clusterOf[cell]!, (wants.get(clusterOf[cell]!) ?? 0) | what);
    for (const cell of reads) {
      if (region[cell] === Region.settled) continue;
      if (region[cell] === Region.requests) want(cell, Wants.afterDrains);
      else if (region[cell] === Region.copy) want(cell, Wants.copy);
      else if (region[cell] === Region.sourceData || region[cell] === Region.sourcePlace) want(cell, Wants.stillSource);
      else return null;
    }
    for (const cell of writes) {
      if (region[cell] === Region.copy) want(cell, Wants.copy);
      else if (region[cell] === Region.sourceData) want(cell, Wants.sourceData);
      else if (region[cell] === Region.sourcePlace) want(cell, Wants.sourcePlace);
      else return null;
    }
    for (const cell of adds) {
      if (region[cell] === Region.requests) want(cell, Wants.afterDrains);
      else if (region[cell] !== Region.progress) return null;
    }
    return [...wants].map(([cluster, what]) => ({ cluster, wants: what }));
  }

  #isGranted(me: Coroutine, { cluster, wants }: Requirement): boolean {
    const { job } = this.#parts;
    const holdsIt = holds(job, me, cluster);
    if ((wants & Wants.afterDrains) !== 0 && !isPastDrains(job)) return false; // what else it wants of this cluster counts, too
    if ((wants & (Wants.sourceData | Wants.sourcePlace)) !== 0) return !holdsIt && this.#landsUnseen(me, cluster, wants);
    if ((wants & Wants.copy) !== 0 && !(holdsIt && this.#copiesAlone(me, cluster))) return false;
    return (wants & Wants.stillSource) === 0 || this.#sourceStandsStill(me, cluster, holdsIt);
  }

  /** No coroutine will copy or read the cluster any more; other writers to it look at it no more than I do. */
  #landsUnseen(me: Coroutine, cluster: number, wants: number): boolean {
    const { job } = this.#parts;
    if (!isPastCopies(job) && !job.copied.hasNow(cluster)) return false;
    const touchesPlace = (wants & (Wants.sourcePlace | Wants.stillSource)) !== 0;
    if (job.sync.selects !== 'allocated' || !touchesPlace || hasPassed(job, cluster) || this.#staysAllocated(cluster))
      return !this.#isTouchedBy(me, cluster, isReader);
    return (wants & Wants.sourcePlace) === 0 && !this.#isTouchedBy(me, cluster, anybody); // TOP still asks where it lies
  }

  /** No other coroutine is copying the cluster, or writing to it, and each that wants to will wait for me. */
  #copiesAlone(me: Coroutine, cluster: number): boolean {
    const { job, guests } = this.#parts;
    if (!isHooked(job) || isPastCopies(job) || (me !== job && holds(job, job, cluster))) return false;
    for (let i = 0; i < guests.length; i++) {
      const guest = guests[i]!;
      if (guest !== me && !guest.hasEnded && this.#touches(guest, cluster) && !this.#isBeforeHook(guest) && !isQuiet(guest)) return false;
    }
    return true;
  }

  /**
   * No writer is past the hook there; nor before it, unless I hold the cluster, so that it waits for me. The job does not wait for a
   * reader of the point in time before it unlinks the hook.
   */
  #sourceStandsStill(me: Coroutine, cluster: number, holdsIt: boolean): boolean {
    const { job, guests } = this.#parts;
    const isAmple = holdsIt && isHooked(job) && this.#parts.guestOf(me)?.kindSeen !== 'readT0';
    for (let i = 0; i < guests.length; i++) {
      const guest = guests[i]!;
      if (guest === me || guest.hasEnded || !changesTheDisk(guest.kindSeen) || !this.#touches(guest, cluster)) continue;
      if (!isAmple || !this.#isBeforeHook(guest)) return false;
    }
    return true;
  }

  /** Whether TOP will find the cluster allocated, no matter which guests write to it. */
  #staysAllocated(cluster: number): boolean {
    const { job, source } = this.#parts;
    if (this.#shape.discardReads === 'backing') return false;
    const { first, end } = job.sectorsOf(cluster);
    for (let s = first; s < end; s++) if (!source.isAllocatedAt(s)) return false;
    return true;
  }

  /** Whether another request of such a kind touches the cluster. */
  #isTouchedBy(me: Coroutine, cluster: number, isMeant: (guest: GuestRequest) => boolean): boolean {
    const { guests } = this.#parts;
    for (let i = 0; i < guests.length; i++) {
      const guest = guests[i]!;
      if (guest !== me && !guest.hasEnded && isMeant(guest) && this.#touches(guest, cluster)) return true;
    }
    return false;
  }

  #touches(guest: GuestRequest, cluster: number): boolean {
    const { job, world } = this.#parts;
    const size = job.clusterSectors;
    const [first, end] = [world.cells[guest.firstCell]!, world.cells[guest.endCell]!];
    return first < (cluster + 1) * size && cluster * size < end;
  }

  #isBeforeHook(guest: GuestRequest): boolean {
    return this.#beforeHook[guest.pending & NAME_MASK]!;
  }
}

const anybody = (): boolean => true;
const isReader = (guest: GuestRequest): boolean => guest.kindSeen === 'read' || guest.kindSeen === 'readT0';

/** A read of the guest: it changes nothing, and copies nothing. */
const isQuiet = (guest: GuestRequest): boolean => guest.kindSeen === 'read' || !hasRange(guest.kindSeen);

/** It has not started, is held up by the limits, or waits for a copy. */
function isBeforeHook({ guard }: StepName, { role, io, inCopy }: Meaning): boolean {
  return guard === 'unblocked' || io?.phase === 'start' || (role === 'waitsInLine' && !inCopy) || role === 'waitsForCopy';
}

/** Whether it is worth asking whether this step is held: only after the job, always, or never, for it is everybody's concern. */
function whenToAsk({ guard }: StepName, { io }: Meaning, isGuest: boolean): number {
  if (guard === 'woken') return NEVER;
  if (guard === 'unblocked' || io?.phase === 'start' || (io?.by === 'guest' && (io.phase === 'complete' || io.phase === 'fail')))
    return isGuest ? AFTER_JOB : NEVER;
  return io !== null || isGuest ? ALWAYS : NEVER;
}
