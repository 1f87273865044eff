/** What a program makes known if it wants jobs of other families than the notifier's. The page does not, and need not carry it. */
import type { NamedJob } from '../families/custom/known.ts';
import type { JobFamily } from '../families/family.ts';
import type { Rule } from '../families/rule.ts';
import { type FamilyName, type RuleName, nameJob } from './job-names.ts';
import { type JobOption, jobKnows } from './job-options.ts';
import type { ReplayContract } from './replay-contract.ts';
import type { TwinMachine } from './twin-machine.ts';
import type { Shape } from './shape.ts';

export interface OfferedFamily {
  readonly name: FamilyName;
  /** By name, in the order of its table. */
  readonly rules: Readonly<Record<string, Rule>>;
  /** Its jobs by name, with what they know of what not every job knows. Absent: those that job-names.ts lists. */
  readonly jobs?: Readonly<Record<string, readonly JobOption[]>>;
  /** @param without the rules that are off @param asked what this family alone is asked for */
  make(without: readonly RuleName[], asked: Pick<Shape, 'perf' | 'blockStatus'>): JobFamily;
}

const offered = new Map<FamilyName, OfferedFamily>();

export function offerFamily(family: OfferedFamily): void {
  offered.set(family.name, family);
  for (const [job, options] of Object.entries(family.jobs ?? {})) {
    nameJob(job, family.name);
    jobKnows(job, options);
  }
}

export const familiesOffered = (): FamilyName[] => [...offered.keys()];

/** @throws if nobody has made it known */
export function familyNamed(name: FamilyName): OfferedFamily {
  const family = offered.get(name);
  if (family === undefined) throw new Error(`nobody has made the family ${name} known`);
  return family;
}

type MakeContract = (own: NamedJob, machine: TwinMachine, makeTwin: () => TwinMachine) => ReplayContract;
let makeContract: MakeContract | null = null;

/** What asks whether a custom job keeps the replay contract. */
export const offerReplayContract = (make: MakeContract): void => void (makeContract = make);

/** @param makeTwin a machine of the same shape @throws if nobody has made it known */
export function replayContractOf(...of: Parameters<MakeContract>): ReplayContract {
  if (makeContract === null) throw new Error('nobody has made the replay contract of custom jobs known');
  return makeContract(...of);
}
