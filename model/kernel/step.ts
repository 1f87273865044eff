/**
 * A step is what a coroutine does between two yields. It is yielded *before* it happens, so that
 * the scheduler sees what each coroutine will do next, and whether it can, before it chooses.
 *
 * A step is a name and one small number (`at`: the cluster or sector it is about), packed into one
 * integer, so that the pending step of a coroutine is a cell like any other. Whatever else the
 * coroutine needs after the yield must lie in cells: a local variable that changes and lives
 * across a yield is a bug, which learned-table.spec.ts shows to be caught. So is one name for the
 * yields of two places: where a coroutine goes on must follow from its step.
 */
import { GUARDS, type Guard } from './guard.ts';

/** A pending step, packed: the name's index in the low bits, `at` above them. 0: the coroutine has ended. */
export type Step = number;

export const ENDED: Step = 0;

const NAME_BITS = 8;
export const NAME_MASK = (1 << NAME_BITS) - 1;

/**
 * What `at` counts, for printing. `sector`: the first sector of an I/O, printed as a cluster where
 * one begins there. `effect`: the same, but always a sector where I/O takes effect sector by sector.
 */
export type At = 'nothing' | 'cluster' | 'sector' | 'effect';

export interface StepName {
  readonly label: string;
  readonly at: At;
  readonly guard: Guard;
  readonly index: number;
}

const names: StepName[] = [{ label: 'ended', at: 'nothing', guard: 'always', index: 0 }];
/** By name: its guard as a number; of `ended` it is `NEVER`, which is 0. */
const guards = new Uint8Array(NAME_MASK + 1);

/** Names a kind of step, once, where the thing that yields it is defined. */
export function defineStep(label: string, at: At, more: { guard?: Guard } = {}): StepName {
  if (names.some((n) => n.label === label)) throw new Error(`two steps are named ${label}`);
  return add({ label, at, guard: more.guard ?? 'always' });
}

/** Names a kind of step where it is about nothing: for one that may be about a place, and need not. @param step named before */
export function defineAboutNothing({ label, guard }: StepName): StepName {
  if (names.some((n) => n.label === label && n.at === 'nothing')) throw new Error(`two steps are named ${label}`);
  return add({ label, at: 'nothing', guard });
}

function add(named: Omit<StepName, 'index'>): StepName {
  if (names.length > NAME_MASK) throw new Error(`more than ${NAME_MASK} names of steps: widen NAME_BITS`);
  const name: StepName = { ...named, index: names.length };
  names.push(name);
  guards[name.index] = GUARDS[name.guard];
  return name;
}

/** A name whose `at` is nothing has none, so that a step and its printed form stand for each other. */
export const stepOf = (name: StepName, at: number): Step => (name.at === 'nothing' ? name.index : (at << NAME_BITS) | name.index);
export const nameOf = (step: Step): StepName => names[step & NAME_MASK]!;
/** When a pending step is ready, as a number (guard.ts). */
export const guardOf = (step: Step): number => guards[step & NAME_MASK]!;
export const atOf = (step: Step): number => step >>> NAME_BITS;
/** @returns null if no step is called so */
export const stepNamed = (label: string): StepName | null => names.find((n) => n.label === label && n.index !== 0) ?? null;
/** Every name defined so far. */
export const stepNames = (): readonly StepName[] => names;
/** One more than the largest step whose `at` is below `atEnd`. */
export const stepEnd = (atEnd: number): number => atEnd << NAME_BITS;

/** `copy.read c0`: how traces name a step. */
export function printStep(step: Step, clusterSectors: number, effectPerSector: boolean): string {
  const { label, at } = nameOf(step);
  const n = atOf(step);
  if (at === 'nothing') return label;
  if (at === 'cluster') return `${label} c${n}`;
  if (n % clusterSectors !== 0 || (at === 'effect' && effectPerSector)) return `${label} s${n}`;
  return `${label} c${n / clusterSectors}`;
}

/** The inverse of `printStep`. @returns null if no step is written so */
export function parseStep(text: string, clusterSectors: number): Step | null {
  const [label, where, ...more] = text.split(' ');
  const name = names.find((n) => n.label === label && (n.at === 'nothing') === (where === undefined) && n.index !== 0);
  if (name === undefined || more.length > 0) return null;
  if (where === undefined) return stepOf(name, 0);
  if (!/^[cs]\d{1,7}$/.test(where)) return null;
  const n = Number(where.slice(1));
  if (name.at === 'cluster') return where[0] === 'c' ? stepOf(name, n) : null;
  return stepOf(name, where[0] === 'c' ? n * clusterSectors : n);
}
