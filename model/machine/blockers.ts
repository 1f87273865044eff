/** What the requests of a scenario wait for before they start. */
import type { GuestOperation, Scenario } from '../scenario/scenario.ts';

/**
 * What each request waits for before it starts: those that it comes after, and the job's point in
 * time unless it may come early or waits for a request that waits for that.
 */
export function blockersOf(guest: readonly GuestOperation[]): string[][] {
  const early = new Set(guest.filter((g) => g.early).map((g) => g.id));
  return guest.map((g) => (g.early || g.after.some((id) => !early.has(id)) ? [...g.after] : ['job', ...g.after]));
}

/** Whether whatever blocks a request also blocks every later one, as in a log of a real guest. A cancel may wait for long. */
export function isBlockedInOrder({ guest }: Scenario): boolean {
  const all = new Map<string, Set<string>>();
  let before = new Set<string>();
  for (const g of guest) {
    const mine = new Set<string>(g.early ? [] : ['job']);
    for (const id of g.after) for (const earlier of [id, ...all.get(id)!]) mine.add(earlier);
    for (const id of before) if (!mine.has(id)) return false;
    all.set(g.id, mine);
    before = mine;
  }
  return true;
}
