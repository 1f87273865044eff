/** Where a player is, as parameters of an address: the step, and every way that was tried, as choices. */
import { readChoices, writeChoices } from './choices.ts';

export interface Way {
  /** `try 2`. */
  readonly number: number;
  /** Which coroutine ran at each step, by id. */
  readonly ids: readonly number[];
}

export interface Place {
  readonly at: number;
  /** The way that is shown. */
  readonly way: Way | null;
  readonly others: readonly Way[];
}

/** What a place is called in an address. */
export const PLACE_PARAMETERS: readonly string[] = ['step', 'run', 'tries'];

/** An address that is longer is cut by some programs; what does not fit is left out, the oldest try first. */
const LENGTH_MAX = 1_600;

/** @param own whether the way that is shown is the one that the screen begins with, which need not be said */
export function writePlace({ at, way, others }: Place, own: boolean): { step: string; run: string; tries: string } {
  const run = own || way === null ? '' : wayText(way);
  const tries: string[] = [];
  let room = LENGTH_MAX - run.length;
  for (const text of others.map(wayText).toReversed()) {
    if (text === '' || (room -= text.length + 1) < 0) break;
    tries.unshift(text);
  }
  return { step: at === 0 ? '' : String(at), run: run.length > LENGTH_MAX ? '' : run, tries: tries.join('.') };
}

const wayText = ({ number, ids }: Way): string => {
  const text = writeChoices(ids.map((id) => id - 1));
  return text === null ? '' : `${number}-${text}`;
};

/** @returns null if nothing is said, or nothing that this page has written */
export function readPlace(step: string | null, run: string | null, tries: string | null): Place | null {
  if (step === null && run === null) return null;
  if (step !== null && !/^\d{1,6}$/.test(step)) return null;
  const way = run === null ? null : readWay(run);
  const others = tries === null || tries === '' ? [] : tries.split('.').map(readWay);
  if ((run !== null && way === null) || others.includes(null)) return null;
  return { at: Number(step ?? 0), way, others: others as Way[] };
}

function readWay(text: string): Way | null {
  const [, number, letters] = /^([1-9]\d{0,3})-(\w*)$/.exec(text) ?? [];
  const choices = letters === undefined ? null : readChoices(letters);
  return choices === null ? null : { number: Number(number), ids: choices.map((choice) => choice + 1) };
}
