/**
 * Trace files of format 2: what they may say. It names several images, nodes, bitmaps, jobs and readers, more than
 * the model can run (read-scenario.ts refuses the rest). Keys are in kebab case and use the words of QMP.
 */
import { z } from 'zod';
import { isCustomJob } from '../../model/families/custom/file-name.ts';
import { JOB_NAMES } from '../../model/families/notifier/eras.ts';
import { type JobName, FAMILY_NAMES, JOBS_OF_BLOCK_COPY, familyOfJob } from '../../model/machine/job-names.ts';
import { ALL_SYNC_MODES, INCREMENTAL } from '../../model/sync.ts';
import { GRAMMARS, NOTATIONS } from '../scenarios/dimensions/all.ts';
import type { Place } from '../scenarios/dimensions/notation.ts';
import * as part from './parts.ts';

const { id, size, range, numbers, rules } = part;

/** One by one: as a whole, all of zod would be in the page. */
const ZOD = {
  array: z.array,
  boolean: z.boolean,
  enum: z.enum,
  int: z.int,
  literal: z.literal,
  strictObject: z.strictObject,
  string: z.string,
};

/** The keys of the optional parts of a scenario that stand in a place. */
function keysIn(place: Place): Record<string, z.ZodOptional<z.ZodType>> {
  const keys = NOTATIONS.filter((notation) => notation.place === place).flatMap(({ key }) => Object.entries(GRAMMARS[key].keys(ZOD)));
  return Object.fromEntries(keys.map(([key, type]) => [key, describedAs(type.description, type.optional())]));
}

const describedAs = <T extends z.ZodType>(words: string | undefined, type: T): T => (words === undefined ? type : type.describe(words));

const EVENTS = ['done', 'accepted', 'point-in-time', 'stopped', 'ended'] as const;

/** `g1.done` */
const event = z.string().regex(new RegExp(`^[A-Za-z][A-Za-z0-9_-]{0,31}\\.(${EVENTS.join('|')})$`), 'expected an event such as g1.done');
const after = z.array(event).default([]);

const SUBJECTS = ['family', 'custom', 'qemu'] as const;

const subject = z
  .strictObject({
    family: z
      .enum(FAMILY_NAMES)
      .optional()
      .describe('The family of the built-in job. `notifier`: the job of QEMU 1.6 to 4.1; `block-copy`: the job of 4.2 and later.'),
    custom: z
      .string()
      .refine(isCustomJob, 'expected the file of a custom job, such as my-job.mjs')
      .optional()
      .describe('The file of a custom job. cowcheck never loads a file only because a trace names it.'),
    qemu: z
      .string()
      .regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}(?: \([\x20-\x7e]{1,100}\))?$/, 'expected a version such as 7.2.22')
      .optional()
      .describe('A real QEMU: its version and, in parentheses, its build.'),
    era: z
      .enum([...JOB_NAMES, ...JOBS_OF_BLOCK_COPY.filter((job) => job !== 'block-copy')] as [JobName, ...JobName[]])
      .optional()
      .describe(
        'With `family`: the release to model. The rules that the release breaks are off. Default: `correct`, which breaks no rule.',
      ),
    with: rules.default([]).describe('Rules to switch on that `era` switches off.'),
    without: rules.default([]).describe('Rules to switch off in addition to those of `era`.'),
  })
  .refine(part.hasOneOf(SUBJECTS), `expected exactly one of ${SUBJECTS.join(', ')}`)
  .refine(({ family, era }) => era === undefined || family !== undefined, 'an era is one of a family')
  .refine(({ family, era = 'correct' }) => era === 'correct' || familyOfJob(era) === (family ?? familyOfJob(era)), {
    error: ({ input }) => `the family ${(input as { family: string }).family} has no era ${(input as { era: string }).era}`,
  })
  .refine(
    ({ qemu, with: on, without }) => qemu === undefined || on.length + without.length === 0,
    'a real QEMU has no rules that could be on or off',
  )
  .meta(part.oneOfKeys(SUBJECTS));

const image = z.strictObject({
  sectors: size.optional().describe('Length in sectors. Default for a target: the length of the source.'),
  'cluster-sectors': size.min(1).optional().describe('Sectors per cluster. Default: the image is raw and has no clusters.'),
  allocated: numbers.default([]).describe('Allocated clusters: numbers and ranges such as 8-15.'),
  'zero-clusters': numbers.default([]).describe('Zero clusters: numbers and ranges.'),
  parallel: z
    .literal(true)
    .optional()
    .describe(
      'For a source that is an overlay: whether a request that spans several of its clusters becomes one request per cluster, as in ' +
        'qcow2 since QEMU 4.2. If so, a read looks up every cluster before it reads any data, and a write lands in one cluster at a time.',
    ),
  backing: id.optional().describe('Backing file: the image to read where this image has nothing allocated. Default: none.'),
  backed: z.boolean().default(false).describe('For an existing target: whether it has the backing file that a new target would get.'),
  zero: numbers.default([]).describe('For a source: the sectors that read as zeroes at T0, as numbers and ranges. All others hold data.'),
  data: numbers.default([]).describe('For an existing target: the sectors that hold old data, as numbers and ranges.'),
  ...keysIn('image'),
});

