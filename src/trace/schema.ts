/** Trace files as they are written, format 1 (format.ts): what one may say, and from there to what the model runs. */
import { z } from 'zod';
import { SYNC_MODES } from '../../model/sync.ts';
import { JOB_NAMES, type JobName } from '../../model/families/notifier/eras.ts';
import { RULE_NAMES, type RuleName } from '../../model/families/notifier/rules.ts';
import type { GuestKind } from '../../model/block/guest.ts';
import { isCustomJob } from '../../model/families/custom/file-name.ts';
import { plainTargetClusterSectors } from '../../model/scenario/plain-target.ts';
import { type GuestOperation, type Scenario, whatIsWrong } from '../../model/scenario/scenario.ts';
import { NOTATIONS, SCHEMAS } from '../scenarios/dimensions/all.ts';
import { SECTORS_MAX, withValue } from '../scenarios/dimensions/notation.ts';
import { REACHES, type Reach } from './about.ts';
import { HOLDS, TRACE_FORMAT, type Trace, TraceError, type TraceStep, type Verdict } from './format.ts';

/** Schedules longer than this are not traces that anybody could read. */
const STEPS_MAX = 2_000_000;

const id = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,31}$/, 'expected a name such as g1');
const size = z.int().min(0).max(SECTORS_MAX);
const range = z.tuple([size, size]);
/** Numbers, or runs of them such as `8-15`. */
const numbers = z.array(z.union([size, z.string().regex(/^\d{1,7}-\d{1,7}$/, 'expected a number or a run such as 8-15')])).max(SECTORS_MAX);
const rule = z.enum(RULE_NAMES as [RuleName, ...RuleName[]]);
const KINDS = ['write', 'zero', 'discard', 'read', 'readT0'] as const;
const RANGELESS = ['flush', 'savevm'] as const;

const operation = z
  .strictObject({
    id,
    write: range.optional(),
    zero: range.optional(),
    discard: range.optional(),
    read: range.optional(),
    readT0: range.optional(),
    flush: z.literal(true).optional(),
    savevm: z.literal(true).optional(),
    after: z.array(id).default([]),
    early: z.boolean().default(false),
  })
  .refine(
    (o) => [...KINDS, ...RANGELESS].filter((kind) => o[kind] !== undefined).length === 1,
    'expected exactly one of write, zero, discard, read, readT0, flush, savevm',
  );

/** One by one: as a whole, all of zod would be in the page. */
const ZOD = { array: z.array, boolean: z.boolean, enum: z.enum, int: z.int, strictObject: z.strictObject, tuple: z.tuple };

/** Of the optional parts of a scenario that stand there. */
const dimensionsOf = (place: 'disk' | 'job'): Record<string, z.ZodOptional<z.ZodType>> =>
  Object.fromEntries(NOTATIONS.filter(({ of }) => of === place).map(({ key }) => [key, SCHEMAS[key](ZOD).optional()]));

const qemuJob = z.templateLiteral(['qemu ', z.string().regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}(?: \([\x20-\x7e]{1,100}\))?$/)]);

/** One line of words, a space between them: it can be folded and put together again. */
const words = z
  .string()
  .max(2_000)
  .regex(/^\S+(?: \S+)*$/, 'expected words with one space between them');

const about = z.strictObject({
  title: words,
  seen: words,
  needs: words,
  reach: z.enum(Object.keys(REACHES) as [Reach, ...Reach[]]),
  because: words,
});

const verdict = z.strictObject({
  property: z.string(),
  step: z.int().min(0),
  sector: size.optional(),
  expected: z.string().optional(),
  got: z.string().optional(),
  detail: z.string().default(''),
});

const NOT_TRIED = 'not tried';

/** Said of the last kind too, which is any text: a union tells what the kind that came closest says. */
const JOBS = JOB_NAMES.join(', ');
const A_JOB = `expected ${JOBS}, the file of a custom job, such as my-job.mjs, or a QEMU with its version, such as qemu 7.2.22`;

const plainTrace = z.strictObject({
  trace: z.literal(TRACE_FORMAT),
  about: about.optional(),
  job: z.union([z.enum(JOB_NAMES as [JobName, ...JobName[]]), z.string().refine(isCustomJob, A_JOB), qemuJob], A_JOB),
  with: z.array(rule).default([]),
  without: z.array(rule).default([]),
  wake: z.enum(['any', 'qemu']).default('any'),
  effects: z.enum(['cluster', 'sector']).default('cluster'),
  scenario: z.strictObject({
    mode: z.enum(SYNC_MODES),
    disk: z.strictObject({
      sectors: size,
      clusterSectors: size.min(1),
      zero: numbers.default([]),
      discardReads: z.enum(['zero', 'backing', 'old', 'ignored']).default('zero'),
      overlay: z
        .strictObject({
          clusterSectors: size.min(1),
          allocated: numbers.default([]),
          zeroClusters: numbers.default([]),
          baseSectors: size.nullable(),
        })
        .optional(),
      ...dimensionsOf('disk'),
    }),
    target: z
      .union([
        z.literal('raw'),
        z.literal('source'),
        z.strictObject({ clusterSectors: size.min(1) }),
        z.strictObject({
          existing: z.strictObject({ clusterSectors: size, sectors: size, backed: z.boolean(), data: numbers.default([]) }),
        }),
      ])
      .optional(),
    guest: z.array(operation).max(60_000).default([]),
    /** `true`, or the requests that it comes after. */
    cancel: z.union([z.boolean(), z.strictObject({ after: z.array(id) })]).default(false),
    ...dimensionsOf('job'),
  }),
  schedule: z.array(z.record(id, z.string().max(100_000))).max(STEPS_MAX),
  verdict: z.union([z.literal(HOLDS, `expected ${HOLDS}`), verdict]),
  cause: z.array(rule).default([]),
  minimal: z.string().default(NOT_TRIED),
  found: z.strictObject({ strategy: z.string(), seed: z.string(), run: z.int() }).optional(),
});

