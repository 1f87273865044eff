/**
 * Makes the trace of a real QEMU smaller: requests and what else a scenario has are left out, the disk gets shorter and plainer, and
 * requests that wait wait no longer, one thing at a time, as long as what is left of the schedule still breaks the same property. Best
 * effort: nobody proves it.
 */
import { changesTheDisk } from '../../../../model/block/guest.ts';
import { modesWhere, syncOf } from '../../../../model/sync.ts';
import { type Scenario, whatIsWrong } from '../../../../model/scenario/scenario.ts';
import type { CaseResult } from '../case/case.ts';
import { CHAIN_MIN } from '../case/chain.ts';
import type { Host } from '../case/host.ts';
import { type Picker, FollowLoosely, Ranked } from '../case/picker.ts';
import { BACKUP_CLUSTER_BYTES } from '../disks/pattern.ts';
import type { Role } from '../disks/role.ts';
import { PLAIN, type Start, printStart } from '../../../validate/start.ts';
import type { TraceStep } from '../../../trace/format.ts';

export interface ShrunkCase {
  readonly result: CaseResult;
  readonly tries: number;
}

/** What is tried next: another scenario or start, or the same one with the requests of a role ahead of all others or behind them. */
interface Candidate extends Pick<CaseResult, 'scenario' | 'start'> {
  readonly unheld?: { readonly role: Role; readonly when: 'first' | 'last' };
}

export async function shrinkOnQemu(host: Host, failing: CaseResult, signal: AbortSignal): Promise<ShrunkCase> {
  let [result, tries] = [failing, 0];
  for (let went = true; went && !signal.aborted;) {
    went = false;
    for (const { scenario, start, unheld } of candidates(result)) {
      if (signal.aborted) break;
      tries++;
      const follow = new FollowLoosely(askedIn(scenario, startedBy(start, result.steps)));
      const picker: Picker = unheld === undefined ? follow : new Ranked(follow, unheld.role, unheld.when);
      const tried = await host.run(scenario, start, picker);
      if (tried.violation?.property !== failing.violation!.property) continue;
      if (unheld !== undefined && tried.overtaken.size >= result.overtaken.size) continue;
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

/** The same schedule, where a guest asks for a write in the place of zeroes or a discard. */
const askedIn = ({ guest }: Scenario, steps: readonly TraceStep[]): TraceStep[] =>
  steps.map((step) => {
    const request = guest.find(({ id }) => id === step.who);
    if (request !== undefined) return { ...step, what: request.kind };
    const isAsked = !guest.some(({ kind }) => kind === 'zero' || kind === 'discard');
    return isAsked && step.who === 'source' ? { ...step, what: step.what.replace(/^(?:zero|trim)\./, 'write.') } : step;
  });

function* candidates({ scenario, start, overtaken }: CaseResult): Generator<Candidate> {
  // While there are clusters enough: on a disk of one the job's copy is always the first.
  yield* withCopiesOfItsOwn(scenario, start);
  yield* inPlainMode(scenario, start);
  for (const one of smaller(scenario)) yield { scenario: one, start };
  for (const plainer of plainerStarts(start)) yield { scenario, start: plainer };
  for (const role of overtaken) for (const when of ['first', 'last'] as const) yield { scenario, start, unheld: { role, when } };
}

/**
 * A request whose copy fails, by itself: copies are as small as the backup's cluster, and the error is in the last cluster of the request,
 * so that no copy of the job's needs to fail before it.
 */
function* withCopiesOfItsOwn(scenario: Scenario, start: Start): Generator<Candidate> {
  const { faults = [], disk, targetClusterSectors, guest } = scenario;
  const [first] = faults;
  if (first === undefined || (faults.length === 1 && first.times === 1)) return;
  const small = Math.min(targetClusterSectors, disk.clusterSectors);
  const oneByOne = start.workers === null ? {} : { workers: 1, chunk: BACKUP_CLUSTER_BYTES, minCluster: null };
  for (const request of guest.filter(({ kind }) => changesTheDisk(kind))) {
    const cluster = Math.floor((request.first + request.count - 1) / disk.clusterSectors);
    const alone = { ...scenario, targetClusterSectors: small, faults: [{ ...first, cluster, times: 1 }] };
    yield { scenario: alone, start: { ...start, ...oneByOne } };
  }
}

/** A failure that a mode shares with the one that copies all is told of that one. */
function* inPlainMode(scenario: Scenario, start: Start): Generator<Candidate> {
  const [whole] = modesWhere(({ selects }) => selects === 'all');
  if (syncOf(scenario.mode).selects === 'allocated')
    yield { scenario: { ...scenario, mode: whole! }, start: { ...start, backing: 'open' } };
}

/** With one option fewer. */
function* plainerStarts(start: Start): Generator<Start> {
  const {
    by: _by,
    workers: _workers,
    chain: _chain,
    second: _second,
    sync: _sync,
    bitmapMode: _mode,
    granularity: _granularity,
    ...plain
  } = PLAIN;
  for (const [field, value] of Object.entries(plain))
    if (start[field as keyof Start] !== value)
      yield { ...start, [field]: value, ...(field === 'transaction' ? { second: PLAIN.second } : {}) };
  const { sync, bitmapMode, granularity } = PLAIN;
  if (start.chain !== null && start.chain > CHAIN_MIN) yield { ...start, chain: start.chain - 1 };
  if (start.transaction !== null) for (const id of start.second) yield { ...start, second: start.second.filter((other) => other !== id) };
  if (start.chain !== null) return;
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
  if (syncOf(scenario.mode).beneath === 'nothing' && targetClusterSectors > 0) yield { ...scenario, targetClusterSectors: 0 };
  const { overlay: _overlay, ...raw } = disk;
  if (syncOf(scenario.mode).selects !== 'allocated' && disk.overlay !== undefined) yield { ...scenario, disk: raw };
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
