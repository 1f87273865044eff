/** Progress as plain data: read from a text that may be anything, and merged so that nothing that was done is lost. */

export interface Progress {
  /** By lesson, the option that was bet on. */
  readonly bets: Readonly<Record<string, number>>;
  /** Challenges that were met, with their stars. */
  readonly stars: Readonly<Record<string, number>>;
  /** Answers to the three questions, before and after. */
  readonly before: readonly (number | null)[];
  readonly after: readonly (number | null)[];
}

export const NOTHING: Progress = { bets: {}, stars: {}, before: [], after: [] };

/** Bets: all of both; stars: the most of both; answers: all of both. Where both have one, that of `change` counts. */
export function merged(old: Progress, change: Partial<Progress>): Progress {
  const stars = { ...old.stars };
  for (const [name, n] of Object.entries(change.stars ?? {})) stars[name] = Math.max(n, stars[name] ?? 0);
  return {
    bets: { ...old.bets, ...change.bets },
    stars,
    before: answersOf(old.before, change.before ?? []),
    after: answersOf(old.after, change.after ?? []),
  };
}

function answersOf(old: Progress['before'], change: Progress['before']): (number | null)[] {
  return Array.from({ length: Math.max(old.length, change.length) }, (_, i) => change[i] ?? old[i] ?? null);
}

/** What lies there may be of another version, or of another program on the same address: what can't be read is left out. */
export function readProgress(text: string | null): Progress {
  const read = parsed(text);
  if (typeof read !== 'object' || read === null) return NOTHING;
  const { bets, stars, before, after } = read as Record<string, unknown>;
  return { bets: numbers(bets), stars: numbers(stars), before: answers(before), after: answers(after) };
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}

function numbers(value: unknown): Record<string, number> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, number] => Number.isInteger(entry[1])));
}

function answers(value: unknown): (number | null)[] {
  return Array.isArray(value) ? value.map((one: unknown) => (typeof one === 'number' && Number.isInteger(one) ? one : null)) : [];
}