const node = z.strictObject({
  image: id.optional().describe('The image that the node opens. Default: the image of the same name.'),
  ...keysIn('node'),
});

const bitmap = z.strictObject({
  node: id.describe('The node whose writes the bitmap records.'),
  granularity: size.min(1).optional().describe('Sectors per bit. Default: the cluster size of the job.'),
  enabled: z.boolean().default(true).describe('Whether the bitmap records writes.'),
});

const job = z.strictObject({
  id: id.default('job').describe('Name in the schedule.'),
  sync: z.enum([...ALL_SYNC_MODES, INCREMENTAL]).describe('The sync mode. `incremental` is `bitmap` with `bitmap-mode: on-success`.'),
  'cluster-sectors': size.min(1).describe('Sectors per cluster of the backup.'),
  device: id.default('disk').describe('The node that the job backs up.'),
  target: id.default('target').describe('The node that the job writes to. If there is no image of that name, a new one is created.'),
  mode: z
    .enum(['absolute-paths', 'existing'])
    .default('absolute-paths')
    .describe('Whether the command creates the target or uses an existing one.'),
  bitmap: id.optional().describe('The bitmap that the job uses. Default with `bitmap-mode`: a new bitmap.'),
  ...keysIn('job'),
});

export const KINDS = ['write', 'zero', 'discard', 'read'] as const;
export const RANGELESS = ['flush', 'savevm'] as const;
const ALL_KINDS = [...KINDS, ...RANGELESS];

const request = z
  .strictObject({
    id: id.describe('Name in the schedule.'),
    write: range.optional().describe('A write: first sector, number of sectors.'),
    zero: range.optional().describe('A write of zeroes: first sector, number of sectors.'),
    discard: range.optional().describe('A discard: first sector, number of sectors.'),
    read: range.optional().describe('A read: first sector, number of sectors. On the target: a read as of T0.'),
    flush: z.literal(true).optional().describe('A flush.'),
    savevm: z.literal(true).optional().describe('Saving the VM state.'),
    node: id.optional().describe('The node that gets the request. Default: the node that the job backs up.'),
    after: after.describe('Events that must happen first, such as g1.done.'),
    early: z.boolean().default(false).describe('Whether the request may start before T0.'),
  })
  .refine(part.hasOneOf(ALL_KINDS), `expected exactly one of ${ALL_KINDS.join(', ')}`)
  .meta(part.oneOfKeys(ALL_KINDS));

const commandKeys = {
  start: id.optional().describe('The job to start. Without such a command, the job runs from the beginning.'),
  finalize: id.optional().describe('The job to finalize.'),
  cancel: id.optional().describe('The job to cancel.'),
  ...keysIn('command'),
};
const COMMANDS = Object.keys(commandKeys);

const command = z
  .strictObject({
    id: id.optional().describe('Name, for use in `after`.'),
    ...commandKeys,
    after: after.describe('Events that must happen first, such as g1.done or job.stopped. Default: any time after T0.'),
  })
  .refine(part.hasOneOf(COMMANDS), `expected exactly one of ${COMMANDS.join(', ')}`)
  .meta(part.oneOfKeys(COMMANDS));

const scenario = z.strictObject({
  images: z.record(id, image).describe('Disk images, by name.'),
  nodes: z
    .record(id, node)
    .default({})
    .describe('Block nodes, by name. Every image also has a node with the same name, which you can omit.'),
  bitmaps: z.record(id, bitmap).default({}).describe('Dirty bitmaps, by name.'),
  jobs: z.array(job).max(part.REQUESTS_MAX).describe('Backup jobs.'),
  requests: z.array(request).max(part.REQUESTS_MAX).default([]).describe('Requests of guests and readers.'),
  commands: z.array(command).max(part.REQUESTS_MAX).default([]).describe('Commands that the user sends to jobs.'),
  ...keysIn('scenario'),
});

export const schema2 = z
  .strictObject({
    trace: z.literal(2).describe('The version of the format.'),
    about: part.ABOUT,
    subject: subject.describe('What ran: a built-in job and its rules, a custom job, or a real QEMU.'),
    wake: z.enum(['any', 'qemu']).default('any').describe('The order in which woken coroutines run.'),
    effects: z.enum(['sector', 'cluster']).default('sector').describe('The granularity at which I/O takes effect.'),
    scenario: scenario.describe('The disks, jobs, requests and faults.'),
    ...part.ENDING,
  })
  .refine(part.hasNoNeedlessCause, part.needless('cause'))
  .refine(part.hasNoNeedlessMinimal, part.needless('minimal'));

export type Written2 = z.infer<typeof schema2>;
export type WrittenScenario = Written2['scenario'];
