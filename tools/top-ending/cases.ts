/** The end of TOP (S-25) and its neighbours: what is varied, and where each was searched. docs/top-ending.md tells what came of it. */
import type { RuleName } from '../../model/families/notifier/rules.ts';
import type { GuestKind } from '../../model/block/guest.ts';
import type { Machine } from '../../model/machine/machine.ts';
import type { Feature } from '../../src/shrink/features.ts';
import type { ConstraintName } from './constraints.ts';

export interface EndingCase {
  readonly name: string;
  /** What is different from QEMU 1.6, or what of it is looked at. */
  readonly title: string;
  readonly without: readonly RuleName[];
  /** TOP marks what it skips, as QEMU does since c334e897d0 (4.1). */
  readonly marksSkipped: boolean;
  readonly constraints: readonly ConstraintName[];
  /** Only scenarios that have all of these count. */
  readonly features: readonly Feature[];
  /** What the guest may ask for; absent: everything. */
  readonly kinds?: readonly GuestKind[];
  readonly clusters: number;
  readonly effects: 'cluster' | 'sector';
}

/** QEMU 1.6: unlinks the hook, then drains the copies in flight. */
const UNHOOKS_FIRST: readonly RuleName[] = ['drainBeforeUnhook'];
/** QEMU 1.6 neither intercepts discards nor lets them wait for I/O limits (S-01), so where limits count there are none. */
const NO_DISCARDS: readonly GuestKind[] = ['write', 'zero', 'read', 'flush'];
/** Two clusters have many scenarios. */
const WRITES: readonly GuestKind[] = ['write'];
const SEED = { without: UNHOOKS_FIRST, marksSkipped: false, features: [] } as const;

export const CASES: readonly EndingCase[] = [
  {
    ...SEED,
    name: 'lookup-while-hooked',
    title: 'Copies look up before the hook is unlinked',
    constraints: ['lookupsWhileHooked'],
    kinds: WRITES,
    clusters: 2,
    effects: 'cluster',
  },
  {
    ...SEED,
    name: 'lookup-at-once',
    title: 'One cluster, and lookups that nothing delays',
    constraints: ['lookupsAtOnce'],
    clusters: 1,
    effects: 'sector',
  },
  { ...SEED, name: 'lookup-late', title: 'One cluster, and a lookup that is delayed', constraints: [], clusters: 1, effects: 'sector' },
  {
    ...SEED,
    name: 'two-clusters',
    title: 'Two clusters, and lookups that nothing delays',
    constraints: ['lookupsAtOnce'],
    kinds: WRITES,
    clusters: 2,
    effects: 'cluster',
  },
  {
    ...SEED,
    name: 'throttled',
    title: 'One cluster, and a lookup behind another request in the throttle queue',
    constraints: ['lookupsAtOnce', 'queuesBehind'],
    features: ['throttled'],
    kinds: NO_DISCARDS,
    clusters: 1,
    effects: 'sector',
  },
  {
    ...SEED,
    name: 'skipped-marked',
    title: 'What is skipped is marked; two clusters, and lookups that nothing delays',
    marksSkipped: true,
    constraints: ['lookupsAtOnce'],
    kinds: WRITES,
    clusters: 2,
    effects: 'cluster',
  },
  {
    ...SEED,
    name: 'skipped-marked-late',
    title: 'What is skipped is marked; one cluster, and a lookup that is delayed',
    marksSkipped: true,
    constraints: [],
    clusters: 1,
    effects: 'sector',
  },
  {
    ...SEED,
    name: 'skipped-marked-throttled',
    title: 'What is skipped is marked; one cluster, and a lookup behind another request in the throttle queue',
    marksSkipped: true,
    constraints: ['lookupsAtOnce', 'queuesBehind'],
    features: ['throttled'],
    kinds: NO_DISCARDS,
    clusters: 1,
    effects: 'sector',
  },
  {
    ...SEED,
    name: 'drained-first',
    title: 'The copies are drained before the hook is unlinked',
    without: [],
    constraints: [],
    clusters: 2,
    effects: 'cluster',
  },
  {
    ...SEED,
    name: 'drained-first-throttled',
    title: 'The copies are drained before the hook is unlinked; I/O limits',
    without: [],
    constraints: [],
    features: ['throttled'],
    kinds: NO_DISCARDS,
    clusters: 1,
    effects: 'sector',
  },
];

/** Up to so many requests of the guest and cancels. */
export const REQUESTS_MAX = 2;
export const CLUSTER_SECTORS = 2;

/** Changes a machine, before it is first loaded, into the one of the case. */
export function adapt({ job: { copied } }: Machine, { marksSkipped }: EndingCase): void {
  if (!marksSkipped) return;
  const [skip, add] = [copied.skip.bind(copied), copied.add.bind(copied)];
  copied.skip = (cluster) => {
    const counts = skip(cluster);
    add(cluster);
    return counts;
  };
  copied.add = (cluster) => !copied.has(cluster) && add(cluster); // or what was skipped while it was copied would count twice
}
