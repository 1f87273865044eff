/** Reads, writes and questions for the allocation that fail. */
import { ERRNOS, SIDES, type Side } from '../../../model/block/errors.ts';
import { changesTheDisk } from '../../../model/block/guest.ts';
import { FAULT_OPS, FAULT_TIMES_MAX, type Fault, type FaultOp } from '../../../model/block/faults.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { type Grammar, type Notation, SECTORS_MAX } from './notation.ts';
import { type Variation, cutInClusters, placesWithout } from './variation.ts';

type Faults = readonly Fault[];

export const notation = {
  key: 'faults',
  of: 'job',
  place: 'scenario',
  plain: [],
  isPlain: (faults) => faults.length === 0,
  write: (faults) => ({
    faults: faults.map(({ side, op, cluster, errno, times }) => ({
      node: side === 'source' ? 'disk' : side,
      op,
      cluster,
      errno,
      ...(times === 1 ? {} : { times }),
    })),
  }),
  words: (faults) => faults.map(wordsOf),
} satisfies Notation<Faults>;

function wordsOf({ side, op, cluster, errno, times }: Fault): string {
  const what = { read: 'read', write: 'write', ask: 'allocation query' }[op];
  const many = op === 'ask' ? 'allocation queries' : `${what}s`;
  const [preposition, at] = { read: ['of', 'on'], write: ['of', 'on'], ask: ['for', 'on'] }[op];
  return times === 1
    ? `the first ${what} ${preposition} cluster ${cluster} ${at} the ${side} fails with ${errno}`
    : `the first ${times} ${many} ${preposition} cluster ${cluster} ${at} the ${side} fail with ${errno}`;
}

const FAULTS_MAX = 10_000;

/** `{node: disk, op: read, cluster: 2, errno: EIO}`: the next read of cluster 2 of the node fails. */
export const grammar = {
  keys: (z) => ({
    faults: z
      .array(
        z.strictObject({
          node: z.string().describe('The node whose request fails: that of the source or of the target.'),
          op: z.enum(FAULT_OPS).describe('What fails: a read, a write, or an allocation query (block status).'),
          cluster: z.int().min(0).max(SECTORS_MAX).describe('The cluster of the backup, counted from 0.'),
          errno: z.enum(ERRNOS).describe('How it fails.'),
          times: z.int().min(1).max(FAULT_TIMES_MAX).default(1).describe('How many such requests fail, counted from the first.'),
        }),
      )
      .max(FAULTS_MAX)
      .describe('Requests that fail.'),
  }),
  read: ({ faults }, sideOf) =>
    (faults as WrittenFaults | undefined)?.map(({ node, ...fault }, i) => ({ side: sideOf(node, ['faults', i, 'node']), ...fault })),
} satisfies Grammar<Faults>;

type WrittenFaults = readonly (Omit<Fault, 'side'> & { readonly node: string })[];

export const hasFaults = ({ faults = [] }: Scenario): boolean => faults.length > 0;

/** How often they strike, all together. */
const strikes = (faults: Faults): number => faults.reduce((sum, { times }) => sum + times, 0);

/**
 * A drawn cluster from here on is that of a request that changes the disk, and the fault is one of the copy before it: what a broken
 * snapshot does to others takes a copy of a guest that fails, and where the cluster is drawn by itself hardly any does.
 */
const AIMED = 2 ** 20;
const AIMED_MAX = AIMED + 7;

function aimedAt(fault: Fault, { disk, guest }: Scenario): Fault {
  if (fault.cluster < AIMED) return fault;
  const writers = guest.filter(({ kind }) => changesTheDisk(kind));
  const writer = writers[(fault.cluster - AIMED) % Math.max(1, writers.length)];
  const cluster = writer === undefined ? 0 : Math.floor(writer.first / disk.clusterSectors);
  return { ...fault, op: fault.side === 'source' ? 'read' : 'write', cluster };
}

export const variation = {
  notation,
  draw: (fc, { clusters, faults = false, jobOptions = [] }) =>
    fc.array(
      fc.record({
        side: fc.constantFrom(...SIDES),
        op: fc.constantFrom(...FAULT_OPS),
        cluster:
          jobOptions.length === 0
            ? fc.nat(clusters - 1)
            : fc.oneof(fc.nat(clusters - 1), { weight: 2, arbitrary: fc.integer({ min: AIMED, max: AIMED_MAX }) }),
        errno: fc.constantFrom(...ERRNOS),
        times: fc.integer({ min: 1, max: FAULT_TIMES_MAX }),
      }),
      faults ? { maxLength: 3, size: 'max' } : { maxLength: 0 },
    ),
  settle: (faults, scenario) =>
    oneAtAPlace(
      faults.map((fault) => aimedAt(fault, scenario)),
      Math.ceil(scenario.disk.sectors / scenario.disk.clusterSectors),
    ),
  features: { faults: { words: 'errors' } },
  enumerate: ({ has, requests, clusterSectors }, { disk }) =>
    setsOf(Math.ceil(disk.sectors / clusterSectors), has('faults') ? requests : 0),
  counts: 'requests',
  cost: strikes,
  plainer: fewer,
  withoutSectors: (faults, cut, { disk }) =>
    faults.flatMap((fault) =>
      placesWithout([fault.cluster], cutInClusters(cut, disk.clusterSectors)).map((cluster) => ({ ...fault, cluster })),
    ),
} satisfies Variation<Faults>;

/** Those within the disk, one at a place; only the source is asked what is allocated. */
function oneAtAPlace(drawn: Faults, clusters: number): Fault[] {
  const byPlace = new Map<string, Fault>();
  for (const fault of drawn) {
    const side = fault.op === 'ask' ? 'source' : fault.side;
    if (fault.cluster < clusters) byPlace.set(`${side} ${fault.op} ${fault.cluster}`, { ...fault, side });
  }
  return [...byPlace.values()];
}

const PLACES: readonly { side: Side; op: FaultOp }[] = [
  { side: 'source', op: 'read' },
  { side: 'source', op: 'write' },
  { side: 'source', op: 'ask' },
  { side: 'target', op: 'read' },
  { side: 'target', op: 'write' },
];

/** Sets of faults at different places, which strike up to so many times all together. */
function* setsOf(clusters: number, strikesMax: number, from = 0): Generator<Fault[]> {
  yield [];
  for (let place = from; place < PLACES.length * clusters; place++) {
    const where = { ...PLACES[place % PLACES.length]!, cluster: Math.floor(place / PLACES.length) };
    for (const errno of ERRNOS) {
      for (let times = 1; times <= strikesMax; times++)
        for (const rest of setsOf(clusters, strikesMax - times, place + 1)) yield [{ ...where, errno, times }, ...rest];
    }
  }
}

/** None, one less, or one that strikes less often. */
function* fewer(faults: Faults): Generator<Faults> {
  if (faults.length > 1) yield [];
  for (const fault of faults) {
    yield faults.filter((other) => other !== fault);
    if (fault.times > 1) yield faults.map((other) => (other === fault ? { ...fault, times: fault.times - 1 } : other));
  }
}
