/**
 * Makes the trace of a real QEMU smaller: requests and what else a scenario has are left out, and the disk gets shorter and
 * plainer, one thing at a time, as long as what is left of the schedule still breaks the same property. Best effort: nobody proves it.
 */
import { syncOf } from '../../../../model/sync.ts';
import { type Scenario, whatIsWrong } from '../../../../model/scenario/scenario.ts';
import type { CaseResult } from '../case/case.ts';
import type { Host } from '../case/host.ts';
import { FollowLoosely } from '../case/picker.ts';
import { PLAIN, type Start, printStart } from '../../../validate/start.ts';
import type { TraceStep } from '../../../trace/format.ts';

export interface ShrunkCase {
  readonly result: CaseResult;
  readonly tries: number;
}

export async function shrinkOnQemu(host: Host, failing: CaseResult, signal: AbortSignal): Promise<ShrunkCase> {
  let [result, tries] = [failing, 0];
  for (let went = true; went && !signal.aborted;) {
    went = false;
    for (const { scenario, start } of candidates(result)) {
      if (signal.aborted) break;
      tries++;
      const tried = await host.run(scenario, start, new FollowLoosely(startedBy(start, result.steps)));
      if (tried.violation?.property !== failing.violation!.property) continue;
      result = tried;
      went = true;
      break;
    }
  }
  return { result, tries };
}

/** The same schedule, begun otherwise. */
const startedBy = (start: Start, steps: readonly TraceStep[]): TraceStep[] =>
  steps.map((step) => (step.who === 'user' && step.what.startsWith('start') ? { ...step, what: printStart(start) } : step));

function* candidates({ scenario, start }: CaseResult): Generator<Pick<CaseResult, 'scenario' | 'start'>> {
  for (const one of smaller(scenario)) yield { scenario: one, start };
  for (const plainer of plainerStarts(start)) yield { scenario, start: plainer };
}

/** With one option fewer. */
function* plainerStarts(start: Start): Generator<Start> {
  const { by: _by, workers: _workers, second: _second, sync: _sync, bitmapMode: _mode, granularity: _granularity, ...plain } = PLAIN;
  for (const [field, value] of Object.entries(plain)) if (start[field as keyof Start] !== value) yield { ...start, [field]: value };
  const { sync, bitmapMode, granularity } = PLAIN;
  if (start.transaction !== null) for (const id of start.second) yield { ...start, second: start.second.filter((other) => other !== id) };
  if (start.sync !== sync && start.bitmapMode !== 'never') yield { ...start, sync };
  if (start.bitmapMode !== bitmapMode) yield { ...start, sync, bitmapMode, granularity };
}

function* smaller(scenario: Scenario): Generator<Scenario> {
  for (const { id } of scenario.guest) yield without(scenario, id);
  const { pause: _pause, ...unpaused } = scenario;
  if (scenario.pause === true) yield unpaused;
  for (const fault of scenario.faults ?? []) yield { ...scenario, faults: scenario.faults!.filter((other) => other !== fault) };
  const { onError, ...byDefault } = scenario;
  if (onError !== undefined) yield byDefault;
  for (const fault of scenario.faults ?? [])
    if (fault.times > 1 || fault.errno !== 'EIO')
      yield { ...scenario, faults: scenario.faults!.map((other) => (other === fault ? { ...fault, times: 1, errno: 'EIO' } : other)) };
  for (const fault of scenario.faults ?? []) {
    const alike = { ...fault, side: 'target', op: 'write' } as const; // a copy fails, whichever of its requests does
    const isThere = scenario.faults!.some(({ side, op, cluster }) => side === alike.side && op === alike.op && cluster === alike.cluster);
    if (fault.side === 'source' && fault.op === 'read' && !isThere)
      yield { ...scenario, faults: scenario.faults!.map((other) => (other === fault ? alike : other)) };
  }
  if (scenario.cancel && syncOf(scenario.mode).endsByItself) yield { ...scenario, cancel: false, cancelAfter: [] };
  yield* withSmallerDisk(scenario);
  for (const operation of scenario.guest)
    if (operation.kind === 'zero' || operation.kind === 'discard')
      yield { ...scenario, guest: scenario.guest.map((other) => (other === operation ? { ...other, kind: 'write' } : other)) };
  for (const operation of scenario.guest)
    if (operation.after.length > 0)
      yield { ...scenario, guest: scenario.guest.map((other) => (other === operation ? { ...other, after: [] } : other)) };
}

function* withSmallerDisk(scenario: Scenario): Generator<Scenario> {
  const { disk, guest, targetClusterSectors } = scenario;
  const asked = guest.reduce((end, { first, count }) => Math.max(end, first + count), 1);
  for (const sectors of new Set([asked, disk.sectors - disk.clusterSectors])) {
    const shorter = sectors < disk.sectors && sectors >= asked ? shortened(scenario, sectors) : null;
    if (shorter !== null && whatIsWrong(shorter) === null) yield shorter;
  }
  if (disk.zero.length > 0) yield { ...scenario, disk: { ...disk, zero: [] } };
  if (targetClusterSectors > 0 && targetClusterSectors !== disk.clusterSectors)
    yield { ...scenario, targetClusterSectors: disk.clusterSectors };
}

/** The same with only so many sectors. */
function shortened(scenario: Scenario, sectors: number): Scenario {
  const { disk, faults } = scenario;
  const { overlay } = disk;
  const isThere =
    (size: number) =>
    (index: number): boolean =>
      index * size < sectors;
  const own =
    overlay === undefined
      ? {}
      : {
          overlay: {
            ...overlay,
            allocated: overlay.allocated.filter(isThere(overlay.clusterSectors)),
            zeroClusters: overlay.zeroClusters.filter(isThere(overlay.clusterSectors)),
            baseSectors: overlay.baseSectors === null ? null : Math.min(overlay.baseSectors, sectors),
          },
        };
  return {
    ...scenario,
    disk: { ...disk, sectors, zero: disk.zero.filter(isThere(1)), ...own },
    ...(faults === undefined ? {} : { faults: faults.filter(({ cluster }) => isThere(disk.clusterSectors)(cluster)) }),
  };
}

function without(scenario: Scenario, gone: string): Scenario {
  const drop = (ids: readonly string[]): string[] => ids.filter((id) => id !== gone);
  return {
    ...scenario,
    guest: scenario.guest.filter(({ id }) => id !== gone).map((operation) => ({ ...operation, after: drop(operation.after) })),
    ...(scenario.cancelAfter === undefined ? {} : { cancelAfter: drop(scenario.cancelAfter) }),
  };
}
