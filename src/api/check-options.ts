/** What `check` may be asked for, and what is wrong with what it was asked for. */
import { RULE_NAMES as BLOCK_COPY_RULE_NAMES } from '../../model/families/block-copy/rules.ts';
import { RULE_NAMES } from '../../model/families/notifier/rules.ts';
import type { RuleName } from '../../model/machine/job-names.ts';
import { ALL_SYNC_MODES, type SyncMode } from '../../model/sync.ts';
import type { WakeOrder } from '../../model/kernel/wake/orders.ts';
import { isCustomJob } from '../../model/families/custom/file-name.ts';
import { JobError } from '../../model/families/custom/job-error.ts';
import { BUILT_IN_PROPERTIES, NEVER_SKIPPED, type BuiltInProperty, type Property } from '../../model/families/custom/property.ts';
import { STRATEGIES } from '../search/strategies/strategies.ts';
import { nearest } from '../trace/nearest.ts';
import { printable } from '../trace/printable.ts';

export interface CheckOptions {
  /** Sync modes to check: all that the job can do, if left out. */
  readonly modes?: readonly SyncMode[];
  /**
   * Schedules to run, all modes together. All of them have to end before the job holds, so there is no limit of time,
   * unless `seconds` gives one.
   */
  readonly runs?: number;
  /**
   * Time of the search, in seconds. Without `runs` the job holds if each mode ran 1,000 schedules by then. Without
   * either: 2,000 runs, in 3 seconds.
   */
  readonly seconds?: number;
  /** Same seed and options, same outcome, as long as no time ends it. Drawn if left out, and told. */
  readonly seed?: string;
  /** Clusters of the disk, sectors of a cluster, guest requests: at most so many, 4, 2 and 3 if left out. */
  readonly clusters?: number;
  readonly clusterSectors?: number;
  readonly writes?: number;
  /** Whether reads and writes fail now and then: not, if left out. */
  readonly faults?: boolean;
  /** Order in which woken coroutines run: any, if left out. */
  readonly wake?: WakeOrder;
  /** Grain at which I/O takes effect: per sector, if left out. */
  readonly effects?: 'cluster' | 'sector';
  /** How schedules are chosen: see `cowcheck check --help`. Portfolio, if left out. */
  readonly strategy?: string;
  /** Rules that are off, of a built-in job only. */
  readonly without?: readonly RuleName[];
  /** Properties besides those that the job itself adds, and those of every job that it is not asked for. */
  readonly properties?: readonly Property[];
  readonly skip?: readonly BuiltInProperty[];
  /** The job's file, for traces and messages: own-job.mjs, if left out. */
  readonly name?: string;
}

export const DEFAULTS = {
  clusters: 4,
  clusterSectors: 2,
  writes: 3,
  effects: 'sector',
  wake: 'any',
  strategy: 'portfolio',
  name: 'own-job.mjs',
} as const;

/** So large a disk, and so many requests, are for the command. */
const SIZE_MAX = 64;

type Check = readonly [isFine: (value: unknown) => boolean, expected: string];

const oneOf = (names: readonly string[]): Check => [(value) => names.includes(value as string), `one of ${names.join(', ')}`];
const someOf = (names: readonly string[], expected: string): Check => [
  (value) => Array.isArray(value) && value.every((one) => names.includes(one as string)),
  expected,
];
const wholeNumber = (max: number): Check => [
  (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max,
  `a whole number above 0${max === Infinity ? '' : `, at most ${max}`}`,
];

const CHECKS: Readonly<Record<keyof CheckOptions, Check>> = {
  modes: [
    (value) => someOf(ALL_SYNC_MODES, '')[0](value) && (value as unknown[]).length > 0,
    `a list of ${ALL_SYNC_MODES.join(', ')}, with at least one of them`,
  ],
  runs: wholeNumber(Infinity),
  seconds: [(value) => typeof value === 'number' && value > 0, 'a number above 0'],
  seed: [(value) => typeof value === 'string', 'a text'],
  clusters: wholeNumber(SIZE_MAX),
  clusterSectors: wholeNumber(SIZE_MAX),
  writes: wholeNumber(SIZE_MAX),
  faults: [(value) => typeof value === 'boolean', 'true or false'],
  wake: oneOf(['any', 'qemu']),
  effects: oneOf(['cluster', 'sector']),
  strategy: oneOf(Object.keys(STRATEGIES)),
  without: someOf([...RULE_NAMES, ...BLOCK_COPY_RULE_NAMES], 'a list of rules; "npx cowcheck rules" lists them all'),
  properties: [(value) => Array.isArray(value), 'a list of properties'],
  skip: someOf(
    BUILT_IN_PROPERTIES.filter((name) => name !== NEVER_SKIPPED),
    `a list of properties; all but ${NEVER_SKIPPED} can be switched off`,
  ),
  name: [(value) => typeof value === 'string' && isCustomJob(value), 'that of a module, such as my-job.mjs'],
};

/** @throws JobError with one line if there is no such option, or it can't have this value */
export function refuseNonsense(options: CheckOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(CHECKS, name)) {
      const meant = nearest(name, Object.keys(CHECKS));
      throw new JobError(`there is no option "${printable(name)}"${meant === null ? '' : `; did you mean "${meant}"?`}`);
    }
    const [isFine, expected] = CHECKS[name as keyof CheckOptions];
    if (value !== undefined && !isFine(value)) throw new JobError(`"${name}" should be ${expected}`);
  }
}
