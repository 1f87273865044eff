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
import { didYouMean } from '../trace/nearest.ts';
import { printable } from '../trace/printable.ts';

/** What `check` is asked for. Everything may be left out. */
export interface CheckOptions {
  /** Sync modes to check. Default: those of the job. */
  readonly modes?: readonly SyncMode[];
  /**
   * Schedules to run, all modes together. The job holds when all of them have ended, at least one in each mode. Default: 300, about two
   * seconds of CPU time, if `seconds` is left out, too. Only `seconds` limits the time.
   */
  readonly runs?: number;
  /**
   * Time of the search, in seconds. Without `runs` the job holds if each mode ran 1,000 schedules by then. A search that this cuts
   * off throws `Unfinished`. A failure gets up to 1.5 seconds more to be made small. Default: no limit.
   */
  readonly seconds?: number;
  /** The same seed and options give the same outcome, unless time ends the search. Default: drawn, and reported. */
  readonly seed?: string;
  /**
   * The text of a trace: only its scenario is run, in other orders, and its mode is the one that is checked. Options that would draw
   * another one are refused beside it.
   */
  readonly scenario?: string;
  /** Clusters of the disk, at most. Default: 4. */
  readonly clusters?: number;
  /** Sectors of a cluster, at most. Default: 2. */
  readonly clusterSectors?: number;
  /** Guest requests, at most. Default: 3. */
  readonly writes?: number;
  /** Whether to inject read and write errors. Default: false. */
  readonly faults?: boolean;
  /** Order in which woken coroutines run. Default: `any`. */
  readonly wake?: WakeOrder;
  /** Grain at which I/O takes effect. Default: `sector`. */
  readonly effects?: 'cluster' | 'sector';
  /** How schedules are chosen: see `cowcheck check --help`. Default: `portfolio`. */
  readonly strategy?: string;
  /** Rules that are off, of a built-in job only. Default: none. */
  readonly without?: readonly RuleName[];
  /** Properties to ask for besides those of the job. */
  readonly properties?: readonly Property[];
  /** Properties not to ask for. */
  readonly skip?: readonly BuiltInProperty[];
  /** Folder to which the trace of a failure is written, for `npx cowcheck explain` and `replay`. Default: none is written. */
  readonly out?: string;
  /** The job's file, for traces and messages. Default: `own-job.mjs`. */
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

/** What a scenario has. */
const SAID_BY_SCENARIO = ['modes', 'clusters', 'clusterSectors', 'writes', 'faults'] as const;

/** So large a disk, and so many requests, are for the command. */
const SIZE_MAX = 64;

/** @param names that there are, where it is a list of names */
type Check = readonly [isFine: (value: unknown) => boolean, expected: string, names?: readonly string[]];

const oneOf = (names: readonly string[]): Check => [(value) => names.includes(value as string), `one of ${names.join(', ')}`];
/** @param known the names that there are, if a list may not have all of them */
const someOf = (names: readonly string[], expected: string, known = names): Check => [
  (value) => Array.isArray(value) && value.every((one) => names.includes(one as string)),
  expected,
  known,
];
const wholeNumber = (max: number): Check => [
  (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max,
  `a whole number above 0${max === Infinity ? '' : `, at most ${max}`}`,
];

const CHECKS: Readonly<Record<keyof CheckOptions, Check>> = {
  modes: [
    (value) => someOf(ALL_SYNC_MODES, '')[0](value) && (value as unknown[]).length > 0,
    `a list of ${ALL_SYNC_MODES.join(', ')}, with at least one of them`,
    ALL_SYNC_MODES,
  ],
  runs: wholeNumber(Infinity),
  seconds: [(value) => typeof value === 'number' && value > 0, 'a number above 0'],
  seed: [(value) => typeof value === 'string', 'a text'],
  scenario: [(value) => typeof value === 'string', 'the text of a trace'],
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
    BUILT_IN_PROPERTIES,
  ),
  out: [(value) => typeof value === 'string' && value !== '', 'the name of a directory'],
  name: [(value) => typeof value === 'string' && isCustomJob(value), 'that of a module, such as my-job.mjs'],
};

/** The first name of a list that is none of these, and the one that was probably meant. */
function unknownIn(list: unknown, names: readonly string[]): string {
  const wrong = Array.isArray(list) ? list.find((one) => typeof one === 'string' && !names.includes(one)) : undefined;
  if (wrong === undefined || names.length === 0) return '';
  return `: unknown name ${JSON.stringify(printable(wrong))}${didYouMean(wrong, names, '"')}`;
}

/** @throws JobError with one line if there is no such option, or it can't have this value */
export function refuseNonsense(options: CheckOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(CHECKS, name))
      throw new JobError(`unknown option "${printable(name)}"${didYouMean(name, Object.keys(CHECKS), '"')}`);
    const [isFine, expected, names = []] = CHECKS[name as keyof CheckOptions];
    if (value !== undefined && !isFine(value)) throw new JobError(`"${name}" must be ${expected}${unknownIn(value, names)}`);
  }
  const said = SAID_BY_SCENARIO.find((name) => options.scenario !== undefined && options[name] !== undefined);
  if (said !== undefined) throw new JobError(`"${said}" cannot be used with "scenario", which sets it`);
}
