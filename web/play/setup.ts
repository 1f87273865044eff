/** What is to be played: a scenario, and the job that it is played on. Plain data, and the ways to change it. */
import { type SyncMode, syncOf } from '../../model/sync.ts';
import { RULE_NAMES } from '../../model/families/notifier/rules.ts';
import type { JobName, RuleName } from '../../model/machine/job-names.ts';
import { type GuestKind, hasRange } from '../../model/block/guest.ts';
import type { WakeOrder } from '../../model/kernel/wake/orders.ts';
import type { Setting } from '../../model/machine/shape.ts';
import { type Scenario, whatIsWrong } from '../../model/scenario/scenario.ts';
import type { Trace } from '../../src/trace/format.ts';
import { settingOf } from '../../src/replay/replay.ts';

/** The correct job, an era of QEMU, or the correct one without a rule. */
export type Job = JobName | RuleName;

export interface Setup {
  readonly scenario: Scenario;
  readonly job: Job;
  readonly wake: WakeOrder;
  readonly effects: Setting['effects'];
}

/** More than anybody could follow, and the checker would take long. */
const REQUESTS_MAX = 6;
const SECTORS_MAX = 16;

export const setupOf = (scenario: Scenario): Setup => ({ scenario, job: 'correct', wake: 'any', effects: 'cluster' });

/** A trace lacks one rule, or is of an era. */
export function setupOfTrace({ scenario, job, without, wake, effects }: Trace): Setup {
  return { scenario, job: without[0] ?? (job as JobName), wake, effects };
}

export const settingFor = (setup: Setup): Setting => settingOf(traceOfSetup(setup));

export const isRule = (job: Job): job is RuleName => (RULE_NAMES as readonly string[]).includes(job);

/** The same scenario and wake order, with all rules on. */
export const correctTrace = (trace: Trace): Trace => ({
  ...trace,
  job: 'correct',
  with: [],
  without: [],
  schedule: [],
  verdict: null,
  cause: [],
});

/** A trace in which nothing has happened yet. */
export function traceOfSetup({ scenario, job, wake, effects }: Setup): Trace {
  const rules = isRule(job) ? ({ job: 'correct', without: [job] } as const) : { job, without: [] };
  return { ...rules, wake, effects, scenario, schedule: [], verdict: null, cause: [], minimal: 'not tried' };
}

/** Why it can't be played; null: it can. */
export function whyNotPlayed({ scenario }: Setup): string | null {
  if (scenario.guest.length > REQUESTS_MAX) return `more than ${REQUESTS_MAX} requests are too many to play`;
  if (scenario.disk.sectors > SECTORS_MAX) return `a disk of more than ${SECTORS_MAX} sectors is too large to play`;
  return whatIsWrong(scenario);
}

/** With what the mode takes: a target with clusters, an image over another one, or a cancel, without which it does not end. */
export function withMode(scenario: Scenario, mode: SyncMode): Scenario {
  const { disk } = scenario;
  const { selects, beneath, endsByItself } = syncOf(mode);
  const overlay = disk.overlay ?? { clusterSectors: disk.clusterSectors, allocated: [0], zeroClusters: [], baseSectors: disk.sectors };
  return {
    ...scenario,
    mode,
    disk: selects === 'allocated' ? { ...disk, overlay } : disk,
    targetClusterSectors: beneath === 'nothing' ? 0 : scenario.targetClusterSectors || disk.clusterSectors,
    cancel: !endsByItself || scenario.cancel,
  };
}

/** Named after how many there have been. */
export function withRequest(scenario: Scenario, kind: GuestKind, first: number, count: number): Scenario {
  const numbers = scenario.guest.map(({ id }) => Number(/\d+$/.exec(id)?.[0] ?? 0));
  const id = `g${Math.max(0, ...numbers) + 1}`;
  const range = hasRange(kind) ? { first, count } : { first: 0, count: 0 };
  return { ...scenario, guest: [...scenario.guest, { id, kind, ...range, after: [], early: false }] };
}

/** What came after it does so no more. */
export function withoutRequest(scenario: Scenario, id: string): Scenario {
  const isOther = (name: string): boolean => name !== id;
  const guest = scenario.guest
    .filter((request) => isOther(request.id))
    .map((request) => ({ ...request, after: request.after.filter(isOther) }));
  return { ...scenario, guest, ...(scenario.cancelAfter === undefined ? {} : { cancelAfter: scenario.cancelAfter.filter(isOther) }) };
}
