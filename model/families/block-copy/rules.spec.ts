/** Each rule can be missed, and the search finds where; with all of them it meets the situations in which they matter. */
import { describe, expect, it } from 'vitest';
import '../../../src/families/block-copy.ts';
import { drawScenario, scenarios } from '../../../src/scenarios/draw.ts';
import { randomNumbers } from '../../../src/search/strategies/random-numbers.ts';
import { SCOPE, findFailure, scopeFor, settingWithout } from '../../../src/testing.ts';
import { oneIn, sized } from '../../../tools/nightly/testing.ts';
import type { Requester } from '../../block/requester.ts';
import { STORE, STORE_ZEROES, WAIT } from '../../job/steps.ts';
import type { Coroutine } from '../../kernel/coroutine.ts';
import { type Step, type StepName, nameOf } from '../../kernel/step.ts';
import type { JobOption } from '../../machine/job-options.ts';
import { Machine } from '../../machine/machine.ts';
import { shapeOf } from '../../machine/shape.ts';
import type { SyncMode } from '../../sync.ts';
import { goOn, seeded } from '../../testing.ts';
import { RULE_NAMES, type RuleName } from './rules.ts';
import { STATUS, WAIT_FOR_SLOT } from './steps.ts';

type Needed = Partial<Record<SyncMode, number>>;

/**
 * By rule, in how many schedules of a mode a property breaks without it, with the seed of the specs; where a mode is missing,
 * the rule means nothing to it. A record, and not what is asserted.
 */
const NEEDED: Record<RuleName, Needed> = {
  drainBeforeInsert: { full: 19, top: 3, none: 26, bitmap: 186 },
  jobRunsBeforeGuests: { full: 2, top: 7, none: 67, bitmap: 21 },
  successorMadeAtT0: { bitmap: 90 },
  targetLengthIsSourceLength: { full: 529, top: 1361, none: 3865 },
  bitmapSkipsClean: { bitmap: 1 },
  topSkipsUnallocated: { top: 10 },
  topAsksWholeCluster: { top: 91 },
  failedScanEndsJob: { top: 28 },
  copiesSkipUntilScanned: { top: 46 },
  copyBeforeWrite: { full: 1, top: 2, none: 1, bitmap: 33 },
  copyBeforeWriteZeroes: { full: 25, top: 87, none: 1, bitmap: 337 },
  copyBeforeDiscard: { full: 154, top: 595, none: 74, bitmap: 369 },
  copyWholeClusters: { full: 9, top: 28, none: 9, bitmap: 97 },
  failedCopyFailsGuestWrite: { full: 1, top: 323, none: 1, bitmap: 162 },
  claimIsOneStep: { full: 1, top: 2, none: 101, bitmap: 35 },
  everyClusterIsDirty: { full: 1, top: 35, none: 113, bitmap: 1 },
  shortStatusIsData: { full: 2209, top: 89, none: 2433, bitmap: 3897 },
  failedStatusIsData: { full: 91, top: 42, none: 1, bitmap: 161 },
  shrinkPutsTailBack: { full: 1, top: 90, none: 113, bitmap: 49 },
  failurePutsBitsBack: { full: 1, top: 186, bitmap: 457 },
  storesWaitForReaders: { none: 955 },
  waitForTasksInRange: { full: 1, top: 2, none: 39, bitmap: 33 },
  looksAgainAfterWaiting: { full: 3, top: 90, none: 856, bitmap: 329 },
  passesUntilClean: { full: 2, top: 41, none: 59, bitmap: 220 },
  jobPassesUntilClean: { full: 10, top: 1619, bitmap: 1753 },
  copiedIsDone: { none: 132 },
  doneRunIsDone: { none: 1411 },
  writesWaitForFrozenReads: { none: 71 },
  failedCopyBreaksSnapshot: { full: 8, top: 440 },
  brokenSnapshotFailsReads: { none: 6746 },
  brokenSnapshotWaitsForReads: { none: 9011 },
  brokenSnapshotFailsJob: { full: 8, top: 1890 },
  failedJobKeepsBits: { full: 128, top: 72, bitmap: 274 },
  uncopiedStayDirty: { full: 19, top: 161, bitmap: 119 },
  neverKeepsBits: { bitmap: 1 },
  bitmapWaitsForCopies: { full: 1933, top: 489, bitmap: 762 },
  cancelWaitsForCall: { full: 17, top: 74, bitmap: 113 },
  drainBeforeUnhook: { full: 181, top: 189, none: 7, bitmap: 1089 },
  eventComesLast: { full: 187, top: 137, none: 7, bitmap: 1647 },
  disksStayDrained: { full: 24, top: 8, none: 66, bitmap: 16 },
  failureAbortsGroup: { full: 8, top: 160, none: 32, bitmap: 40 },
  jobsStartTogether: { full: 176, top: 1, none: 104, bitmap: 56 },
  failedStartUndrains: { full: 88, top: 1, none: 104, bitmap: 16 },
  failedStartGivesBitmapBack: { full: 544, top: 216, bitmap: 16 },
  bitmapStoredLast: { full: 90, top: 149, bitmap: 89 },
  bitmapWaitsForGroup: { full: 1225, top: 1730, bitmap: 41 },
};

