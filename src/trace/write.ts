/** Traces as text, always formatted the same way, so that they diff. */
import { hasRange } from '../../model/block/guest.ts';
import type { GuestOperation, Scenario } from '../../model/scenario/scenario.ts';
import { NOTATIONS } from '../scenarios/dimensions/all.ts';
import { toldOf } from '../scenarios/dimensions/notation.ts';
import { writeAbout } from './about.ts';
import { HOLDS, TRACE_FORMAT, type Trace, type TraceStep, type Verdict } from './format.ts';

export function writeTrace(trace: Trace): string {
  const lines = [
    `trace: ${TRACE_FORMAT}`,
    ...(trace.about === undefined ? [] : writeAbout(trace.about, quote)),
    `job: ${quote(trace.job)}`,
    ...(trace.with === undefined ? [] : [`with: ${flow(trace.with)}`]),
    `without: ${flow(trace.without)}`,
    `wake: ${trace.wake}`,
    `effects: ${trace.effects}`,
    ...writeScenario(trace.scenario),
    trace.schedule.length === 0 ? 'schedule: []' : 'schedule:',
    ...trace.schedule.map(({ who, ...step }) => `  - ${quote(who)}: ${plainStep(stepText(step))}`),
    ...(trace.verdict === null
      ? [`verdict: ${HOLDS}`]
      : [...writeVerdict(trace.verdict), `cause: ${flow(trace.cause)}`, `minimal: ${quote(trace.minimal)}`]),
  ];
  if (trace.found !== undefined)
    lines.push(`found: {strategy: ${quote(trace.found.strategy)}, seed: ${JSON.stringify(trace.found.seed)}, run: ${trace.found.run}}`);
  return `${lines.join('\n')}\n`;
}

/** `g1: copy.took c0 -> s0@0 s1@0` */
export function writeStep({ who, ...step }: TraceStep): string {
  return `${who}: ${stepText(step)}`;
}

const stepText = ({ what, saw }: Omit<TraceStep, 'who'>): string => (saw === '' ? what : `${what} -> ${saw}`);

function writeScenario(scenario: Scenario): string[] {
  const { mode, disk, guest, cancel, cancelAfter = [] } = scenario;
  const { overlay } = disk;
  const lines = [
    'scenario:',
    `  mode: ${mode}`,
    '  disk:',
    `    sectors: ${disk.sectors}`,
    `    clusterSectors: ${disk.clusterSectors}`,
    `    zero: ${flow(fold(disk.zero))}`,
    `    discardReads: ${disk.discardReads}`,
  ];
  if (overlay !== undefined) {
    lines.push(
      '    overlay:',
      `      clusterSectors: ${overlay.clusterSectors}`,
      `      allocated: ${flow(fold(overlay.allocated))}`,
      `      zeroClusters: ${flow(fold(overlay.zeroClusters))}`,
      `      baseSectors: ${overlay.baseSectors}`,
    );
  }
  lines.push(...writeDimensions(scenario, 'disk').map((line) => `    ${line}`));
  lines.push(`  target: ${writeTarget(scenario)}`);
  lines.push(guest.length === 0 ? '  guest: []' : '  guest:', ...guest.map((g) => `    - ${writeOperation(g)}`));
  if (cancel) lines.push(`  cancel: ${cancelAfter.length === 0 ? 'true' : `{after: ${flow(cancelAfter.map(quote))}}`}`);
  lines.push(...writeDimensions(scenario, 'job').map((line) => `  ${line}`));
  return lines;
}

/** The optional parts that stand there. */
const writeDimensions = (scenario: Scenario, place: 'disk' | 'job'): string[] =>
  toldOf(NOTATIONS, scenario, place, (notation, value) => notation.write?.(value) ?? [`${notation.key}: ${String(value)}`]);

function writeTarget({ targetClusterSectors: clusterSectors, existingTarget }: Scenario): string {
  if (existingTarget === undefined) return clusterSectors === 0 ? 'raw' : `{clusterSectors: ${clusterSectors}}`;
  const { sectors, backed, data, isSource } = existingTarget;
  if (isSource === true) return 'source';
  return `{existing: {clusterSectors: ${clusterSectors}, sectors: ${sectors}, backed: ${backed}, data: ${flow(fold(data))}}}`;
}

function writeOperation({ id, kind, first, count, after, early }: GuestOperation): string {
  const parts = [`id: ${quote(id)}`, !hasRange(kind) ? `${kind}: true` : `${kind}: [${first}, ${count}]`];
  if (after.length > 0) parts.push(`after: ${flow(after.map(quote))}`);
  if (early) parts.push('early: true');
  return `{${parts.join(', ')}}`;
}

function writeVerdict(verdict: Verdict): string[] {
  const lines = ['verdict:', `  property: ${quote(verdict.property)}`, `  step: ${verdict.step}`];
  if (verdict.sector !== undefined) lines.push(`  sector: ${verdict.sector}`);
  if (verdict.expected !== undefined) lines.push(`  expected: ${quote(verdict.expected)}`);
  if (verdict.got !== undefined) lines.push(`  got: ${quote(verdict.got)}`);
  return [...lines, `  detail: ${quote(verdict.detail)}`];
}

const flow = (list: readonly (string | number)[]): string => `[${list.join(', ')}]`;

/** Plain where YAML would read it back as the same text, else in quotes. */
const quote = (text: string): string =>
  /^[A-Za-z](?:[\w .@()>-]*[\w.@()>-])?$/.test(text) && !/^(?:true|false|null)$/i.test(text) ? text : JSON.stringify(text);

/** Outside of braces a comma is plain too. */
const plainStep = (text: string): string => (quote(text.replaceAll(', ', ' ')).startsWith('"') ? JSON.stringify(text) : text);

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
