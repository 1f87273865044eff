/**
 * What a run through a snapshot-access node is for: readers where guests write, at the same time. Drawn as in any other run they
 * were in one run of five, and a guest write that does not wait for them was found in none of hundreds.
 */
import { changesTheDisk } from '../../../../model/block/guest.ts';
import type { GuestOperation, Scenario } from '../../../../model/scenario/scenario.ts';
import type { RandomNumbers } from '../../../search/strategies/random-numbers.ts';

const READERS_MAX = 2;

/**
 * Adds readers of the point in time that wait for nobody, and read what a guest writes, or the whole disk; where there are as many
 * requests as may be, the last ones become readers.
 * @param requestsMax of a run
 * @returns the same scenario if nobody writes
 */
export function withReadersAtWrites(scenario: Scenario, requestsMax: number, random: RandomNumbers): Scenario {
  const guest = [...scenario.guest];
  for (let readers = 1 + random.below(READERS_MAX); readers > 0; readers--) {
    const writes = guest.filter(({ kind }) => changesTheDisk(kind));
    if (writes.length === 0) break;
    const write = writes[random.below(writes.length)]!;
    const { first, count } = random.below(2) === 0 ? write : { first: 0, count: scenario.disk.sectors };
    const reader = (id: string): GuestOperation => ({ id, kind: 'readT0', first, count, after: [], early: false });
    if (guest.length < requestsMax) {
      guest.push(reader(freeId(guest)));
      continue;
    }
    const last = guest.findLastIndex(({ kind }) => kind !== 'readT0' && (writes.length > 1 || !changesTheDisk(kind)));
    if (last >= 0) guest[last] = reader(guest[last]!.id);
  }
  return { ...scenario, guest };
}

const freeId = (guest: readonly GuestOperation[]): string => `g${Math.max(0, ...guest.map(({ id }) => Number(id.slice(1)))) + 1}`;
