/**
 * A scope: all scenarios up to a size, for an exhaustive search. Only canonical ones are searched; each
 * says how many it stands for (scopes/guests.ts, scopes/courses.ts).
 */
import { type Sync, type SyncMode, modesInWords, modesWhere, syncOf } from '../../../model/sync.ts';
import type { GuestKind } from '../../../model/block/guest.ts';
import type { JobOption } from '../../../model/machine/job-options.ts';
import type { WakeOrder } from '../../../model/kernel/wake/orders.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { LazyList, joined, listOf, pairs } from './lazy-list.ts';
import { type Course, WITHOUT_FAULTS, withOneFault } from './courses.ts';
import { type Disk, copyingOnRead, overlays, rawDisk } from './disks.ts';
import { DEPENDENT_MAX, type Guest, dependent, independent, independentOrEarly, onTwoDisks, withOneMore } from './guests.ts';
import { type JobPart, breakingSnapshot, eachBitmap, eachTransaction, mayBreakSnapshot, usualPart } from './job-parts.ts';
import { type Target, existingTargets, newTarget } from './targets.ts';

export interface Scope {
  readonly mode: SyncMode;
  /** At most so many clusters of the backup, the last of them long or short. */
  readonly clusters: number;
  readonly clusterSectors: number;
  /** At most so many guest requests. */
  readonly requests: number;
  /** What the guest may ask for; absent: everything. */
  readonly kinds?: readonly GuestKind[];
  /** Absent: `plain`. */
  readonly variant?: VariantName;
  /** What the job knows of what not every job knows. */
  readonly jobOptions?: readonly JobOption[];
}

export interface CanonicalScenario {
  readonly scenario: Scenario;
  /** How many scenarios it stands for, itself included. */
  readonly standsFor: number;
}

export const GUEST_KINDS_OF_A_SCOPE: readonly GuestKind[] = ['write', 'zero', 'discard', 'read', 'flush'];

/** What a family of scenarios is made of: lists of parts, of which each goes with every other. */
interface Variant {
  /** What it adds to the plain scope, for people who choose. */
  readonly adds: string;
  readonly appliesTo: (scope: Scope) => boolean;
  readonly disks: (scope: Scope, sectors: number) => LazyList<Disk>;
  /** Absent: a new one. */
  readonly targets?: (scope: Scope, sectors: number) => readonly Target[];
  /** Absent: what every variant has. */
  readonly jobs?: (scope: Scope, clusters: number) => LazyList<JobPart>;
  readonly guests: (scope: Scope, sectors: number) => LazyList<Guest>;
  readonly courses: (scope: Scope, clusters: number) => readonly Course[];
  /** The disks and the guest in words; what is the same in all is said by `describeScopes`. */
  readonly says: (scope: Scope) => { readonly disks: string; readonly guest: string; readonly target?: string; readonly more?: string };
}

const overlaysOf = (clusterSectors: number): string =>
  `overlays over a backing file of that length with each allocation of clusters of ${sectorsOf(clusterSectors)}`;
const sectorsOf = (n: number): string => `${n} sector${n === 1 ? '' : 's'}`;
const asksAllocation = (mode: SyncMode): boolean => syncOf(mode).selects === 'allocated';

/** What lies beneath a target, and a new target beside a description of the disk. */
const BENEATH: Readonly<Record<Sync['beneath'], string>> = {
  nothing: 'nothing',
  backing: 'the backing file',
  source: 'the source',
  previous: 'the previous backup',
};
const NEW_TARGET: typeof BENEATH = {
  nothing: 'a new raw target',
  backing: 'a new target over its backing file',
  source: 'a new target over the source',
  previous: 'a new target over the previous backup',
};
const kindsOf = ({ kinds = GUEST_KINDS_OF_A_SCOPE }: Scope): readonly GuestKind[] => kinds;

const WITH_BITMAPS = modesWhere(({ bitmapModes }) => bitmapModes.length > 0);
const BITMAP = 'each set of dirty clusters with each bitmap-mode';

const oneFailure = (scope: Scope): string =>
  `${oneFault(scope)}; the policy of that side is ` +
  (syncOf(scope.mode).selects === 'none' ? 'report' : 'report, ignore, or stop with or without a resume');

const oneFault = ({ mode }: Scope): string =>
  'one failure with EIO: the first ' +
  `read${asksAllocation(mode) ? ', write or allocation query' : ' or write'} of a cluster of the ` +
  'source, or the first write of a cluster of the target';

const readerAnd = (scope: Scope, where = ''): string => `one reader of the point in time${where}, and ${upTo(scope, scope.requests - 1)}`;

