/** What traces of every format are made of: pieces of the schema, and what they mean. */
import { z } from 'zod';
import { RULE_NAMES as RULES_OF_BLOCK_COPY } from '../../model/families/block-copy/rules.ts';
import { RULE_NAMES as RULES_OF_NOTIFIER } from '../../model/families/notifier/rules.ts';
import { type RuleName, familyOfJob } from '../../model/machine/job-names.ts';
import { whatJobLacks } from '../../model/machine/job-options.ts';
import { type Scenario, whatIsWrong } from '../../model/scenario/scenario.ts';
import { SECTORS_MAX } from '../scenarios/dimensions/notation.ts';
import { REACHES, type Reach } from './about.ts';
import { HOLDS, type Trace, type TraceStep, TraceError, type Verdict } from './format.ts';

/** What a trace says makes no sense, or is more than the model can run. */
export class TraceContentError extends TraceError {
  /** Where it says so: keys and indices. */
  readonly path: readonly PropertyKey[];
  constructor(message: string, path: readonly PropertyKey[]) {
    super(message);
    this.path = path;
  }
}

/** Schedules longer than this are not traces that anybody could read. */
const STEPS_MAX = 2_000_000;
export const REQUESTS_MAX = 60_000;
export const NOT_TRIED = 'not tried';

export const id = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,31}$/, 'expected a name such as g1');
export const size = z.int().min(0).max(SECTORS_MAX);
export const range = z.tuple([size, size]);
/** Numbers, or runs of them such as `8-15`. */
export const numbers = z
  .array(z.union([size, z.string().regex(/^\d{1,7}-\d{1,7}$/, 'expected a number or a range such as 8-15')]))
  .max(SECTORS_MAX);
const RULE_NAMES: readonly RuleName[] = [...new Set([...RULES_OF_NOTIFIER, ...RULES_OF_BLOCK_COPY])];
export const rules = z.array(z.enum(RULE_NAMES as [RuleName, ...RuleName[]]));
/** A task stands behind whom it works for, as in g1.t2. */
const coroutine = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,31}(\.[a-z][a-z0-9]{0,7})?$/, 'expected a name such as g1');

/** One line of words, a space between them: it can be folded and put together again. */
const words = z
  .string()
  .max(2_000)
  .regex(/^\S+(?: \S+)*$/, 'expected words with one space between them');

