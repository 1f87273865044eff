/**
 * Exhaustive search of one scenario on one core: every state, with our reductions, beside Spin on the
 * same steps (spin/backup.pml) with the reduction that it comes with. Only the search is measured: Spin's
 * compiler and our start are not.
 */
import { SYNC_MODES, type SyncMode, syncOf } from '../model/sync.ts';
import { Machine } from '../model/machine/machine.ts';
import { shapeOf } from '../model/machine/shape.ts';
import { plainTargetClusterSectors } from '../model/scenario/plain-target.ts';
import type { GuestOperation, Scenario } from '../model/scenario/scenario.ts';
import { Properties } from '../properties/all.ts';
import { searchExhaustively } from '../src/search/exhaustive/exhaustive.ts';
import { type Contender, type Measurement, type Race, ROUNDS } from './figure.ts';
import { CompiledSearch } from './spin/search.ts';

const GIB = 2 ** 30;
/** Ours is in bytes, Spin's in megabytes; neither comes near it where both are to finish. */
const BYTES_MAX = 8 * GIB;
const ALONE_BYTES_MAX = 4 * GIB;

/** Each mode, beside Spin. */
export function exhaustiveRaces(clusters: number, writes: number): Race[] {
  return SYNC_MODES.map((mode) => {
    const scenario = workload(mode, clusters, writes);
    return { name: nameOf(scenario, clusters), unit: 's', ours: ours(scenario, BYTES_MAX), peers: [spin(scenario)], rounds: ROUNDS };
  });
}

/** What would take Spin some 15 GB: as far as 4 GiB go. */
export function aloneRace(): Race {
  const scenario = workload('full', 4, 8);
  return {
    name: `${nameOf(scenario, 4)}, in ${ALONE_BYTES_MAX / GIB} GiB`,
    unit: 's',
    ours: ours(scenario, ALONE_BYTES_MAX),
    peers: [],
    rounds: 1,
  };
}

/**
 * Writes that may all run at once. Write i goes to cluster 2i, counted round the disk, and every third
 * one into the next cluster, too: so some meet at a cluster and some do not, some come before the job and
 * some after it. Where allocation counts, the first half of the disk is allocated; a job that does not end by itself is
 * cancelled at any time after T0.
 */
export function workload(mode: SyncMode, clusters: number, writes: number): Scenario {
  const clusterSectors = 2;
  const sectors = clusters * clusterSectors;
  const guest = Array.from({ length: writes }, (_, i): GuestOperation => {
    const first = ((2 * i) % clusters) * clusterSectors;
    const count = Math.min(i % 3 === 2 ? 2 * clusterSectors : clusterSectors, sectors - first);
    return { id: `g${i + 1}`, kind: 'write', first, count, after: [], early: false };
  });
  const allocated = Array.from({ length: Math.ceil(clusters / 2) }, (_, c) => c);
  const { selects, endsByItself } = syncOf(mode);
  const overlay = selects === 'allocated' ? { overlay: { clusterSectors, allocated, zeroClusters: [], baseSectors: sectors } } : {};
  return {
    mode,
    disk: { sectors, clusterSectors, zero: [sectors - 1], discardReads: 'zero', ...overlay },
    targetClusterSectors: plainTargetClusterSectors(mode, clusterSectors),
    guest,
    cancel: !endsByItself,
  };
}

const nameOf = ({ mode, guest }: Scenario, clusters: number): string =>
  `exhaustive search, ${mode.toUpperCase()}, ${clusters} clusters and ${guest.length} writes`;

function ours(scenario: Scenario, bytesMax: number): Contender {
  return { name: 'cowcheck', measure: (seconds) => secondsOfOne(seconds, async () => timed(scenario, bytesMax)) };
}

function spin(scenario: Scenario): Contender {
  let compiled: CompiledSearch | undefined;
  return {
    name: 'Spin, with its own reduction',
    measure: async (seconds) => {
      const search = (compiled ??= await CompiledSearch.of(scenario, { reduction: true, megabytesMax: BYTES_MAX / 2 ** 20 }));
      return secondsOfOne(seconds, async () => {
        const result = await search.run();
        if (!result.complete) throw new Error(`Spin did not finish: ${result.error ?? 'it met a limit'}`);
        return { value: result.seconds, states: result.states, complete: true };
      });
    },
    close: () => compiled?.close(),
  };
}

/** A search from scratch: nothing has been learned yet. */
function timed(scenario: Scenario, bytesMax: number): Measurement {
  const machine = new Machine(shapeOf(scenario, { effects: 'cluster', wake: 'any', without: [], requestsMin: 0 }));
  const properties = new Properties(machine);
  machine.load(scenario);
  const begin = performance.now();
  const { states, broken, complete } = searchExhaustively(machine, properties, { bytesMax, shouldStop: () => false });
  const value = (performance.now() - begin) / 1000;
  if (broken !== null) throw new Error(`the correct job broke a property: ${broken.violation.detail}`);
  return { value, states, complete };
}

/** The mean of as many searches as fit into about so many seconds, at least one. Spin tells hundredths of a second. */
async function secondsOfOne(seconds: number, search: () => Promise<Measurement>): Promise<Measurement> {
  const end = performance.now() + 1000 * seconds;
  let [sum, times] = [0, 0];
  for (;;) {
    const measured = await search();
    sum += measured.value;
    times++;
    if (performance.now() >= end) return { ...measured, value: sum / times };
  }
}
