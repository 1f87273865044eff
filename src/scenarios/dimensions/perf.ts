/** How much is copied at once: by the job (QEMU: `x-perf`), and for a request of the guest, which QEMU does not let anybody choose. */
import { COPY_LIMIT_MAX, type CopyLimits, PERF_PLAIN, type Perf } from '../../../model/job/copy-limits.ts';
import type { Grammar, Notation, Written } from './notation.ts';
import type { Variation } from './variation.ts';

const { job: FEW } = PERF_PLAIN;
const isFew = ({ workers, chunk }: CopyLimits): boolean => workers === FEW.workers && chunk === FEW.chunk;

const KEYS = {
  'max-workers': ['job', 'workers'],
  'max-chunk': ['job', 'chunk'],
  'guest-workers': ['guest', 'workers'],
  'guest-chunk': ['guest', 'chunk'],
} as const;
type Key = keyof typeof KEYS;
const ALL = Object.keys(KEYS) as Key[];

const valueOf = (perf: Perf, key: Key): number => perf[KEYS[key][0]][KEYS[key][1]];
const fewOf = (key: Key): number => valueOf(PERF_PLAIN, key);

export const notation = {
  key: 'perf',
  of: 'job',
  place: 'job',
  plain: PERF_PLAIN,
  isPlain: ({ job, guest }) => isFew(job) && isFew(guest),
  write: (perf) => Object.fromEntries(ALL.filter((key) => valueOf(perf, key) !== fewOf(key)).map((key) => [key, valueOf(perf, key)])),
  words: (perf) => ALL.filter((key) => valueOf(perf, key) !== fewOf(key)).map((key) => `${key} ${valueOf(perf, key)}`),
} satisfies Notation<Perf>;

export const grammar = {
  keys: (z) => {
    const limit = (what: string): ReturnType<typeof z.int> => z.int().min(1).max(COPY_LIMIT_MAX).describe(`${what} Default: 2.`);
    return {
      'max-workers': limit('Maximum number of copy operations that the job has in flight.'),
      'max-chunk': limit("Maximum number of clusters in one of the job's copy operations."),
      'guest-workers': limit('Maximum number of copy operations in flight for one guest request.'),
      'guest-chunk': limit('Maximum number of clusters in one copy operation for a guest request.'),
    };
  },
  read: (said) => (ALL.some((key) => said[key] !== undefined) ? perfIn(said) : undefined),
} satisfies Grammar<Perf>;

function perfIn(said: Written): Perf {
  const limit = (key: Key): number => (said[key] as number | undefined) ?? fewOf(key);
  return {
    job: { workers: limit('max-workers'), chunk: limit('max-chunk') },
    guest: { workers: limit('guest-workers'), chunk: limit('guest-chunk') },
  };
}

/** What a job is asked for, beside what it does if it is told nothing. */
const FEWER: readonly CopyLimits[] = [
  { workers: 1, chunk: 1 },
  { workers: 1, chunk: FEW.chunk },
  { workers: FEW.workers, chunk: 1 },
];
const OF_JOB: readonly Perf[] = FEWER.map((job) => ({ ...PERF_PLAIN, job }));

export const variation = {
  notation,
  draw: (fc, { jobOptions = [] }) =>
    jobOptions.includes('perf') ? fc.constantFrom(PERF_PLAIN, PERF_PLAIN, PERF_PLAIN, ...OF_JOB) : fc.constant(PERF_PLAIN),
  features: { perf: { words: 'fewer and smaller copies of the job' } },
  enumerate: ({ has }) => (has('perf') ? [PERF_PLAIN, ...OF_JOB] : [PERF_PLAIN]),
  counts: 'frills',
} satisfies Variation<Perf>;
