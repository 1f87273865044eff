/** What the page is about, as it stands in its HTML: the script computes everything else. */
import type { Trace } from '../../src/trace/format.ts';
import type { Course } from '../lessons/lesson.ts';
import type { GlossaryTable } from './glossary.ts';
import type { Preset } from './presets.ts';

export interface PageData {
  readonly course: Course;
  /** By name, which of most is the rule that is off. */
  readonly gallery: Readonly<Record<string, Trace>>;
  readonly lessons: Readonly<Record<string, Trace>>;
  /** Scenarios to play, by name. */
  readonly presets: Readonly<Record<string, Preset>>;
  readonly glossary: readonly GlossaryTable[];
}

export const data = (): PageData => (read ??= JSON.parse(document.getElementById('data')!.textContent) as PageData);

let read: PageData | null = null;
