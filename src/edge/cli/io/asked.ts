/** The options of a search, as the report of a shard keeps them, so that `merge` can go on from there. */
import { z } from 'zod';
import { isCustomJob } from '../../../../model/families/custom/file-name.ts';
import { jobNames, ruleNames } from '../../../../model/machine/jobs.ts';
import type { JobName, RuleName } from '../../../../model/machine/job-names.ts';
import { GUEST_KINDS_OF_A_SCOPE, VARIANT_NAMES } from '../../../scenarios/scope/scope.ts';
import { STRATEGIES } from '../../../search/strategies/strategies.ts';
import { fileError } from '../../files/text.ts';
import type { Flags } from './flags.ts';
import { isModeChoice } from './mode-option.ts';

const size = z.int().min(1).max(64);
const text = z.string().max(4_096);

const asked = () =>
  z.strictObject({
    mode: text.refine(isModeChoice),
    job: z.union([z.enum(jobNames() as [JobName, ...JobName[]]), text.refine(isCustomJob)]),
    without: z.array(z.enum(ruleNames() as [RuleName, ...RuleName[]])),
    wake: z.enum(['any', 'qemu']),
    effects: z.enum(['cluster', 'sector']).optional(),
    strategy: z.enum(Object.keys(STRATEGIES)),
    exhaustive: z.boolean(),
    runs: z.int().min(1).max(1e12).optional(),
    seed: text.optional(),
    clusters: size.optional(),
    clusterSectors: size,
    writes: size.optional(),
    variants: z.array(z.enum(VARIANT_NAMES)).optional(),
    kinds: z.array(z.enum(GUEST_KINDS_OF_A_SCOPE)).optional(),
    workload: text.optional(),
    window: z.strictObject({ from: z.int().min(0), count: z.int().min(1) }).optional(),
    scenario: text.optional(),
    faults: z.boolean(),
    memory: z.int().min(1).optional(),
    keepGoing: z.boolean(),
  });

export type Asked = z.infer<ReturnType<typeof asked>>;

export function askedOf(flags: Flags): Record<string, unknown> {
  const names = Object.keys(asked().shape) as (keyof Asked)[];
  return Object.fromEntries(names.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])));
}

/** @param path of the file that says so @throws FileError if no command line has such options */
export function readAsked(written: unknown, path: string): Asked {
  const read = asked().safeParse(written);
  if (read.success) return read.data;
  throw fileError(path, `it is damaged: no search has such options (${read.error.issues[0]!.path.join('.')})`);
}