/** What is missed only in jobs that know more than others. */
const OPTIONS: Partial<Record<RuleName, readonly JobOption[]>> = {
  copiedIsDone: ['snapshot-access'],
  doneRunIsDone: ['snapshot-access'],
  writesWaitForFrozenReads: ['snapshot-access'],
  failedCopyBreaksSnapshot: ['on-cbw-error'],
  brokenSnapshotFailsReads: ['snapshot-access', 'on-cbw-error'],
  brokenSnapshotWaitsForReads: ['snapshot-access', 'on-cbw-error'],
  brokenSnapshotFailsJob: ['on-cbw-error'],
  failedJobKeepsBits: ['bitmap'],
  uncopiedStayDirty: ['bitmap'],
  bitmapWaitsForCopies: ['bitmap'],
  disksStayDrained: ['transaction'],
  failureAbortsGroup: ['transaction'],
  bitmapWaitsForGroup: ['transaction', 'bitmap'],
  jobsStartTogether: ['transaction'],
  failedStartUndrains: ['transaction'],
  failedStartGivesBitmapBack: ['transaction', 'bitmap'],
  bitmapStoredLast: ['restart', 'bitmap'],
};

/** Of scenarios of the usual size too few have a reader, a guest whose copy fails, and a third who overtakes the reader. */
const SCOPES: Partial<Record<RuleName, typeof SCOPE>> = { brokenSnapshotWaitsForReads: { clusters: 3, clusterSectors: 1, writes: 4 } };

/** Whatever is drawn, a rule that is missed at all is missed within so many. */
const SCHEDULES_MAX = 12_000;

describe('a backup by block-copy', () => {
  /** By day in the mode in which it is missed soonest. */
  const modesOf = (rule: RuleName): SyncMode[] => {
    const modes = Object.entries(NEEDED[rule]) as [SyncMode, number][];
    return modes
      .toSorted(([, a], [, b]) => a - b)
      .slice(0, sized(1, 4))
      .map(([mode]) => mode);
  };
  const each = RULE_NAMES.flatMap((rule) => modesOf(rule).map((mode) => ({ rule, mode })));

  it.each(oneIn(3, each))('breaks without $rule (mode $mode), and that is the cause', ({ rule, mode }) => {
    const { writes = SCOPE.writes } = SCOPES[rule] ?? {};
    const scope = { ...scopeFor([rule]), ...SCOPES[rule], jobOptions: OPTIONS[rule] ?? [] };
    const failure = findFailure(settingWithout([rule], { job: 'block-copy', requestsMin: writes }), mode, SCHEDULES_MAX, { scope });
    expect(failure?.found.cause).toEqual([rule]);
  });
});

/** What a good search must have met of it. */
const SITUATIONS = {
  guestWaitsForTask: 'a guest waits for a task of the job',
  jobWaitsForTask: 'the job waits for a task of a guest',
  shrunkUnderWaiter: 'a task is cut short while somebody waits for it',
  triesAfterFailure: 'a call that has waited for a task that failed copies by itself',
  waitsForSlot: 'a call waits for one of its tasks to end',
  threeTasks: 'more than two tasks are in flight at a time',
} as const;
type Situation = keyof typeof SITUATIONS;

