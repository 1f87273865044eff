/** Both models on the same scenario: what comes of it in every schedule must be the same. */
import '../../src/families/block-copy.ts';
import { PERF_PLAIN } from '../../model/job/copy-limits.ts';
import { NO_ERROR } from '../../model/block/errors.ts';
import { JobState } from '../../model/job/job-status.ts';
import { Machine } from '../../model/machine/machine.ts';
import { shapeOf } from '../../model/machine/shape.ts';
import { modesWhere } from '../../model/sync.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { Properties } from '../../properties/all.ts';
import { searchExhaustively } from '../../src/search/exhaustive/exhaustive.ts';
import { NO_REDUCTION } from '../../src/search/exhaustive/reductions.ts';
import { type RandomNumbers, randomNumbers } from '../../src/search/strategies/random-numbers.ts';
import { type Outcome, outcomesOf } from './run.ts';
import type { Setup, Status } from './state.ts';

const STATES_MAX = 30_000;
const CLUSTERS_MAX = 4;

/** A small scenario: every mode, raw disks and overlays, one or two guests, a cancel, errors. */
export function drawSetup(random: RandomNumbers): Setup {
  const clusterSectors = 1 + random.below(2);
  const sectors = 1 + random.below((1 + random.below(CLUSTERS_MAX)) * clusterSectors);
  const clusters = Math.ceil(sectors / clusterSectors);
  const copies = (['all', 'allocated', 'none'] as const)[random.below(3)]!;
  const status =
    copies !== 'allocated' && random.below(2) === 0
      ? null
      : Array.from({ length: clusters }, () => (['data', 'backing', 'zero'] as Status[])[random.below(3)]!);
  const guests = Array.from({ length: 1 + random.below(2) }, () => {
    const first = random.below(sectors);
    return { kind: random.below(3) === 0 ? ('zero' as const) : ('write' as const), first, end: first + 1 + random.below(sectors - first) };
  });
  const faults =
    random.below(2) === 0 ? [] : [{ op: random.below(2) === 0 ? ('read' as const) : ('store' as const), cluster: random.below(clusters) }];
  const content = Array.from({ length: sectors }, (_, s) => (status?.[Math.floor(s / clusterSectors)] === 'zero' ? 'zero' : `s${s}@0`));
  const cancel = copies === 'none' || random.below(2) === 0;
  return { copies, sectors, clusterSectors, content, status, guests, cancel, faults, ...PERF_PLAIN.guest };
}

export function scenarioOf({ copies, sectors, clusterSectors, content, status, guests, cancel, faults }: Setup): Scenario {
  const clustersOf = (wanted: Status): number[] => (status ?? []).flatMap((is, c) => (is === wanted ? [c] : []));
  const [mode] = modesWhere(({ selects }) => selects === copies);
  return {
    mode: mode!,
    disk: {
      sectors,
      clusterSectors,
      zero: content.flatMap((what, s) => (what === 'zero' ? [s] : [])),
      discardReads: 'zero',
      ...(status === null
        ? {}
        : { overlay: { clusterSectors, allocated: clustersOf('data'), zeroClusters: clustersOf('zero'), baseSectors: sectors } }),
    },
    targetClusterSectors: copies === 'all' ? 0 : clusterSectors,
    guest: guests.map(({ kind, first, end }, i) => ({ id: `g${i + 1}`, kind, first, count: end - first, after: [], early: false })),
    cancel,
    faults: faults.map(({ op, cluster }) =>
      op === 'read'
        ? { side: 'source', op: 'read', cluster, errno: 'EIO', times: 1 }
        : { side: 'target', op: 'write', cluster, errno: 'EIO', times: 1 },
    ),
  };
}

/** @returns null if there are too many states */
export function outcomesOfModel(scenario: Scenario): Set<Outcome> | null {
  const machine = new Machine(shapeOf(scenario, { job: 'block-copy', effects: 'cluster', wake: 'any', without: [], requestsMin: 0 }));
  const properties = new Properties(machine);
  machine.load(scenario);
  const outcomes = new Set<Outcome>();
  const { complete, broken } = searchExhaustively(
    machine,
    properties,
    { bytesMax: 2 ** 26, shouldStop: (seen) => seen > STATES_MAX, onEnd: () => void outcomes.add(outcomeNow(machine)) },
    { ...NO_REDUCTION, local: true, sleep: true },
  );
  if (broken !== null) throw new Error(`${broken.violation.property}: ${broken.violation.detail}, in ${JSON.stringify(scenario)}`);
  return complete ? outcomes : null;
}

function outcomeNow(machine: Machine): Outcome {
  const { job, source, target, shape } = machine;
  const { stateSeen, errorSeen, offsetSeen } = job.status;
  const end = stateSeen === JobState.cancelled ? 'cancelled' : errorSeen === NO_ERROR ? 'completed' : 'failed';
  const sectors = Array.from({ length: shape.sectors }, (_, s) => s);
  const stored = (s: number): string => (target.isWrittenAt(s) ? machine.contentName(target.contentAt(s)) : '-');
  return (
    `${end}, ${offsetSeen} sectors, ${sectors.map((s) => machine.contentName(source.contentAt(s))).join(' ')} | ` +
    sectors.map(stored).join(' ')
  );
}

export interface Compared {
  readonly scenarios: number;
  readonly outcomes: number;
  /** Too large for one of the two. */
  readonly passedOver: number;
  /** The first where they part; null: nowhere. */
  readonly different: { readonly setup: Setup; readonly onlyModel: readonly Outcome[]; readonly onlySecond: readonly Outcome[] } | null;
}

/** Draws so many scenarios that both can search to the end. */
export function compare(seed: string, scenarios: number, change: (setup: Setup) => Setup = (setup) => setup): Compared {
  const random = randomNumbers(seed);
  let [compared, outcomes, passedOver] = [0, 0, 0];
  while (compared < scenarios) {
    const setup = drawSetup(random);
    const model = outcomesOfModel(scenarioOf(setup));
    const second = model === null ? null : outcomesOf(change(setup), STATES_MAX);
    if (model === null || second === null) {
      passedOver++;
      continue;
    }
    compared++;
    outcomes += model.size;
    const [onlyModel, onlySecond] = [[...model].filter((one) => !second.has(one)), [...second].filter((one) => !model.has(one))];
    if (onlyModel.length + onlySecond.length > 0)
      return { scenarios: compared, outcomes, passedOver, different: { setup, onlyModel, onlySecond } };
  }
  return { scenarios: compared, outcomes, passedOver, different: null };
}
