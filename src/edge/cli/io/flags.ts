/** What `check` was asked for, as commander hands it on. What is absent was not given. */
import { rulesOff } from '../../../../model/machine/jobs.ts';
import type { FamilyName, JobName, RuleName } from '../../../../model/machine/job-names.ts';
import { syncModesOf } from '../../../../model/machine/job-options.ts';
import type { SyncMode } from '../../../../model/sync.ts';
import type { GuestKind } from '../../../../model/block/guest.ts';
import type { WakeOrder } from '../../../../model/kernel/wake/orders.ts';
import { moreAsked } from '../../../../model/families/custom/more-asked.ts';
import { type CustomJobFile, isCustomJob } from '../../../../model/families/custom/file-name.ts';
import type { Setting } from '../../../../model/machine/shape.ts';
import type { Parts } from '../../campaign/part.ts';
import type { Shard } from '../../campaign/shard.ts';
import type { LogWindow } from '../../../scenarios/window.ts';
import { type ModeChoice, modesIn } from './mode-option.ts';
import type { Asked } from './reporters-asked.ts';
import type { VariantName } from '../../../scenarios/scope/scope.ts';

export interface Flags {
  mode: ModeChoice;
  job: JobName | CustomJobFile;
  family?: FamilyName | 'all';
  /** A custom job, which has been loaded. */
  customJob?: { readonly name: CustomJobFile; readonly modes: readonly SyncMode[] };
  without: RuleName[];
  wake: WakeOrder;
  effects?: 'cluster' | 'sector';
  strategy: string;
  exhaustive: boolean;
  runs?: number;
  seconds?: number;
  seed?: string;
  clusters?: number;
  clusterSectors: number;
  writes?: number;
  variants?: VariantName[];
  kinds?: readonly GuestKind[];
  workload?: string;
  window?: LogWindow;
  scenario?: string;
  faults: boolean;
  workers: number;
  memory?: number;
  keepGoing: boolean;
  proveSeconds?: number;
  details: boolean;
  /** Only the units of one shard, whose results go to `report`. */
  shard?: Shard;
  report?: string;
  /** The folder of the journal. */
  journal?: string;
  /** The address of a broker: units run on the machines that take work from it. */
  on?: string;
  /** The share of their units that runs here as well, from 0 to 1. */
  verify?: number;
  /** A folder with the failures of all searches. */
  corpus?: string;
  /** Check again when the job, or the model, has changed. */
  watch?: string | true;
  /** Properties of the configuration that are asked of every job, or not asked: its name. */
  asked?: string;
  /** Of `merge`: no unit runs, all results are in the reports of shards. */
  parts?: Parts;
  reporter: Asked[];
  quiet: boolean;
  verbose: boolean;
  out: string;
  json: boolean;
  color: boolean;
}

export function modesOf({ mode, job, customJob }: Flags): SyncMode[] {
  const modes = customJob?.modes ?? syncModesOf(job);
  return modesIn(mode).filter((each) => modes.includes(each));
}

/** What a setting says of the job. */
export const jobOf = ({
  job,
  without,
  asked,
}: Pick<Flags, 'job' | 'without' | 'asked'>): Pick<Setting, 'job' | 'customJob' | 'without' | 'asked'> => ({
  ...(isCustomJob(job) ? { customJob: job, without } : { job, without: rulesOff({ job, without }) }),
  ...(asked === undefined ? {} : { asked }),
});

/** What the JSON of a search says of `asked`. */
export interface AskedNames {
  /** Names of the properties of the configuration. */
  readonly properties?: readonly string[];
  readonly skip?: readonly string[];
}

export function askedNames({ asked }: Pick<Flags, 'asked'>): AskedNames {
  if (asked === undefined) return {};
  const { properties, skip } = moreAsked(asked);
  return { properties: properties.map(({ name }) => name), skip };
}