class Situations {
  readonly met = new Set<Situation>();
  readonly #machine: Machine;
  /** By id of who waits: whose task it is, and who failed since. */
  #waiters = new Map<number, Requester>();
  #failed = new Set<Requester>();
  #ends = new Map<Requester, number>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }
  begin(): void {
    this.#waiters = new Map();
    this.#failed = new Set();
    this.#ends = new Map();
  }

  after(coroutine: Coroutine, step: Step): null {
    const { job, coroutines } = this.#machine;
    const me = coroutine as Requester;
    const held = coroutines.all.filter(
      (one): one is Requester => one !== job && 'cowInFlightCell' in one && job.inFlight.isHeldSeen(one as Requester),
    );
    this.#meetIf('threeTasks', held.length > 2);
    this.#meetIf('waitsForSlot', isIn(WAIT_FOR_SLOT, coroutine));
    const waitedFor = this.#waiters.get(me.id);
    if (nameOf(step) === WAIT) this.#waiters.delete(me.id);
    this.#meetIf(
      'triesAfterFailure',
      nameOf(step) === WAIT && isIn(STATUS, coroutine) && waitedFor !== undefined && this.#failed.has(waitedFor),
    );
    if (isIn(WAIT, coroutine)) this.#waits(me, held);
    if (nameOf(step) === STATUS) {
      const wasWaitedFor = [...this.#waiters.values()].includes(me);
      this.#meetIf('shrunkUnderWaiter', wasWaitedFor && this.#endOf(me) < (this.#ends.get(me) ?? 0));
    }
    if (this.#machine.faultStruck() !== 0 && (nameOf(step) === STORE.submit || nameOf(step) === STORE_ZEROES.submit)) this.#failed.add(me);
    else if (this.#failed.has(me) && job.inFlight.isHeldSeen(me)) this.#failed.delete(me);
    for (const one of held) this.#ends.set(one, this.#endOf(one));
    return null;
  }
  end(): null {
    return null;
  }

  /** It waits for the newest task that overlaps, which is among those that have the first cluster that it cannot have. */
  #waits(me: Requester, held: readonly Requester[]): void {
    const { job, coroutines } = this.#machine;
    const range = me.cowSeen;
    const other = held.find((one) => one !== me && [...clusters(range)].some((c) => job.inFlight.coversSeen(one, c)));
    if (other === undefined) return;
    this.#waiters.set(me.id, other);
    const [mine, others] = [me, other].map((one) => this.#machine.guestOf(one));
    this.#meetIf('guestWaitsForTask', mine !== null && others === null);
    this.#meetIf('jobWaitsForTask', mine === null && coroutines.principalOf(me) === job && others !== null);
  }

  #endOf(one: Requester): number {
    const { job } = this.#machine;
    for (let c = job.clusters; c > 0; c--) if (job.inFlight.coversSeen(one, c - 1)) return c;
    return 0;
  }
  #meetIf(what: Situation, yes: boolean): void {
    if (yes) this.met.add(what);
  }
}

const isIn = (name: StepName, { pending }: Coroutine): boolean => nameOf(pending) === name;
function* clusters({ first, end }: { readonly first: number; readonly end: number }): Generator<number> {
  for (let c = first; c < end; c++) yield c;
}

describe('the situations in which the rules matter', () => {
  it('are all met', () => {
    const pick = seeded('situations of block-copy');
    const met = new Set<Situation>();
    for (const mode of ['full', 'none'] as const) {
      const random = randomNumbers(`situations ${mode}`);
      const arbitrary = scenarios(mode, { clusters: 6, clusterSectors: 2, writes: 4, faults: true });
      for (let n = 0; n < 300; n++) {
        const scenario = drawScenario(arbitrary, random);
        const machine = new Machine(shapeOf(scenario, { job: 'block-copy', wake: 'any', effects: 'cluster', without: [], requestsMin: 0 }));
        const situations = new Situations(machine);
        machine.load(scenario);
        machine.begin();
        situations.begin();
        goOn(machine, situations, pick);
        for (const one of situations.met) met.add(one);
      }
    }
    expect(Object.keys(SITUATIONS).filter((one) => !met.has(one as Situation))).toEqual([]);
  });
});
