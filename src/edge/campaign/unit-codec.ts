/** Results of units as JSON, and back. What is read may be a stranger's: it has the form of a result, or is refused. */
import { z } from 'zod';
import { ruleNames } from '../../../model/machine/jobs.ts';
import type { RuleName } from '../../../model/machine/job-names.ts';
import { type Scenario, whatIsWrong } from '../../../model/scenario/scenario.ts';
import { ALL_SYNC_MODES } from '../../../model/sync.ts';
import { MARK_IDS } from '../../../properties/situations.ts';
import type { UnitResult } from '../../search/campaign/campaign.ts';
import type { SweepResult } from '../../search/exhaustive/sweep.ts';

export interface UnitCodec<Result> {
  readonly write: (result: Result) => unknown;
  /** @throws ZodError if it is no result */
  readonly read: (written: unknown) => Result;
}

const STEPS_MAX = 2_000_000;
/** More than any unit finds. */
const FOUND_MAX = 1_000;
const DEPTHS_MAX = 100;

const count = z.int().min(0);
const mode = z.enum(ALL_SYNC_MODES);
const rules = (): z.ZodType<RuleName[]> => z.array(z.enum(ruleNames() as [RuleName, ...RuleName[]]));

const operation = z.looseObject({ id: z.string(), kind: z.string(), first: count, count, after: z.array(z.string()), early: z.boolean() });
/** As far as it must be right for the rest to be looked at; then it is asked what is wrong with it. */
export const scenarioSchema = z
  .looseObject({
    mode,
    disk: z.looseObject({ sectors: count, clusterSectors: z.int().min(1), zero: z.array(count), discardReads: z.string() }),
    targetClusterSectors: count,
    guest: z.array(operation),
    cancel: z.boolean(),
  })
  .refine((read) => whatIsWrong(read as Scenario) === null);

const found = {
  scenario: scenarioSchema as unknown as z.ZodType<Scenario>,
  schedule: z.array(z.int().min(1).max(0xffff)).max(STEPS_MAX),
  violation: z.object({
    property: z.string(),
    sector: count.optional(),
    expected: z.int().optional(),
    got: z.int().optional(),
    waiting: z.array(count).optional(),
    detail: z.string(),
  }),
  run: count,
  unit: count,
};
/** JSON has no infinity, and a bug of depth 1 that every first run meets is missed with a probability of 0. */
const logarithm = z.union([z.number(), z.literal('-Infinity').transform(() => -Infinity)]);
const bound = z.object({ depth: count, coroutines: count, steps: count, runs: count, overshoots: count, logMiss: logarithm });

const withRules = <Shape extends z.core.$ZodLooseShape>(shape: Shape) => z.object({ ...shape, without: rules(), cause: rules() });

/** Of a unit of a campaign at random. */
export const RANDOM_UNITS: UnitCodec<UnitResult> = {
  write: ({ bounds, ...result }) => ({
    ...result,
    bounds: bounds.map(({ logMiss, ...other }) => ({ ...other, logMiss: logMiss === -Infinity ? '-Infinity' : logMiss })),
  }),
  read: (written) =>
    z
      .strictObject({
        mode,
        schedules: count,
        steps: count,
        scenarios: count,
        cutOff: count,
        marks: z.array(count).length(MARK_IDS.length),
        ownMarks: z.record(z.string(), count).optional(),
        found: z.array(withRules(found)).max(FOUND_MAX),
        bounds: z.array(bound).max(DEPTHS_MAX),
      })
      .parse(written) as UnitResult,
};

const counts = z.strictObject({ states: count, transitions: count, canonicalScenarios: count, scenarios: count });

/** Of a unit of an exhaustive search. */
export const EXHAUSTIVE_UNITS: UnitCodec<SweepResult> = {
  write: ({ byMode, ...result }) => ({ byMode: [...byMode], ...result }),
  read: (written) =>
    z
      .strictObject({
        byMode: z.array(z.tuple([mode, counts])).transform((entries) => new Map(entries)),
        collisionBound: z.number().min(0),
        found: z.array(withRules({ ...found, bucket: z.string() })).max(FOUND_MAX),
        cut: z.enum(['memory', 'failure']).nullable(),
      })
      .parse(written) as SweepResult,
};
