/**
 * Whether the log of a real run is one of the model: trace validation (Cirstea, Kuppe, Loillier, Merz, "Validating
 * Traces of Distributed Programs Against TLA+ Specifications", SEFM 2024), with this model in place of TLA+.
 * docs/qemu-validation.md says what the log and the model have in common.
 */
import { rulesOff } from '../../model/machine/jobs.ts';
import type { JobName } from '../../model/machine/job-names.ts';
import { Machine } from '../../model/machine/machine.ts';
import { type Setting, shapeOf } from '../../model/machine/shape.ts';
import type { Trace, TraceStep } from '../trace/format.ts';
import { observe } from '../replay/observe.ts';
import { type Comparable, type Told, comparableOf, failedPiecewise } from './comparable.ts';
import type { DeadEnd } from './deepest.ts';
import type { RunLog } from './log.ts';
import { readLog } from './read-log.ts';
import { type Move, askingOf, clustersAsked, errnoOf, idOf, moveOf, take } from './moves.ts';
import { piecesMadeBy } from './pieces.ts';
import type { Refusal } from './refusal.ts';
import { ORDERS, type SearchOrder, type SearchResult, searchLog } from './search.ts';
import { type Request, planOf } from './strikes.ts';

export type Validation =
  | {
      readonly outcome: 'a run of the model';
      readonly states: number;
      readonly events: number;
      /** A run of the model that shows the log; null: there is one, but no plan of errors replays it. */
      readonly run: Trace | null;
    }
  | {
      readonly outcome: 'no run of the model';
      readonly states: number;
      readonly events: number;
      readonly refusals: readonly Refusal[];
    }
  | { readonly outcome: 'unfinished'; readonly states: number; readonly events: number }
  | { readonly outcome: 'not compared'; readonly why: string };

export interface ValidationLimits {
  readonly statesMax: number;
  readonly seconds: number;
}

export const VALIDATION_LIMITS: ValidationLimits = { statesMax: 1_000_000, seconds: 20 };

/** Within so many states a run is found in most cases, or else in another order. */
const STATES_SOON = 20_000;

/** The algorithm's orders: who of those that are woken runs first is not the model's to say. */
const settingOf = (job: JobName): Setting => ({
  effects: 'cluster',
  wake: 'any',
  job,
  without: rulesOff({ job, without: [] }),
  requestsMin: 0,
});

/**
 * What is not modelled of disks, and so may be either way. Where the clusters of an overlay lie in its file: block status ends where the
 * file is not in a row (block/qcow2-cluster.c, `count_contiguous_clusters`), so the model is told as much as there is, and if it has no
 * run then, as little as may be. When qcow2 waits for its lock: without, a request that meets several clusters is several at once. And
 * whether a raw disk's node was asked or has answered from its cache, where the release has one.
 */
const DISKS: Readonly<Record<'raw' | 'overlay', readonly Omit<Told, 'piecesMade'>[]>> = {
  raw: [
    { blockStatus: 'zeroes', parallel: false },
    { blockStatus: 'cached', parallel: false },
  ],
  overlay: [
    { blockStatus: 'zeroes', parallel: false },
    { blockStatus: 'short', parallel: false },
    { blockStatus: 'zeroes', parallel: true },
    { blockStatus: 'short', parallel: true },
  ],
};

/** All that the log leaves open, likeliest first. */
const toldOf = (trace: Trace, { start, remembersStatus }: Comparable): Told[] =>
  DISKS[trace.scenario.disk.overlay === undefined ? 'raw' : 'overlay']
    .filter(({ blockStatus }) => blockStatus !== 'cached' || remembersStatus)
    .flatMap((disk) => piecesMadeBy(failedPiecewise(trace), trace.scenario, start).map((piecesMade) => ({ ...disk, piecesMade })));

/**
 * @param trace of a run on a real QEMU, broken or not
 * @param isWanted of several runs of the model that show the log, one of which this is true is looked for; any will do if none is met
 */
export function validate(trace: Trace, limits: ValidationLimits = VALIDATION_LIMITS, isWanted: (run: Trace) => boolean = any): Validation {
  const comparable = comparableOf(trace);
  if (typeof comparable === 'string') return { outcome: 'not compared', why: comparable };
  const results = toldOf(trace, comparable).values();
  let result = validateOnce(trace, comparable, results.next().value!, limits, isWanted);
  for (const told of results) {
    if (result.outcome !== 'no run of the model') return result;
    const next = validateOnce(trace, comparable, told, limits, isWanted);
    if (next.outcome !== 'no run of the model' || isDeeper(next, result)) result = next;
  }
  return result;
}

const any = (): boolean => true;

type Refused = Extract<Validation, { outcome: 'no run of the model' }>;
const isDeeper = (one: Refused, other: Refused): boolean => (one.refusals[0]?.step ?? 0) > (other.refusals[0]?.step ?? 0);

