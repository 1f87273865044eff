/**
 * Whether the log of a real run is one of the model: trace validation (Cirstea, Kuppe, Loillier, Merz, "Validating
 * Traces of Distributed Programs Against TLA+ Specifications", SEFM 2024), with this model in place of TLA+.
 * docs/qemu-validation.md says what the log and the model have in common, and where QEMU 7.2 goes another way.
 */
import { Machine } from '../../model/machine/machine.ts';
import { type Setting, shapeOf } from '../../model/machine/shape.ts';
import type { Trace, TraceStep } from '../trace/format.ts';
import { observe } from '../replay/observe.ts';
import { whyNotComparable } from './comparable.ts';
import type { DeadEnd } from './deepest.ts';
import { type DepartureName, departureOf } from './departures.ts';
import type { RunLog } from './log.ts';
import { readLog } from './read-log.ts';
import type { Refusal } from './refusal.ts';
import { searchLog } from './search.ts';

export type Validation =
  | {
      readonly outcome: 'a run of the model';
      readonly states: number;
      readonly events: number;
      /** A run of the model that shows the log. */ readonly run: Trace;
    }
  | {
      readonly outcome: 'no run of the model';
      readonly states: number;
      readonly events: number;
      readonly refusals: readonly Refusal[];
      /** Where 7.2 is known to go another way; null: nowhere that would explain it. */ readonly departure: DepartureName | null;
    }
  | { readonly outcome: 'unfinished'; readonly states: number; readonly events: number }
  | { readonly outcome: 'not compared'; readonly why: string };

export interface ValidationLimits {
  readonly statesMax: number;
  readonly seconds: number;
}

export const VALIDATION_LIMITS: ValidationLimits = { statesMax: 200_000, seconds: 20 };

/** The algorithm's orders: how 7.2 wakes whom is another story than in 1.6. */
const SETTING: Setting = { effects: 'cluster', wake: 'any', without: [], requestsMin: 0 };

/** @param trace of a run on a real QEMU, broken or not */
export function validate(trace: Trace, limits: ValidationLimits = VALIDATION_LIMITS): Validation {
  const why = whyNotComparable(trace.scenario, trace.schedule);
  if (why !== null) return { outcome: 'not compared', why };
  const log = readLog(trace);
  const machine = new Machine(shapeOf(log.scenario, SETTING));
  machine.load(log.scenario);
  const end = performance.now() + 1000 * limits.seconds;
  const { outcome, states, schedule, deadEnds } = searchLog(machine, log, {
    statesMax: limits.statesMax,
    shouldStop: () => performance.now() > end,
  });
  const events = log.moments.flat().length;
  if (outcome === 'unfinished') return { outcome, states, events };
  if (outcome === 'is a run') return { outcome: 'a run of the model', states, events, run: modelRun(machine, log, schedule, trace) };
  const refusals = deadEnds.map((deadEnd) => refusalOf(machine, log, deadEnd));
  return { outcome: 'no run of the model', states, events, refusals, departure: departureOf(trace.scenario, trace.schedule, refusals) };
}

/** The model's run as a trace, which replays. */
function modelRun(machine: Machine, log: RunLog, ids: readonly number[], { found }: Trace): Trace {
  const schedule = stepsOf(machine, ids);
  return {
    job: 'correct',
    without: [],
    wake: SETTING.wake,
    effects: SETTING.effects,
    scenario: log.scenario,
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

/** Runs a schedule once more, and leaves the machine where it ends. */
function stepsOf(machine: Machine, ids: readonly number[]): TraceStep[] {
  machine.begin();
  return ids.map((id) => {
    const coroutine = machine.coroutines.byId(id);
    const step = coroutine.pending;
    const [who, what] = [machine.coroutineName(coroutine), machine.stepName(step)];
    machine.step(id);
    return { who, what, saw: observe(machine, coroutine, step) };
  });
}