const PLAIN: Variant = {
  adds: 'requests that may run at any time, and a cancel',
  appliesTo: () => true,
  disks: ({ mode, clusterSectors }, sectors) =>
    asksAllocation(mode) ? overlays(sectors, clusterSectors, clusterSectors) : rawDisk(sectors, clusterSectors),
  guests: (scope, sectors) => independent(sectors, kindsOf(scope), scope.requests),
  courses: () => WITHOUT_FAULTS,
  says: (scope) => ({ disks: asksAllocation(scope.mode) ? overlaysOf(scope.clusterSectors) : 'raw', guest: upTo(scope, scope.requests) }),
};

const VARIANTS = {
  plain: PLAIN,
  dependencies: {
    ...PLAIN,
    adds: 'requests that wait for others to end',
    appliesTo: ({ requests }) => requests > 1,
    guests: (scope, sectors) => dependent(sectors, kindsOf(scope), scope.requests),
    says: (scope) => ({
      ...PLAIN.says(scope),
      guest: `${upTo(scope, Math.min(scope.requests, DEPENDENT_MAX))}, with every choice of requests that wait for others to end`,
    }),
  },
  half: {
    ...PLAIN,
    adds: "a source that is an overlay with clusters of half the backup's size",
    appliesTo: ({ clusterSectors }) => clusterSectors % 2 === 0,
    disks: ({ clusterSectors }, sectors) => overlays(sectors, clusterSectors, clusterSectors / 2),
    says: (scope) => ({ ...PLAIN.says(scope), disks: overlaysOf(scope.clusterSectors / 2) }),
  },
  fault: {
    ...PLAIN,
    adds: 'a request that fails',
    courses: ({ mode }, clusters) => withOneFault(mode, clusters),
    says: (scope) => ({ ...PLAIN.says(scope), more: oneFailure(scope) }),
  },
  early: {
    ...PLAIN,
    adds: 'requests that may begin before the point in time',
    guests: (scope, sectors) => independentOrEarly(sectors, kindsOf(scope), scope.requests),
    says: (scope) => ({ ...PLAIN.says(scope), guest: `${upTo(scope, scope.requests)}, each of which may begin before T0 or not` }),
  },
  copyOnRead: {
    ...PLAIN,
    adds: 'a source that is an overlay and copies on read',
    disks: ({ clusterSectors }, sectors) => copyingOnRead(overlays(sectors, clusterSectors, clusterSectors)),
    says: (scope) => ({ ...PLAIN.says(scope), disks: `${overlaysOf(scope.clusterSectors)}, which copy on read` }),
  },
  existing: {
    ...PLAIN,
    adds: 'targets that already exist, suitable or not',
    appliesTo: ({ mode }) => syncOf(mode).beneath !== 'previous',
    targets: ({ mode, clusterSectors }, sectors) => existingTargets(mode, sectors, clusterSectors),
    says: (scope) => ({
      ...PLAIN.says(scope),
      target:
        'an existing target, of the length of the disk or a sector shorter or longer, with or without old ' +
        'data in its first sector: ' +
        `raw${
          syncOf(scope.mode).beneath === 'nothing'
            ? ', or the source itself'
            : `, or with clusters of the backup's size or twice that, over ${BENEATH[syncOf(scope.mode).beneath]} or over nothing`
        }`,
    }),
  },
  savevm: {
    ...PLAIN,
    adds: 'a savevm (the VM state is saved)',
    guests: (scope, sectors) => withOneMore(sectors, kindsOf(scope), scope.requests, 'savevm'),
    says: (scope) => ({ ...PLAIN.says(scope), guest: `one savevm, and ${upTo(scope, scope.requests - 1)}` }),
  },
  reader: {
    ...PLAIN,
    adds: `a reader of the point in time (${modesInWords(modesWhere((sync) => sync.readableWhileRunning))})`,
    appliesTo: ({ mode }) => syncOf(mode).readableWhileRunning,
    guests: (scope, sectors) => withOneMore(sectors, kindsOf(scope), scope.requests, 'readT0'),
    says: (scope) => ({ ...PLAIN.says(scope), guest: readerAnd(scope) }),
  },
  bitmap: {
    ...PLAIN,
    adds: `a job that is given a dirty bitmap, and a request that may fail (${modesInWords(WITH_BITMAPS)})`,
    appliesTo: ({ mode, jobOptions = [] }) =>
      jobOptions.includes('bitmap') && syncOf(mode).bitmapModes.length > 0 && syncOf(mode).selects !== 'dirty',
    jobs: ({ mode }, clusters) => eachBitmap(mode, clusters),
    courses: ({ mode }, clusters) => [...WITHOUT_FAULTS, ...withOneFault(mode, clusters)],
    says: (scope) => ({ ...PLAIN.says(scope), more: `${BITMAP}; no failure, or ${oneFailure(scope)}` }),
  },
  snapshotAccess: {
    ...PLAIN,
    adds: 'a reader of a snapshot-access node',
    appliesTo: ({ mode, jobOptions = [] }) => jobOptions.includes('snapshot-access') && syncOf(mode).readableWhileRunning,
    jobs: () => listOf([{ snapshotAccess: true }]),
    guests: (scope, sectors) => withOneMore(sectors, kindsOf(scope), scope.requests, 'readT0'),
    says: (scope) => ({ ...PLAIN.says(scope), guest: readerAnd(scope, ' through a snapshot-access node') }),
  },
  breakSnapshot: {
    ...PLAIN,
    adds: 'on-cbw-error=break-snapshot, and a request that fails',
    appliesTo: ({ mode, jobOptions = [] }) => mayBreakSnapshot(mode, jobOptions),
    jobs: ({ mode }, clusters) => usualPart(mode, clusters).map((usual) => ({ ...usual, ...breakingSnapshot(mode) })),
    guests: (scope, sectors) =>
      syncOf(scope.mode).readableWhileRunning
        ? withOneMore(sectors, kindsOf(scope), scope.requests, 'readT0')
        : independent(sectors, kindsOf(scope), scope.requests),
    courses: ({ mode }, clusters) => withOneFault(mode, clusters),
    says: (scope) => ({
      ...PLAIN.says(scope),
      ...(syncOf(scope.mode).readableWhileRunning ? { guest: readerAnd(scope, ' through a snapshot-access node') } : {}),
      more: `on-cbw-error break-snapshot; ${oneFailure(scope)}`,
    }),
  },
  transaction: {
    ...PLAIN,
    adds: 'a second disk, whose backup starts in the same command as the first or in another, and a request that may fail',
    appliesTo: ({ jobOptions = [] }) => jobOptions.includes('transaction'),
    jobs: ({ mode }, clusters) => eachTransaction(mode, clusters),
    guests: (scope, sectors) => onTwoDisks(sectors, kindsOf(scope), scope.requests),
    courses: ({ mode }, clusters) => [...WITHOUT_FAULTS, ...withOneFault(mode, clusters).filter(goesOn)],
    says: (scope) => ({
      ...PLAIN.says(scope),
      guest: `${upTo(scope, scope.requests)}, each on either disk, with every choice of requests that wait for others to end`,
      more:
        'two disks of the same layout; one transaction starts both jobs (individual or grouped) or fails to, or two commands start ' +
        'them; no failure, or ' +
        `${oneFault(scope)}, both of the first disk; the policy of that side is report or ignore`,
    }),
  },
  restart: {
    ...PLAIN,
    adds: `a job that is given a dirty bitmap, and a restart of QEMU (${modesInWords(WITH_BITMAPS)})`,
    appliesTo: ({ mode, jobOptions = [] }) => jobOptions.includes('restart') && syncOf(mode).bitmapModes.length > 0,
    jobs: ({ mode }, clusters) => eachBitmap(mode, clusters).map((part) => ({ ...part, restart: true })),
    says: (scope) => ({ ...PLAIN.says(scope), more: `${BITMAP}; QEMU quits at any point after T0 and is restarted` }),
  },
} satisfies Record<string, Variant>;

/** Whether no error stops the job until somebody resumes it. */
const goesOn = ({ onError }: Course): boolean => onError?.source !== 'stop' && onError?.target !== 'stop';

export type VariantName = keyof typeof VARIANTS;
export const VARIANT_NAMES = Object.keys(VARIANTS) as VariantName[];

const variantOf = ({ variant = 'plain' }: Scope): Variant => VARIANTS[variant];

/** What a variant adds, in a few words. */
export const whatVariantAdds = (name: VariantName): string => VARIANTS[name].adds;

/** Whether the variant means something for this mode and these sizes. */
export const isApplicable = (scope: Scope): boolean => variantOf(scope).appliesTo(scope);

/** All canonical scenarios, always in the same order. */
export function scenariosOf(scope: Scope): LazyList<CanonicalScenario> {
  const { disks, guests, courses, targets = newTargetOf, jobs = usualJobs } = variantOf(scope);
  const lists: LazyList<CanonicalScenario>[] = [];
  for (let sectors = 0; sectors <= scope.clusters * scope.clusterSectors; sectors++) {
    const clusters = Math.ceil(sectors / scope.clusterSectors);
    const around = pairs(disks(scope, sectors), pairs(listOf(targets(scope, sectors)), jobs(scope, clusters)));
    const parts = pairs(around, pairs(guests(scope, sectors), listOf(courses(scope, clusters))));
    lists.push(
      parts.map(([[disk, [target, job]], [guest, course]]) => canonicalScenario(scope, disk, { ...target, ...job }, guest, course)),
    );
  }
  return joined(lists);
}

/** How many canonical scenarios there are; beyond 2^53, about how many. */
export const countScenarios = (scope: Scope): number => scenariosOf(scope).length;

const usualJobs = ({ mode }: Scope, clusters: number): LazyList<JobPart> => usualPart(mode, clusters);
const newTargetOf = ({ mode, clusterSectors }: Scope): readonly Target[] => [newTarget(mode, clusterSectors)];

function canonicalScenario({ mode }: Scope, disk: Disk, target: Target & JobPart, guest: Guest, course: Course): CanonicalScenario {
  const { requests, second = [], standsFor } = guest;
  const transaction = target.transaction && { transaction: { ...target.transaction, second } };
  return { scenario: { mode, disk, ...target, ...transaction, guest: requests, ...course, cancelAfter: [] }, standsFor };
}

/** In which order woken coroutines run. */
export const orderInWords = (wake: WakeOrder): string => `woken coroutines run in ${wake === 'qemu' ? 'the order of QEMU' : 'any order'}`;

/** What was proven, in words: a sentence for each scope of the search, and what holds for all. */
export function describeScopes(
  scopes: readonly Scope[],
  { effects, wake, job = 'correct', without }: { effects: string; wake: WakeOrder; job?: string; without: readonly string[] },
): string[] {
  const has = (name: VariantName): boolean => scopes.some(({ variant }) => variant === name);
  const couldHave = (name: VariantName): boolean => !ASK_THE_JOB.includes(name) || scopes.some((scope) => VARIANTS[name].appliesTo(scope));
  return [
    ...scopes.map(describeScope),
    `In each case: every schedule${job === 'correct' ? '' : ` of the job ${job}`}` +
      `${without.length > 0 ? `, without the rules ${without.join(', ')}` : ''}; I/O takes effect per ${effects}; ${orderInWords(wake)}. ` +
      'At T0 every sector holds data, except that on a disk of two or more sectors the last one reads as zeroes. ' +
      `Requests begin after T0${has('early') ? ', except in early' : ''}. Discarded sectors read as zeroes. ` +
      'The job is cancelled at any point or not at all',
    `Not covered: ${NOT_IN_ANY.filter(([, variant]) => variant === undefined || (!has(variant) && couldHave(variant)))
      .map(([what]) => what)
      .join(', ')}`,
  ];
}

/** What a scope leaves out, unless it has the variant. */
const NOT_IN_ANY: readonly (readonly [what: string, variant?: VariantName])[] = [
  ['requests in flight at T0', 'early'],
  ['zero clusters'],
  ['a missing or shorter backing file'],
  ['targets that already exist or have another cluster size', 'existing'],
  ['I/O limits'],
  ['copy-on-read', 'copyOnRead'],
  ['savevm', 'savevm'],
  ['pauses'],
  ['speed limits'],
  ['bitmaps', 'bitmap'],
  ['readers of a snapshot-access node', 'snapshotAccess'],
  ['on-cbw-error break-snapshot', 'breakSnapshot'],
  ['two disks', 'transaction'],
  ['a restart of QEMU', 'restart'],
  ['more than one failure'],
  ['two variants at once'],
];

/** Variants that not every job has: where they are missing, a statement about others does not name them. */
const ASK_THE_JOB: readonly VariantName[] = ['bitmap', 'snapshotAccess', 'breakSnapshot', 'transaction', 'restart'];

function describeScope(scope: Scope): string {
  const { mode, clusters, clusterSectors, variant = 'plain' } = scope;
  const { disks, guest, more, target: kind } = variantOf(scope).says(scope);
  const { beneath, selects } = syncOf(mode);
  const bitmap = selects === 'dirty' ? `, ${BITMAP}` : '';
  const target = kind ?? `${NEW_TARGET[beneath]}${bitmap}`;
  return (
    `${mode.toUpperCase()}${variant === 'plain' ? '' : `, ${variant}`}: every disk of 0 ` +
    `to ${clusters * clusterSectors} sectors in clusters of ${sectorsOf(clusterSectors)}, ${disks}, ` +
    `and ${target}; ${guest}${more === undefined ? '' : `; ${more}`}`
  );
}

function upTo(scope: Scope, max: number): string {
  const names = kindsOf(scope).map((kind) => (kind === 'zero' ? 'write-zeroes' : kind));
  return `at most ${max} guest request${max === 1 ? '' : 's'} (${names.join(', ')}) on any range`;
}
