/** What a reader has done so far: kept in this browser, told to nobody, and never required. Tabs share it, and none erases another's. */
import { signal } from '@preact/signals';
import { NOTHING, type Progress, merged, readProgress } from './merge-progress.ts';

const KEY = 'progress';

export const progress = signal<Progress>(NOTHING);

/** What was forgotten last, as long as it can be brought back; null: nothing. */
export const forgotten = signal<Progress | null>(null);

const kept = (): Progress => readProgress(localStorage.getItem(KEY));

/** Takes over what other tabs have written meanwhile. A read that throws changes nothing. */
function look(): void {
  try {
    progress.value = kept();
  } catch {
    // The browser keeps nothing, or not now.
  }
}

/** Reads again before it writes: another tab may have written. After a read that throws it writes nothing, as that might erase all. */
export function note(change: Partial<Progress>): void {
  progress.value = merged(progress.value, change);
  try {
    progress.value = merged(kept(), progress.value);
    localStorage.setItem(KEY, JSON.stringify(progress.value));
  } catch {
    // What was done stays on this page until it is closed.
  }
}

export const noteBet = (lesson: string, option: number): void => note({ bets: { [lesson]: option } });
export const noteStars = (lesson: string, stars: number): void => note({ stars: { [lesson]: stars } });

export function forget(): void {
  look();
  forgotten.value = progress.value;
  progress.value = NOTHING;
  try {
    localStorage.setItem(KEY, JSON.stringify(NOTHING));
  } catch {
    // Then there was nothing kept either.
  }
}

export function bringBack(): void {
  if (forgotten.value !== null) note(forgotten.value);
  forgotten.value = null;
}

if (typeof document !== 'undefined') {
  look();
  addEventListener('storage', ({ key }) => {
    if (key === KEY || key === null) look();
  });
  addEventListener('pageshow', look);
}
