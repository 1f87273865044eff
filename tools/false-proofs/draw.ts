/** Draws mutants of custom jobs and of the model. The same seed and sources give the same mutants. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SYNC_MODES, type SyncMode, modesWhere, syncOf } from '../../model/sync.ts';
import { type RandomNumbers, randomNumbers } from '../../src/search/strategies/random-numbers.ts';
import { A_PAUSE, type Edit, OPERATORS, edited, editsOf, showEdit } from '../mutants/edits.ts';

export interface Mutant {
  /** What it was drawn from: a file of custom jobs, or one of the built model. */
  readonly file: string;
  readonly isJob: boolean;
  readonly mode: SyncMode;
  readonly text: string;
  readonly says: string;
}

/** A source, and the modes in which its mutants are checked. */
export interface Subject {
  readonly file: string;
  readonly isJob: boolean;
  readonly modes: readonly SyncMode[];
  readonly text: string;
}

/** Files of the built model, by folder. Not the kernel, which also runs the searches, nor how a custom job is compared with its table. */
export const MODEL: readonly (readonly [file: string, modes?: readonly SyncMode[]])[] = [
  ['families/notifier/copy-before-write'],
  ['families/notifier/full', modesWhere(({ selects }) => selects === 'all')],
  ['families/notifier/none', modesWhere(({ selects }) => selects === 'none')],
  ['families/notifier/job'],
  ['block/allocation', modesWhere(({ selects }) => selects === 'allocated')],
  ['block/node'],
  ['block/in-flight'],
  ['block/requester'],
  ['job/block-job'],
  ['job/bitmap'],
  ['job/backup-state'],
];

/** Correct custom jobs, from the root of the tree. */
export const JOBS: readonly string[] = [
  'examples/own-job/chunked.mjs',
  'tools/false-proofs/jobs/cursor.mjs',
  'tools/false-proofs/jobs/listed.mjs',
  'tools/false-proofs/jobs/locked.mjs',
];

export function jobSubject(path: string): Subject {
  const text = readFileSync(path, 'utf8');
  return {
    file: basename(path),
    isJob: true,
    modes: SYNC_MODES.filter((mode) => new RegExp(`modes: \\[[^\\]]*'${mode}'`).test(text)),
    text,
  };
}

/** @param root where the custom jobs are @param tree a built tree, whose model is examined */
export function subjectsOf(root: string, tree: string): Subject[] {
  const model = MODEL.map(([name, modes = SYNC_MODES]): Subject => {
    const file = `dist/model/${name}.js`;
    return { file, isJob: false, modes, text: readFileSync(join(tree, file), 'utf8') };
  });
  return [...JOBS.map((name) => jobSubject(join(root, name))), ...model];
}

/** Of ten mutants so many are of custom jobs. */
const JOBS_OF_TEN = 7;
/** Mistakes that change what a job does and often leave it correct: others of a proof must not all be equivalent. */
const OFTEN: Readonly<Record<string, number>> = { 'a pause added': 10, 'a wake too many': 4, 'a loop reversed': 2 };

/**
 * Mutants without end, until all have been drawn: first a source, then an operator, then a place. Each source is drawn from
 * by itself, so that those of a custom job stay the same when the model changes.
 */
export function* mutantsOf(subjects: readonly Subject[], seed: string): Generator<Mutant, void> {
  const random = randomNumbers(`mutants/${seed}`);
  const open = [true, false].map((isJob) => subjects.filter((subject) => subject.isJob === isJob).map((subject) => new Urn(subject, seed)));
  while (open.some((urns) => urns.length > 0)) {
    const wanted = open[random.below(10) < JOBS_OF_TEN ? 0 : 1]!;
    const urns = wanted.length > 0 ? wanted : open.find((some) => some.length > 0)!;
    const urn = oneOf(urns, random);
    const mutant = urn.draw();
    if (mutant === null) urns.splice(urns.indexOf(urn), 1);
    else yield mutant;
  }
}

interface Draw {
  readonly edit: Edit;
  readonly mode: SyncMode;
}

/** The mutants of a source that have not been drawn yet. */
class Urn {
  readonly #subject: Subject;
  /** By operator. */
  readonly #left = new Map<string, Draw[]>();
  readonly #random: RandomNumbers;
  readonly #drawn = new Set<string>();

  constructor(subject: Subject, seed: string) {
    this.#subject = subject;
    this.#random = randomNumbers(`mutants/${seed}/${subject.file}`);
    for (const edit of editsOf(subject.text, { ...OPERATORS, ...(subject.text.includes("steps: ['breathe']") ? A_PAUSE : {}) })) {
      const isOfReader = isIn('readPointInTime', subject.text, edit.from);
      const modes = subject.modes.filter((mode) => syncOf(mode).readableWhileRunning || !isOfReader);
      this.#left.set(edit.operator, [...(this.#left.get(edit.operator) ?? []), ...modes.map((mode) => ({ edit, mode }))]);
    }
  }

  draw(): Mutant | null {
    const random = this.#random;
    const { file, isJob, text } = this.#subject;
    while (this.#left.size > 0) {
      const operator = oneOf(
        [...this.#left.keys()].flatMap((name) => Array.from({ length: OFTEN[name] ?? 1 }, () => name)),
        random,
      );
      const draws = this.#left.get(operator)!;
      const [{ edit, mode }] = draws.splice(random.below(draws.length), 1) as [Draw];
      if (draws.length === 0) this.#left.delete(operator);
      const mutated = edited(text, edit);
      if (this.#drawn.has(mode + mutated)) continue;
      this.#drawn.add(mode + mutated);
      return { file, isJob, mode, text: mutated, says: showEdit(text, edit) };
    }
    return null;
  }
}

/** Whether a place is in a method of a job, which ends before the next one or at the end of the job. */
function isIn(method: string, text: string, at: number): boolean {
  const begin = text.indexOf(`*${method}(`);
  return begin >= 0 && begin <= at && at < text.indexOf('\n  },\n', begin);
}

const oneOf = <T>(list: readonly T[], random: RandomNumbers): T => list[random.below(list.length)]!;
