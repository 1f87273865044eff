/** What the requests of a scenario wait for before they start. */
import type { GuestOperation, Scenario } from '../scenario/scenario.ts';

/**
 * What each request waits for before it starts: those that it comes after, and the point in time of its disk's job, unless it may come
 * early or waits for a request that waits for that. In a transaction any disk's will do: what comes after a request of one disk may
 * come before the point in time of the other, which is for one-cut to judge.
 */
export function blockersOf(scenario: Pick<Scenario, 'guest' | 'transaction'>): string[][] {
  const { guest, transaction } = scenario;
  const early = new Set(guest.filter((g) => g.early).map((g) => g.id));
  const areOfOne = (a: string, b: string): boolean =>
    transaction?.start !== 'apart' || transaction.second.includes(a) === transaction.second.includes(b);
  const waits = (g: GuestOperation): boolean => !g.early && !g.after.some((id) => !early.has(id) && areOfOne(id, g.id));
  return guest.map((g) => (waits(g) ? ['job', ...g.after] : [...g.after]));
}

/**
 * Whether whatever blocks a request also blocks every later one, as in a log of a real guest. A cancel may wait for long.
 *
 * For as long as it does, what blocks a request, be it by way of others, is the beginning of one list. So each request is asked only
 * for what stands there behind the blockers of those that it comes after: a log has many thousand.
 */
export function isBlockedInOrder({ guest }: Scenario): boolean {
  const list: string[] = [];
  const isListed = new Set<string>();
  /** By request: how much of the list blocks it. */
  const blocking = new Map<string, number>();
  for (const { id, early, after } of guest) {
    const mine = new Set(early ? after : ['job', ...after]);
    let implied = 0;
    for (const earlier of after) implied = Math.max(implied, blocking.get(earlier)!);
    for (let i = implied; i < list.length; i++) if (!mine.has(list[i]!)) return false;
    for (const blocker of mine) {
      if (!isListed.has(blocker)) list.push(blocker);
      isListed.add(blocker);
    }
    blocking.set(id, list.length);
  }
  return true;
}
