/**
 * What a lesson is: plain data, which the page shows and the specs check against the runs themselves.
 * The order is story, bet, scenes, challenge, and the one line to keep.
 */
import type { RowName } from '../../src/run/grid.ts';

/** Everything that is taught, in its order. */
export interface Course {
  readonly lessons: readonly Lesson[];
  /** The backup of QEMU since 4.2. */
  readonly today: readonly Lesson[];
  /** Short ones, which may be read in any order. */
  readonly edges: readonly Lesson[];
  /** Asked before and after. */
  readonly questions: readonly Question[];
}

/** @param address an id, or a number from 1; null: there is no such lesson */
export function lessonAt({ lessons, today, edges }: Course, address: string): Lesson | null {
  const number = /^\d+$/.test(address) ? Number(address) : 0;
  return lessons[number - 1] ?? [...lessons, ...today, ...edges].find(({ id }) => id === address) ?? null;
}

export interface Lesson {
  /** Its address is `#/learn/ID`; of the numbered ones also `#/learn/1` and so on (lessons.ts). */
  readonly id: string;
  readonly title: string;
  /** One line, for the index. */
  readonly goal: string;
  /** Told before the story, a sentence at a time, over the disks of the first scene after so many steps. */
  readonly opening?: readonly { readonly at: number; readonly text: string }[];
  /** Parts of what the player says that use a word before it is needed, and rows of the disks that are not needed yet. */
  readonly hides?: readonly string[];
  readonly without?: readonly RowName[];
  /** Paragraphs, together at most 90 words. */
  readonly story: readonly string[];
  readonly bet: Question;
  /** Which scene has the answer, from 0. Absent: the first. */
  readonly answerIn?: number;
  /** Played in this order, the first after the bet. */
  readonly scenes: readonly Scene[];
  readonly challenge: Challenge | null;
  readonly keep: string;
}

/** Asked before it is shown. */
export interface Question {
  readonly question: string;
  readonly options: readonly string[];
  /** Which option is right, from 0. */
  readonly answer: number;
  readonly because: string;
}

export interface Scene {
  /** The name of a trace under traces/lessons/, without `.trace.yaml`. */
  readonly trace: string;
  readonly caption: string;
  /** What it has shown, told where it ends. Absent: the answer to the bet is told there. */
  readonly end?: string;
  /** What is said where it breaks, in place of the explanation, which would tell what comes later. */
  readonly broke?: string;
  /** What it is about, in a word or two, where a lesson has several. */
  readonly name?: string;
  /** The trace ends where it breaks; here the run goes on to its own end. */
  readonly isRunOn?: boolean;
  /** Rows of the disks to show besides the usual ones. */
  readonly rows?: readonly RowName[];
}

/**
 * break: make any property break, in the scenario and with the job of a trace. hold: whether that can be done is the question, which the
 * checker answers by going through every order.
 */
export interface Challenge {
  readonly kind: 'break' | 'hold';
  readonly text: string;
  /** A trace under traces/lessons/, of which only scenario, rules, grain and wake order count. */
  readonly trace: string;
  /** The fewest preemptions, and with so many the fewest steps, that break anything; null: nothing does. */
  readonly par: { readonly preemptions: number; readonly steps: number } | null;
  /** From a nudge to nearly all of it; none where nothing can be broken. */
  readonly hints: readonly [string, string, string] | readonly [];
}
