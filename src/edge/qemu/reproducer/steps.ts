/** A schedule as a reproducer's steps, and which requests of QEMU were held while others went ahead. */
import { ERRNOS } from '../../../../model/block/errors.ts';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import type { TraceStep } from '../../../trace/format.ts';
import { Tuple } from './python.ts';

/** What a request's step is called there, by its phase in a trace. */
const PHASES: Readonly<Record<string, string>> = { took: 'take', land: 'put', done: 'answer' };

const DISKS = new Set(['source', 'base', 'target', 'source2', 'base2', 'target2']);

/** What was seen in a step: of both disks of a transaction, if there are two. */
const wordsOf = ({ saw }: TraceStep): string[] => saw.split(/, |; disk2: /);
const STEP = /^(?<kind>\w+)\.(?<phase>took|land|done)(?: (?<from>\d+)-(?<to>\d+))?$/;

/** What went wrong in a step with the hardware: `EIO`; null: nothing. */
const errnoIn = (step: TraceStep): string | null => wordsOf(step).find((word) => (ERRNOS as readonly string[]).includes(word)) ?? null;

/** The step's tuple. What the user does has its word as it is in a trace, without the options of the start. */
export function tupleOf(step: TraceStep, { guest }: Scenario, sectorBytes: number): Tuple {
  const { who, what } = step;
  const request = guest.find(({ id }) => id === who);
  if (request !== undefined) {
    const kind = request.kind === 'discard' ? 'trim' : request.kind;
    return new Tuple(who, kind, request.first * sectorBytes, request.count * sectorBytes);
  }
  const { kind, phase, from, to } = DISKS.has(who) ? (STEP.exec(what)?.groups ?? {}) : {};
  if (kind === undefined) return new Tuple(who, what.split(' ')[0]);
  const errno = errnoIn(step);
  const place = from === undefined ? [0, 0] : [Number(from), Number(to) - Number(from) + 1];
  return new Tuple(who, errno === null ? PHASES[phase!] : 'fail', kind, ...place, ...(errno === null ? [] : [errno]));
}

/** Whether a request of QEMU's fails in it. */
export const isFault = (step: TraceStep): boolean => DISKS.has(step.who) && errnoIn(step) !== null;

/**
 * The schedule with one step where a request takes effect and is answered at once after it: QEMU notices nothing in between, and what
 * was seen is what was seen after both.
 */
export function merged(schedule: readonly TraceStep[]): TraceStep[] {
  const steps: TraceStep[] = [];
  for (const step of schedule) {
    const last = steps.at(-1);
    const isAnswer = last !== undefined && last.who === step.who && DISKS.has(step.who) && errnoIn(last) === null && errnoIn(step) === null;
    if (isAnswer && /\.done\b/.test(step.what) && /\.(?:took|land)\b/.test(last.what) && requestOf(last) === requestOf(step))
      steps[steps.length - 1] = step;
    else steps.push(step);
  }
  return steps;
}

/** `read 0-65535 of the source fails with EIO, in step 8`. */
export function failures(schedule: readonly TraceStep[]): string[] {
  return schedule.flatMap((step, i) => {
    const errno = DISKS.has(step.who) ? errnoIn(step) : null;
    return errno === null ? [] : [`${requestOf(step)} of the ${step.who}, with ${errno}, in step ${i + 1}`];
  });
}

/** Requests of QEMU that wait while others go ahead: `source read 0-65535 comes in step 3 and goes on in step 5`. */
export function heldBack(schedule: readonly TraceStep[]): string[] {
  const came = new Map<string, number>();
  const held: string[] = [];
  for (const [i, step] of schedule.entries()) {
    const name = `${step.who} ${requestOf(step)}`;
    const since = came.get(name);
    if (since !== undefined && i - since > 1) held.push(`${name} comes in step ${since + 1} and waits until step ${i + 1}`);
    came.delete(name);
    for (const word of wordsOf(step)) if (DISKS.has(word.split(' ')[0]!)) came.set(word, i);
  }
  return held;
}

/** `read 0-65535`, of a step of QEMU's request. */
const requestOf = ({ what }: TraceStep): string => what.replace(/\.(?:took|land|done)/, '');
