/** Who waits for whom once nothing can run any more, read from the cells. */
import { JobState } from '../model/job/job-status.ts';
import { type GuestRequest, hasRange } from '../model/block/guest.ts';
import { holdsTurnSeen, waitersSeen } from '../model/block/in-flight.ts';
import { Requester } from '../model/block/requester.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import { nameOf } from '../model/kernel/step.ts';
import { type Role, roleOf } from '../model/meaning.ts';
import type { DiskOfMachine } from '../model/machine/disk-of-machine.ts';

/** By id of a coroutine: the step of the run that brought it to where it is. Absent: it never ran. */
export type Since = ReadonlyMap<number, number>;

/**
 * In one line. Some may wait for each other in a circle, which is named.
 * @param ids who waits
 */
export function describeWaiting(machine: DiskOfMachine, ids: readonly number[], since: Since = new Map()): string {
  const name = (coroutine: Coroutine): string => machine.coroutineName(coroutine);
  const each = whoWaits(machine, ids).map(({ who, others }) => {
    const named = others.map(({ other, hasGone }) => `${name(other)}${hasGone ? ' (whose turn is over)' : ''}`);
    const step = since.get(who.id);
    const whomFor = named.length > 0 ? ` for ${named.join(' and ')}` : '';
    return `${name(who)} in "${machine.stepName(who.pending)}"${whomFor}${step === undefined ? '' : ` since step ${step}`}`;
  });
  const circle = circleIn(machine, ids);
  const around = circle.map((who, i) => `${name(who)} waits for ${name(circle[(i + 1) % circle.length]!)}`);
  return `nothing can run any more; waiting: ${each.join(', ')}${around.length > 0 ? `; a deadlock: ${around.join(', ')}` : ''}`;
}

export interface Waiting {
  readonly who: Coroutine;
  /** Whom for, and whether what is waited for has gone by, and nobody woke him. */
  readonly others: readonly { readonly other: Coroutine; readonly hasGone: boolean }[];
}

export function whoWaits(machine: DiskOfMachine, ids: readonly number[]): Waiting[] {
  return ids.map((id) => {
    const who = machine.coroutines.byId(id);
    return { who, others: waitsFor(machine, who).map((other) => ({ other, hasGone: isGone(machine, who, other) })) };
  });
}

/** Whom somebody waits for, as far as the cells tell: behind a wake-up that got lost there may be nobody. */
function waitsFor(machine: DiskOfMachine, who: Coroutine): Coroutine[] {
  const { coroutines, job, user, guests } = machine;
  if (nameOf(who.pending).guard === 'unblocked') return comesAfter(machine, who);
  const role = roleOf(who.pending);
  if (isForATurn(role)) return [job, ...guests].filter((other) => waitersSeen(coroutines, turnOf(other, role)).includes(who));
  if (role === 'waitsForGroup') return machine.backups.map((backup) => backup.job).filter((other) => other !== who && !other.hasEnded);
  const others = coroutines.alive().filter((other) => other !== who);
  if (role === 'drainsCopies') return others.filter((other) => isCopying(machine, other));
  if (role === 'drainsBeforePoint' || role === 'drainsRequests') return others.filter((other) => isInFlight(machine, other));
  const waitsForAUser = role === 'isParked' || role === 'isPaused'; // an operator who is still there has no resume to give
  return waitsForAUser ? others.filter((other) => other === user) : [];
}

/** Those who have not ended of whom somebody comes after, by the scenario. */
function comesAfter({ scenario, coroutines, job, user, guests }: DiskOfMachine, who: Coroutine): Coroutine[] {
  const request = scenario.guest[guests.indexOf(who as GuestRequest)];
  const names = request?.after ?? (who === user ? (scenario.cancelAfter ?? []) : []);
  const waitsForT0 = request?.early !== true && job.status.stateSeen === JobState.created;
  return coroutines
    .alive()
    .filter((other) => (other === job ? waitsForT0 : names.includes(scenario.guest[guests.indexOf(other as GuestRequest)]?.id ?? '')));
}

/** The role of somebody who waits for another's copy, or another's request, to be over. */
type WaitsForATurn = 'waitsForCopy' | 'waitsForRequest';
export const isForATurn = (role: Role | null): role is WaitsForATurn => role === 'waitsForCopy' || role === 'waitsForRequest';

/** Where the list that is waited for in that role has its cells. */
export const turnOf = (requester: Requester, role: WaitsForATurn): number =>
  role === 'waitsForCopy' ? requester.cowInFlightCell : requester.trackedCell;

/** Whether what somebody waits for has gone by, and nobody woke him. */
function isGone({ world }: DiskOfMachine, who: Coroutine, other: Coroutine): boolean {
  const role = roleOf(who.pending);
  return isForATurn(role) && !holdsTurnSeen(world, turnOf(other as Requester, role));
}

/** Whether a drain of the copies waits for it. */
function isCopying({ shape }: DiskOfMachine, other: Coroutine): boolean {
  if (!(other instanceof Requester) || other.cowSeen.end <= other.cowSeen.first) return false;
  return !shape.without.includes('lockBeforeWaiting') || roleOf(other.pending) !== 'waitsForCopy';
}

/** Whether a drain of the disk waits for it. */
function isInFlight(machine: DiskOfMachine, other: Coroutine): boolean {
  const guest = machine.guestOf(other);
  if (guest !== other || nameOf(other.pending).guard === 'unblocked') return false;
  const kind = machine.kindOf(guest);
  return hasRange(kind) && kind !== 'readT0';
}

/** Some who wait each for the next, and the last for the first; empty if there are none. @param ids who waits */
export function circleIn(machine: DiskOfMachine, ids: readonly number[]): Coroutine[] {
  const outside = new Set<Coroutine>(); // from whom no way leads into a circle
  const walk = (way: readonly Coroutine[]): Coroutine[] => {
    const who = way.at(-1)!;
    for (const other of waitsFor(machine, who)) {
      if (isGone(machine, who, other)) continue;
      const at = way.indexOf(other);
      if (at >= 0) return way.slice(at);
      const circle = outside.has(other) ? [] : walk([...way, other]);
      if (circle.length > 0) return circle;
    }
    outside.add(who);
    return [];
  };
  for (const id of ids) {
    const circle = walk([machine.coroutines.byId(id)]);
    if (circle.length > 0) return circle;
  }
  return [];
}