function validateOnce(
  trace: Trace,
  { job, start }: Comparable,
  told: Told,
  limits: ValidationLimits,
  isWanted: (run: Trace) => boolean,
): Exclude<Validation, { outcome: 'not compared' }> {
  const log = readLog(trace, start, told);
  const machine = new Machine({ ...shapeOf(log.scenario, settingOf(job)), faults: (trace.scenario.faults ?? []).length > 0 });
  machine.load(log.scenario);
  const end = performance.now() + 1000 * limits.seconds;
  let sum = 0;
  const searched = (order: SearchOrder, statesMax: number): SearchResult => {
    const result = searchLog(machine, log, { statesMax, shouldStop: () => performance.now() > end }, order);
    sum += result.states;
    return result;
  };
  const soon = (order: SearchOrder): SearchResult => searched(order, Math.min(limits.statesMax, STATES_SOON));
  const runOf = ({ schedule }: SearchResult): Trace | null => modelRun(machine, job, log, schedule, trace);
  let [result, run]: [SearchResult, Trace | null] = [soon(ORDERS[0]!), null];
  for (const order of ORDERS.slice(1)) {
    if (result.outcome === 'is no run' || performance.now() >= end) break;
    if (result.outcome === 'is a run') run ??= runOf(result);
    if (run !== null && isWanted(run)) break;
    const next = soon(order);
    if (next.outcome !== 'is a run') continue;
    result = next;
    const other = runOf(next);
    if (run === null || (other !== null && isWanted(other))) run = other;
  }
  if (result.outcome === 'unfinished') result = searched(ORDERS[0]!, limits.statesMax);
  const { outcome, deadEnds } = result;
  const states = sum;
  const events = log.moments.flat().length;
  if (outcome === 'unfinished') return { outcome, states, events };
  if (outcome === 'is a run') return { outcome: 'a run of the model', states, events, run: run ?? runOf(result) };
  const refusals = deadEnds.map((deadEnd) => refusalOf(machine, log, deadEnd));
  return { outcome: 'no run of the model', states, events, refusals };
}

/**
 * The model's run as a trace, which replays: on to its end, where all that is left is to give commands to a job that has ended.
 * @returns null if no plan of errors has just those requests fail that failed
 */
function modelRun(machine: Machine, job: JobName, log: RunLog, moves: readonly Move[], { found, verdict }: Trace): Trace | null {
  const requests: Request[] = [];
  const schedule = stepsOf(machine, moves, requests);
  const faults = planOf(requests);
  if (faults === null) return null;
  if (verdict === null) schedule.push(...stepsToTheEnd(machine));
  return {
    job,
    without: [],
    wake: 'any',
    effects: 'cluster',
    scenario: { ...log.scenario, ...(faults.length === 0 ? {} : { faults }) },
    schedule,
    cause: [],
    minimal: 'not tried',
    verdict: null,
    ...(found === undefined ? {} : { found }),
  };
}

function refusalOf(machine: Machine, { moments }: RunLog, { schedule, moment, shown, instead }: DeadEnd): Refusal {
  const left = moments[moment]!.filter((_, i) => (shown & (1 << i)) === 0);
  const steps = stepsOf(machine, schedule);
  const { coroutines } = machine;
  const who = (id: number): string => machine.coroutineName(coroutines.byId(id));
  const ready = new Int32Array(coroutines.all.length + 1);
  const canRun = Array.from(ready.subarray(0, machine.ready(ready)));
  const waiting = coroutines
    .alive()
    .filter(({ id }) => !canRun.includes(id))
    .map((coroutine) => `${who(coroutine.id)}: ${machine.stepName(coroutine.pending)}`);
  return {
    step: left[0]!.step,
    next: left.map(({ text }) => text),
    instead: instead.map(({ id, text }) => `${who(id)}: ${text}`),
    waiting,
    schedule: steps,
  };
}

/**
 * Runs a schedule once more, and leaves the machine where it ends.
 * @param requests where all are written down that could have been denied
 */
function stepsOf(machine: Machine, moves: readonly Move[], requests: Request[] = []): TraceStep[] {
  machine.begin();
  return moves.map((move) => stepOf(machine, move, requests));
}

function stepsToTheEnd(machine: Machine): TraceStep[] {
  const steps: TraceStep[] = [];
  const ready = new Int32Array(machine.coroutines.all.length + 1);
  while (machine.ready(ready) > 0) steps.push(stepOf(machine, moveOf(ready[0]!, null), []));
  return steps;
}

function stepOf(machine: Machine, move: Move, requests: Request[]): TraceStep {
  const coroutine = machine.coroutines.byId(idOf(move));
  const step = coroutine.pending;
  const [who, what] = [machine.coroutineName(coroutine), machine.stepName(step)];
  const asking = askingOf(machine, coroutine);
  if (asking !== null)
    requests.push({ side: asking.faults.side, op: asking.op, clusters: clustersAsked(machine, coroutine, asking), errno: errnoOf(move) });
  let saw = '';
  take(machine, move, (id) => {
    machine.step(id);
    saw = observe(machine, coroutine, step);
  });
  return { who, what, saw };
}