const about = z.strictObject({
  title: words.describe('What goes wrong, in one line.'),
  seen: words.describe('What a user saw, or would have seen.'),
  needs: words.describe('What a user would have to do to hit the defect.'),
  reach: z.enum(Object.keys(REACHES) as [Reach, ...Reach[]]).describe(
    `Whether a user could hit the defect. ${Object.entries(REACHES)
      .map(([reach, means]) => `\`${reach}\`: ${means}`)
      .join('; ')}.`,
  ),
  because: words.describe('Why `reach` is what it is.'),
});

const verdict = z.strictObject({
  property: z.string().describe('The property that breaks, such as snapshot-kept.'),
  step: z.int().min(0).describe('How many steps have run when it breaks.'),
  sector: size.optional().describe('The sector in question.'),
  expected: z.string().optional().describe('The right content, such as s0@0: sector 0 as it was at T0.'),
  got: z.string().optional().describe('The content found, such as s0.g1: sector 0 as g1 wrote it.'),
  detail: z.string().default('').describe('The failure in one sentence.'),
});

/** How a trace ends, and what was made of it: the same in every format. */
export const ENDING = {
  schedule: z
    .array(z.record(coroutine, z.string().max(100_000)))
    .max(STEPS_MAX)
    .describe(
      'The steps in order, each with its coroutine: `- job: copy.read c0 -> own`. What the step shows is to the right of the arrow.',
    ),
  verdict: z
    .union([z.literal(HOLDS, `expected ${HOLDS}`), verdict])
    .describe('The property that breaks, or `holds` if the schedule runs to its end and nothing breaks.'),
  cause: rules.default([]).describe('The smallest set of rules that, switched on, prevents the failure.'),
  minimal: z.string().default(NOT_TRIED).describe('Whether a smaller trace of the same failure exists, as far as is known.'),
  found: z
    .strictObject({
      strategy: z.string().describe('The strategy of the search.'),
      seed: z.string().describe('The seed of the search.'),
      run: z.int().describe('Which run of the search failed, counted from 1.'),
    })
    .optional()
    .describe('The search that found the trace.'),
};
export const ABOUT = about.optional().describe('A description of the failure, for people.');

interface Ended {
  readonly verdict: z.infer<typeof ENDING.verdict>;
  readonly cause: readonly string[];
  readonly minimal: string;
}

/** Where nothing breaks there is nothing that could have a cause, or be smaller. */
export const hasNoNeedlessCause = ({ verdict: end, cause }: Ended): boolean => end !== HOLDS || cause.length === 0;
export const hasNoNeedlessMinimal = ({ verdict: end, minimal }: Ended): boolean => end !== HOLDS || minimal === NOT_TRIED;
export const needless = (key: 'cause' | 'minimal') => ({ path: [key], error: 'a trace that holds has none' });

/** Whether an object has just one of these keys. */
export const hasOneOf =
  (keys: readonly string[]) =>
  (object: Readonly<Record<string, unknown>>): boolean =>
    keys.filter((key) => object[key] !== undefined).length === 1;

/** The same for a JSON Schema, which can't be told by a function. */
export const oneOfKeys = (keys: readonly string[]) => ({ oneOf: keys.map((key) => ({ required: [key] })) });

/** @throws TraceContentError if it can't be run. @param requests where the trace lists them */
export function refuseNonsense(scenario: Scenario, requests: readonly PropertyKey[]): void {
  const wrong = whatIsWrong(scenario);
  if (wrong === null) return;
  const [name] = wrong.split(' ', 1);
  const request = scenario.guest.findLastIndex((operation) => operation.id === name);
  throw new TraceContentError(`scenario: ${wrong}`, request < 0 ? ['scenario'] : [...requests, request]);
}

/** @param place what names the job's rules @throws TraceContentError if the trace names a rule that its job has not */
export function refuseForeign({ job, with: on = [], without, cause, scenario }: Trace, place: 'subject' | 'job'): void {
  const known: readonly RuleName[] = familyOfJob(job) === 'block-copy' ? RULES_OF_BLOCK_COPY : RULES_OF_NOTIFIER;
  const foreign = [...on, ...without, ...cause].find((rule) => !known.includes(rule));
  const lack = whatJobLacks(job, scenario);
  if (lack !== null) throw new TraceContentError(`${place}: the job ${job} ${lack}`, [place]);
  if (foreign !== undefined) throw new TraceContentError(`${place}: the job ${job} has no rule ${foreign}`, [place]);
}

export function toStep(entry: Record<string, string>, i: number): TraceStep {
  const [[who, text] = ['', ''], ...more] = Object.entries(entry);
  if (who === '' || more.length > 0)
    throw new TraceContentError(`schedule: step ${i + 1} should name one coroutine, as in "- job: copy.read c0"`, ['schedule', i]);
  const arrow = text.indexOf(' -> ');
  return arrow < 0 ? { who, what: text.trim(), saw: '' } : { who, what: text.slice(0, arrow).trim(), saw: text.slice(arrow + 4).trim() };
}

/**
 * `[3, '8-15']` to each number. @param path where they stand
 * @throws TraceContentError for a run that goes past `end`, and for more than `end` numbers
 */
export function unfold(list: readonly (number | string)[], end: number, path: readonly PropertyKey[]): number[] {
  const unfolded: number[] = [];
  for (const entry of list) {
    const [first, last] = typeof entry === 'number' ? [entry, entry] : (entry.split('-').map(Number) as [number, number]);
    if (typeof entry === 'string' && (first > last || last >= end))
      throw new TraceContentError(`scenario: the run ${entry} should ascend and end below ${end}`, path);
    if (unfolded.length + last - first >= end)
      throw new TraceContentError(`scenario: a list names more than the ${end} that there are`, path);
    for (let n = first; n <= last; n++) unfolded.push(n);
  }
  return unfolded;
}

export function toVerdict(ended: Ended['verdict']): Verdict | null {
  if (ended === HOLDS) return null;
  const { property, step, sector, expected, got, detail } = ended;
  return {
    property,
    step,
    detail,
    ...(sector === undefined ? {} : { sector }),
    ...(expected === undefined ? {} : { expected }),
    ...(got === undefined ? {} : { got }),
  };
}
