/**
 * What the page is about. The first part stands in its HTML and is all that the first screen needs; the rest is there too in a page that
 * is one file, and is fetched by one that lies on a server (embedded.ts). The script computes everything else.
 */
import { signal } from '@preact/signals';
import type { Trace } from '../../src/trace/format.ts';
import type { Course, Lesson } from '../lessons/lesson.ts';
import { embedded } from './embedded.ts';
import type { KEYS } from './key-words.ts';
import type { GlossaryTable } from './glossary.ts';
import type { Prediction } from './predictions.ts';
import type { Preset } from './presets.ts';
import type { Released } from './released.ts';
import type { ReleasedBug } from './releases.ts';
import { type RuleWords, tellRules } from './rule-words.ts';
import { LATER_WORDS } from './later-words.ts';
import { PLAIN_STEPS } from './plain-steps.ts';
import { type StepWords, tellSteps } from './told-steps.ts';

export interface FirstData {
  /** Of the numbered lessons. */
  readonly cards: readonly Card[];
  /** The backup of the first screen. */
  readonly door: Trace;
}

/** What the map of lessons shows of each. */
export type Card = Pick<Lesson, 'id' | 'title' | 'goal'>;

export interface MoreData {
  /** Of all rules. */
  readonly rules: RuleWords;
  /** Of all steps. */
  readonly steps: StepWords;
  /** Of some of them, in fewer words. */
  readonly plainSteps: StepWords;
  /** Sentences of screens behind the first. */
  readonly laterWords: Readonly<Record<string, string>>;
  readonly course: Course;
  /** For the list of keys. */
  readonly keys: typeof KEYS;
  /** What each property says, by name. */
  readonly properties: Readonly<Record<string, string>>;
  /** By name, which of most is the rule that is off. */
  readonly gallery: Readonly<Record<string, Trace>>;
  readonly lessons: Readonly<Record<string, Trace>>;
  /** Bugs of today's QEMU in the model. */
  readonly today: Readonly<Record<string, Trace>>;
  /** On which real releases each bug was seen. */
  readonly releases: readonly ReleasedBug[];
  /** Those that were found in real releases, by name. */
  readonly released: Readonly<Record<string, Released>>;
  /** Of each bug of the gallery, how many preemptions it takes. */
  readonly preemptions: Readonly<Record<string, number>>;
  /** Scenarios to play, by name. */
  readonly presets: Readonly<Record<string, Preset>>;
  /** Levels of Predict, by name. */
  readonly predictions: Readonly<Record<string, Prediction>>;
  readonly glossary: readonly GlossaryTable[];
}

export function first(): FirstData {
  firstRead ??= JSON.parse(document.getElementById('data')!.textContent) as FirstData;
  return firstRead;
}

/** @throws before it has come (`hasMore`) */
export function data(): MoreData & FirstData {
  if (moreRead === null) throw new Error('the rest of the data has not come yet');
  return moreRead;
}

/** Whether `data` may be asked; null: it could not be fetched. */
export const hasMore = signal<boolean | null>(false);

export async function fetchMore(): Promise<void> {
  try {
    moreRead = { ...first(), ...(JSON.parse(await embedded('more')) as MoreData) };
    tellRules(moreRead.rules);
    tellSteps(moreRead.steps);
    Object.assign(PLAIN_STEPS, moreRead.plainSteps);
    Object.assign(LATER_WORDS, moreRead.laterWords);
    hasMore.value = true;
  } catch {
    hasMore.value = null;
  }
}

let firstRead: FirstData | null = null;
let moreRead: (MoreData & FirstData) | null = null;
