/** A schedule as a reproducer's steps, and which requests of QEMU were held while others went ahead. */
import { ERRNOS } from '../../../../model/block/errors.ts';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import type { TraceStep } from '../../../trace/format.ts';
import { Tuple } from './python.ts';

/** What a request's step is called there, by its phase in a trace. */
const PHASES: Readonly<Record<string, string>> = { took: 'take', land: 'put', done: 'reply' };

const SECOND = new Set(['source2', 'base2', 'target2']);
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

/** What a reproducer does step by step: a schedule without what it would do by itself. */
export const stepsOf = (schedule: readonly TraceStep[]): TraceStep[] => withoutTail(merged(schedule));

/**
 * The schedule with one step where a request takes effect and is answered later: what it reads or changes is the same if both are done
 * at its answer, unless a step in between reads or changes the same bytes.
 */
function merged(schedule: readonly TraceStep[]): TraceStep[] {
  const steps = [...schedule];
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i]!;
    if (!DISKS.has(step.who) || !TAKES_EFFECT.test(step.what) || errnoIn(step) !== null) continue;
    const after = steps.slice(i + 1);
    const answer = after.findIndex((one) => one.who === step.who && requestOf(one) === requestOf(step));
    if (answer < 0 || !/\.done\b/.test(after[answer]!.what) || errnoIn(after[answer]!) !== null) continue;
    if (!after.slice(0, answer).some((one, k) => isAtOdds(step, one, steps.slice(0, i + 1 + k)))) steps.splice(i, 1);
  }
  return steps;
}

const TAKES_EFFECT = /\.(?:took|land)\b/;
const CHANGES = /^(?:write|zero|trim)\b/;

/** Whether it matters which of two steps comes first. @param before the steps before the other one */
function isAtOdds(step: TraceStep, other: TraceStep, before: readonly TraceStep[]): boolean {
  if (USERS.has(other.who)) return true;
  if (other.who !== step.who || errnoIn(other) !== null) return false;
  const isAnswered = /\.done\b/.test(other.what);
  if (isAnswered && before.some((one) => one.who === other.who && TAKES_EFFECT.test(one.what) && requestOf(one) === requestOf(other)))
    return false; // it had its effect before
  const [one, two] = [step, other].map(({ what }) => STEP.exec(what)?.groups);
  if (one?.['from'] === undefined || two?.['from'] === undefined) return false;
  const overlap = Number(one['from']) <= Number(two['to']) && Number(two['from']) <= Number(one['to']);
  return overlap && (CHANGES.test(step.what) || CHANGES.test(other.what));
}

const USERS = new Set(['user', 'operator']);

interface Waiting {
  /** `source read 0-65535` */
  readonly name: string;
  readonly disk: string;
  /** The step in which it came. */
  readonly step: number;
}

/** Has each step of a disk tell which requests wait then, oldest first, and which of them it answers (-1: none of them). */
function eachAnswer(
  steps: readonly TraceStep[],
  tell: (step: TraceStep, i: number, waiting: readonly Waiting[], index: number) => void,
): void {
  const waiting: Waiting[] = [];
  for (const [i, step] of steps.entries()) {
    const isAnswer = DISKS.has(step.who) && (errnoIn(step) !== null || /\.done\b/.test(step.what));
    const index = isAnswer ? waiting.findIndex(({ name }) => name === `${step.who} ${requestOf(step)}`) : -1;
    tell(step, i, waiting, index);
    if (index >= 0) waiting.splice(index, 1);
    for (const word of wordsOf(step)) {
      const [disk = ''] = word.split(' ');
      if (DISKS.has(disk)) waiting.push({ name: word, disk, step: i });
    }
  }
}

/** Without the last steps in which the oldest request is answered, which is what a reproducer ends with. */
function withoutTail(steps: TraceStep[]): TraceStep[] {
  if (steps.some(({ who }) => SECOND.has(who))) return steps; // what was seen does not say of which disk it is
  let tail = 0;
  eachAnswer(steps, (step, i, waiting, index) => {
    // Requests on two connections that come at once come in any order.
    const isOldest = index === 0 && waiting.every((one) => one.step !== waiting[0]!.step || one.disk === step.who);
    if (!isOldest || errnoIn(step) !== null) tail = i + 1;
  });
  return steps.slice(0, tail);
}

/** The disks of which a request is answered while another one waits; of two disks in a transaction all, as a trace does not say which. */
export function answeredAmongOthers(steps: readonly TraceStep[]): Set<string> {
  if (steps.some(({ who }) => SECOND.has(who))) return DISKS;
  const disks = new Set<string>();
  eachAnswer(steps, (step, _i, waiting, index) => {
    if (index >= 0 && waiting.filter(({ disk }) => disk === step.who).length > 1) disks.add(step.who);
  });
  return disks;
}

/** `read 0-65535 of the source, with EIO, in step 8`; in `steps 8, 9` if the same request fails again. */
export function failures(schedule: readonly TraceStep[]): string[] {
  const steps = new Map<string, number[]>();
  for (const [i, step] of schedule.entries()) {
    const errno = DISKS.has(step.who) ? errnoIn(step) : null;
    if (errno === null) continue;
    const failure = `${requestOf(step)} of the ${step.who}, with ${errno}`;
    steps.set(failure, [...(steps.get(failure) ?? []), i + 1]);
  }
  return [...steps].map(([failure, at]) => `${failure}, in ${at.length === 1 ? 'step' : 'steps'} ${at.join(', ')}`);
}

/**
 * Requests of QEMU that wait while others go ahead, each with the steps in which it comes and is let go:
 * `source read 0-65535 (steps 3-5), 65536-131071 (steps 4-7)`.
 * @param schedule as `stepsOf` has it
 */
export function heldBack(schedule: readonly TraceStep[]): string {
  const came = new Map<string, number>();
  const held = new Map<string, string[]>();
  for (const [i, step] of schedule.entries()) {
    const name = `${step.who} ${requestOf(step)}`;
    const since = came.get(name);
    if (since !== undefined && i - since > 1) {
      const [, kind = name, place = ''] = /^(\S+ \S+) (.*)$/.exec(name) ?? [];
      held.set(kind, [...(held.get(kind) ?? []), `${place} (steps ${since + 1}-${i + 1})`.trimStart()]);
    }
    came.delete(name);
    for (const word of wordsOf(step)) if (DISKS.has(word.split(' ')[0]!)) came.set(word, i);
  }
  return [...held].map(([kind, places]) => `${kind} ${places.join(', ')}`).join('; ');
}

/** What was seen in a step besides requests of QEMU's: those are in the steps that let them go. */
export const newsOf = (step: TraceStep): string[] =>
  wordsOf(step).filter((word) => word !== '' && !DISKS.has(word.split(' ')[0]!) && !/^at \d/.test(word));

/** Whether it lets a request of QEMU's go as it came. */
export const letsGo = (step: TraceStep): boolean => DISKS.has(step.who) && errnoIn(step) === null;

/** `read 0-65535`, of a step of QEMU's request. */
const requestOf = ({ what }: TraceStep): string => what.replace(/\.(?:took|land|done)/, '');
