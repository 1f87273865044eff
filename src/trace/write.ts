/** Traces as text of format 2, always formatted the same way, so that they diff. What is as usual is left out. */
import { hasRange } from '../../model/block/guest.ts';
import { isCustomJob } from '../../model/families/custom/file-name.ts';
import { type JobName, familyOfJob } from '../../model/machine/job-names.ts';
import { plainTargetClusterSectors } from '../../model/scenario/plain-target.ts';
import type { GuestOperation, Scenario } from '../../model/scenario/scenario.ts';
import { NOTATIONS } from '../scenarios/dimensions/all.ts';
import { type Place, hasIn, valueIn, written } from '../scenarios/dimensions/notation.ts';
import { writeAbout } from './about.ts';
import { HOLDS, TRACE_FORMAT, type Trace, type TraceStep, type Verdict, isQemuJob } from './format.ts';
import { type Data, type DataMap, quote, yamlLines } from './yaml-lines.ts';

export function writeTrace(trace: Trace): string {
  const { about, wake, effects, schedule, verdict, cause, minimal, found } = trace;
  const lines = [
    `trace: ${TRACE_FORMAT}`,
    ...(about === undefined ? [] : writeAbout(about, quote)),
    ...yamlLines({
      subject: subjectOf(trace),
      wake: unless('any', wake),
      effects: unless('sector', effects),
      scenario: scenarioOf(trace.scenario),
    }),
    schedule.length === 0 ? 'schedule: []' : 'schedule:',
    ...schedule.map(({ who, ...step }) => `  - ${quote(who)}: ${plainStep(stepText(step))}`),
    ...yamlLines({
      verdict: verdict === null ? HOLDS : verdictOf(verdict),
      cause: some(cause),
      minimal: unless('not tried', minimal),
      found: found && { ...found },
    }),
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * A trace as the text of a file, whose first line tells editors where the schema of the format is, so that they complete keys.
 * @param schema its path, relative to the file
 */
export const writeTraceFile = (trace: Trace, schema: string): string => `# yaml-language-server: $schema=${schema}\n${writeTrace(trace)}`;

/** `g1: copy.took c0 -> s0@0 s1@0` */
export function writeStep({ who, ...step }: TraceStep): string {
  return `${who}: ${stepText(step)}`;
}

const stepText = ({ what, saw }: Omit<TraceStep, 'who'>): string => (saw === '' ? what : `${what} -> ${saw}`);

/** Outside of braces a comma is plain too. */
const plainStep = (text: string): string => (quote(text.replaceAll(', ', ' ')).startsWith('"') ? JSON.stringify(text) : text);

/** Undefined if it is what holds where nothing is said. */
const unless = <T>(usual: T, value: T): T | undefined => (value === usual ? undefined : value);
const some = <T>(list: readonly T[] | undefined): readonly T[] | undefined => (list?.length ? list : undefined);

/** The correct job of a family is the default; that of block-copy has the name of its family. */
function familyAndEraOf(job: JobName): DataMap {
  const family = familyOfJob(job);
  return { family, era: unless('correct', job === family ? 'correct' : job) };
}

function subjectOf({ job, with: on, without }: Trace): DataMap {
  if (isQemuJob(job)) return { qemu: job.slice('qemu '.length) };
  const program = isCustomJob(job) ? { custom: job } : familyAndEraOf(job);
  return { ...program, with: some(on), without: some(without) };
}

function scenarioOf(scenario: Scenario): DataMap {
  const { mode, disk, guest, existingTarget: existing } = scenario;
  const base = disk.overlay?.baseSectors;
  const node = keysIn('node', scenario);
  const nodes = {
    disk: Object.keys(node).length > 0 ? node : undefined,
    target: existing?.isSource ? { image: 'disk' } : undefined,
  };
  return {
    images: {
      disk: sourceOf(disk, keysIn('image', scenario)),
      base: base == null ? undefined : { sectors: base },
      target: targetOf(scenario),
    },
    nodes: nodes.disk || nodes.target ? nodes : undefined,
    jobs: [{ sync: mode, 'cluster-sectors': disk.clusterSectors, mode: existing && 'existing', ...keysIn('job', scenario) }],
    requests: some(guest.map(requestOf)),
    commands: some([...saidIn('command', scenario), ...cancelOf(scenario)]),
    ...keysIn('scenario', scenario),
  };
}

/** What the optional parts of a scenario say in a place. */
const saidIn = (place: Place, scenario: Scenario): DataMap[] =>
  NOTATIONS.filter((notation) => notation.place === place && hasIn(notation, scenario)).map(
    (notation) => written(notation, valueIn(notation, scenario)) as DataMap,
  );
const keysIn = (place: Place, scenario: Scenario): DataMap => Object.assign({}, ...saidIn(place, scenario)) as DataMap;

const sourceOf = ({ sectors, zero, overlay }: Scenario['disk'], more: DataMap): DataMap => ({
  sectors,
  zero: some(fold(zero)),
  ...more,
  ...(overlay && {
    'cluster-sectors': overlay.clusterSectors,
    allocated: some(fold(overlay.allocated)),
    'zero-clusters': some(fold(overlay.zeroClusters)),
    parallel: overlay.parallel,
    backing: overlay.baseSectors === null ? undefined : 'base',
  }),
});

function targetOf({ mode, disk, targetClusterSectors, existingTarget: existing }: Scenario): DataMap | undefined {
  const isAsUsual = existing === undefined && targetClusterSectors === plainTargetClusterSectors(mode, disk.clusterSectors);
  if (isAsUsual || existing?.isSource) return undefined;
  return {
    sectors: existing && unless(disk.sectors, existing.sectors),
    'cluster-sectors': unless(0, targetClusterSectors),
    backed: existing?.backed || undefined,
    data: existing && some(fold(existing.data)),
  };
}

const requestOf = ({ id, kind, first, count, after, early }: GuestOperation): DataMap => ({
  id,
  ...(kind === 'readT0' ? { read: [first, count], node: 'target' } : { [kind]: hasRange(kind) ? [first, count] : true }),
  after: afterAll(after),
  early: early || undefined,
});

const cancelOf = ({ cancel, cancelAfter = [] }: Scenario): DataMap[] => (cancel ? [{ cancel: 'job', after: afterAll(cancelAfter) }] : []);

const afterAll = (requests: readonly string[]): Data | undefined => some(requests.map((id) => `${id}.done`));

function verdictOf({ property, step, sector, expected, got, detail }: Verdict): DataMap {
  return { property, step, sector, expected, got, detail: unless('', detail) };
}

/** Numbers as `3, 8-15`. Runs of three and more are folded. */
export function fold(list: readonly number[]): (number | string)[] {
  const folded: (number | string)[] = [];
  for (let i = 0; i < list.length;) {
    let end = i + 1;
    while (end < list.length && list[end] === list[end - 1]! + 1) end++;
    if (end - i >= 3) folded.push(`${list[i]}-${list[end - 1]}`);
    else folded.push(...list.slice(i, end));
    i = end;
  }
  return folded;
}