/** Where nothing breaks there is nothing that could have a cause, or be smaller. */
export const traceSchema = plainTrace
  .refine((trace) => trace.verdict !== HOLDS || trace.cause.length === 0, { path: ['cause'], error: 'a trace that holds has none' })
  .refine((trace) => trace.verdict !== HOLDS || trace.minimal === NOT_TRIED, { path: ['minimal'], error: 'a trace that holds has none' });

type Written = z.infer<typeof traceSchema>;

/** From what the file says to what the model runs. @throws TraceError if it makes no sense */
export function fromWritten(written: Written): Trace {
  const scenario = fromWrittenScenario(written.scenario);
  const wrong = whatIsWrong(scenario);
  if (wrong !== null) throw new TraceError(`scenario: ${wrong}`);
  return {
    ...(written.about === undefined ? {} : { about: written.about }),
    job: written.job,
    ...(written.with.length > 0 ? { with: written.with } : {}),
    without: written.without,
    wake: written.wake,
    effects: written.effects,
    scenario,
    schedule: written.schedule.map(fromWrittenStep),
    verdict: written.verdict === HOLDS ? null : withoutUndefined(written.verdict),
    cause: written.cause,
    minimal: written.minimal,
    ...(written.found === undefined ? {} : { found: written.found }),
  };
}

function fromWrittenScenario(written: Written['scenario']): Scenario {
  const { disk, target, mode, cancel } = written;
  const existing = typeof target === 'object' && 'existing' in target ? target.existing : null;
  const plainTarget = plainTargetClusterSectors(mode, disk.clusterSectors);
  const scenario: Scenario = {
    mode,
    disk: {
      sectors: disk.sectors,
      clusterSectors: disk.clusterSectors,
      zero: unfold(disk.zero, disk.sectors),
      discardReads: disk.discardReads,
      ...(disk.overlay === undefined
        ? {}
        : {
            overlay: {
              clusterSectors: disk.overlay.clusterSectors,
              allocated: unfold(disk.overlay.allocated, disk.sectors),
              zeroClusters: unfold(disk.overlay.zeroClusters, disk.sectors),
              baseSectors: disk.overlay.baseSectors,
            },
          }),
    },
    targetClusterSectors:
      target === undefined
        ? plainTarget
        : target === 'raw' || target === 'source'
          ? 0
          : 'existing' in target
            ? target.existing.clusterSectors
            : target.clusterSectors,
    ...(target === 'source' ? { existingTarget: { sectors: disk.sectors, backed: false, data: [], isSource: true } } : {}),
    ...(existing === null
      ? {}
      : { existingTarget: { sectors: existing.sectors, backed: existing.backed, data: unfold(existing.data, existing.sectors) } }),
    guest: written.guest.map(fromWrittenOperation),
    cancel: cancel !== false,
    cancelAfter: typeof cancel === 'object' ? cancel.after : [],
  };
  return NOTATIONS.reduce((read, notation) => {
    const holder: Record<string, unknown> = notation.of === 'disk' ? disk : written;
    return withValue(notation, read, holder[notation.key] ?? notation.plain);
  }, scenario);
}

function fromWrittenOperation(o: Written['scenario']['guest'][number]): GuestOperation {
  const kind: GuestKind = [...KINDS, ...RANGELESS].find((k) => o[k] !== undefined)!;
  const [first, count] = kind === 'flush' || kind === 'savevm' ? [0, 0] : o[kind]!;
  return { id: o.id, kind, first, count, after: o.after, early: o.early };
}

function fromWrittenStep(entry: Record<string, string>, i: number): TraceStep {
  const [[who, text] = ['', ''], ...more] = Object.entries(entry);
  if (who === '' || more.length > 0) throw new TraceError(`schedule: step ${i + 1} should name one coroutine, as in "- job: copy.read c0"`);
  const arrow = text.indexOf(' -> ');
  return arrow < 0 ? { who, what: text.trim(), saw: '' } : { who, what: text.slice(0, arrow).trim(), saw: text.slice(arrow + 4).trim() };
}

/** `[3, '8-15']` to each number. @throws TraceError for a run that goes past `end`, and for more than `end` numbers */
function unfold(list: readonly (number | string)[], end: number): number[] {
  const unfolded: number[] = [];
  for (const entry of list) {
    const [first, last] = typeof entry === 'number' ? [entry, entry] : (entry.split('-').map(Number) as [number, number]);
    if (typeof entry === 'string' && (first > last || last >= end))
      throw new TraceError(`scenario: the run ${entry} should ascend and end below ${end}`);
    if (unfolded.length + last - first >= end) throw new TraceError(`scenario: a list names more than the ${end} that there are`);
    for (let n = first; n <= last; n++) unfolded.push(n);
  }
  return unfolded;
}

function withoutUndefined({ property, step, sector, expected, got, detail }: z.infer<typeof verdict>): Verdict {
  return {
    property,
    step,
    detail,
    ...(sector === undefined ? {} : { sector }),
    ...(expected === undefined ? {} : { expected }),
    ...(got === undefined ? {} : { got }),
  };
}
