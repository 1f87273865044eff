/** What one has done so far: kept in this browser, told to nobody, and never required. */
import { signal } from '@preact/signals';

export interface Progress {
  /** By lesson, the option that was bet on. */
  readonly bets: Readonly<Record<string, number>>;
  /** Challenges that were met, with their stars. */
  readonly stars: Readonly<Record<string, number>>;
  /** Answers to the three questions, before and after. */
  readonly before: readonly (number | null)[];
  readonly after: readonly (number | null)[];
}

const NOTHING: Progress = { bets: {}, stars: {}, before: [], after: [] };
const KEY = 'progress';

export const progress = signal<Progress>(kept());

export function note(change: Partial<Progress>): void {
  progress.value = { ...progress.value, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(progress.value));
  } catch {
    // where nothing may be kept, nothing is
  }
}

export const noteBet = (lesson: string, option: number): void => note({ bets: { ...progress.value.bets, [lesson]: option } });
export const noteStars = (lesson: string, stars: number): void =>
  note({ stars: { ...progress.value.stars, [lesson]: Math.max(stars, progress.value.stars[lesson] ?? 0) } });
export const forget = (): void => note(NOTHING);

/** What lies there may be of another time, or of anybody. */
function kept(): Progress {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    if (typeof read !== 'object' || read === null) return NOTHING;
    const { bets, stars, before, after } = read as Record<string, unknown>;
    return { bets: numbers(bets), stars: numbers(stars), before: answers(before), after: answers(after) };
  } catch {
    return NOTHING;
  }
}

function numbers(value: unknown): Record<string, number> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, number] => Number.isInteger(entry[1])));
}

function answers(value: unknown): (number | null)[] {
  return Array.isArray(value) ? value.map((one: unknown) => (typeof one === 'number' && Number.isInteger(one) ? one : null)) : [];
}
