/**
 * What the guest of a scope does: canonical lists of requests. Requests that may run at any time are
 * interchangeable, so each multiset of them is there once, and stands for all its orders.
 */
import { type GuestKind, hasRange } from '../../../model/block/guest.ts';
import type { GuestOperation } from '../../../model/scenario/scenario.ts';
import { LazyList, joined, listOf, multisets, ordersOf, pairs, subsets } from './lazy-list.ts';

export interface Guest {
  readonly requests: readonly GuestOperation[];
  /** How many lists of requests it stands for, itself included. */
  readonly standsFor: number;
  /** Those that go to the second disk. Absent: there is one disk. */
  readonly second?: readonly string[];
}

type Request = Pick<GuestOperation, 'kind' | 'first' | 'count'> & Partial<Pick<GuestOperation, 'early'>>;

/** Each kind of request on every range of a disk. Those without a range are there once. */
function requestsOn(sectors: number, kinds: readonly GuestKind[]): Request[] {
  return kinds.flatMap((kind): Request[] => (!hasRange(kind) ? NOWHERE : rangesOf(sectors)).map((range) => ({ kind, ...range })));
}

type Range = Pick<GuestOperation, 'first' | 'count'>;
const NOWHERE: readonly Range[] = [{ first: 0, count: 0 }];

function rangesOf(sectors: number): readonly Range[] {
  return Array.from({ length: sectors }, (_, first) =>
    Array.from({ length: sectors - first }, (__, i) => ({ first, count: i + 1 })),
  ).flat();
}

/** Up to `max` requests, none of which waits for another. */
export function independent(sectors: number, kinds: readonly GuestKind[], max: number): LazyList<Guest> {
  return upTo(sectors, kinds, max).map((requests) => ({ requests: requests.map(named), standsFor: ordersOf(requests) }));
}

/** The same, where each may or may not begin before the point in time. */
export function independentOrEarly(sectors: number, kinds: readonly GuestKind[], max: number): LazyList<Guest> {
  const requests = requestsOn(sectors, kinds).flatMap((request) => [request, { ...request, early: true }]);
  return listsOf(requests, max).map((some) => ({ requests: some.map(named), standsFor: ordersOf(some) }));
}

/** The same with one more of another kind, which may stand at any place in the list. */
export function withOneMore(sectors: number, kinds: readonly GuestKind[], max: number, more: GuestKind): LazyList<Guest> {
  const others = upTo(sectors, kinds, max - 1);
  return pairs(listOf(requestsOn(sectors, [more])), others).map(([one, rest]) => ({
    requests: [one, ...rest].map(named),
    standsFor: ordersOf(rest) * (rest.length + 1),
  }));
}

/** Lists of requests of which at least one comes after another has ended. */
export function dependent(sectors: number, kinds: readonly GuestKind[], max: number): LazyList<Guest> {
  const requests = requestsOn(sectors, kinds);
  return joined(SHAPES.filter((shape) => sizeOf(shape) <= max).map((shape) => shaped(shape, requests)));
}

/** Lists of requests on two disks, in each way in which they can be shared out; some may come after others. */
export function onTwoDisks(sectors: number, kinds: readonly GuestKind[], max: number): LazyList<Guest> {
  const requests = requestsOn(sectors, kinds);
  const alone = Array.from({ length: max + 1 }, (_, size) =>
    sharedOut(
      multisets(requests, size).map((some) => ({ requests: some.map(named), standsFor: ordersOf(some) })),
      size,
    ),
  );
  const shapes = SHAPES.filter((shape) => sizeOf(shape) <= max);
  return joined([...alone, ...shapes.map((shape) => sharedOut(shaped(shape, requests), sizeOf(shape)))]);
}

const sharedOut = (guests: LazyList<Guest>, size: number): LazyList<Guest> =>
  pairs(guests, subsets(size)).map(([guest, second]) => ({ ...guest, second: second.map(idOf) }));

/** At most so many requests have a shape. */
export const DEPENDENT_MAX = 3;

/** One way in which requests come after each other, as places from first to last. */
interface Shape {
  readonly places: readonly Place[];
  /** How many lists in which each request stands behind those that it comes after have this shape, if all requests differ in kind. */
  readonly lists: number;
}

/** Interchangeable requests that come after the same earlier places. */
interface Place {
  readonly size: number;
  readonly after: readonly number[];
}

/**
 * The orders of two and three things up to their names, but for the one in which none comes after another. What comes
 * after something that comes after a third thing comes after that as well.
 */
const SHAPES: readonly Shape[] = [
  {
    places: [
      { size: 1, after: [] },
      { size: 1, after: [0] },
    ],
    lists: 1,
  },
  {
    places: [
      { size: 1, after: [] },
      { size: 1, after: [0] },
      { size: 1, after: [1] },
    ],
    lists: 1,
  },
  {
    places: [
      { size: 1, after: [] },
      { size: 2, after: [0] },
    ],
    lists: 1,
  },
  {
    places: [
      { size: 2, after: [] },
      { size: 1, after: [0] },
    ],
    lists: 1,
  },
  {
    places: [
      { size: 1, after: [] },
      { size: 1, after: [0] },
      { size: 1, after: [] },
    ],
    lists: 3,
  },
];

const sizeOf = ({ places }: Shape): number => places.reduce((sum, { size }) => sum + size, 0);

function shaped({ places, lists }: Shape, requests: readonly Request[]): LazyList<Guest> {
  const choices = places
    .map(({ size }) => multisets(requests, size))
    .reduce<LazyList<Request[][]>>((before, place) => pairs(before, place).map(([some, more]) => [...some, more]), listOf([[]]));
  return choices.map((chosen) => {
    const idsOf: string[][] = [];
    let next = 0;
    const all = chosen.flatMap((some, p) => {
      idsOf.push(some.map((_, i) => idOf(next + i)));
      const after = places[p]!.after.flatMap((place) => idsOf[place]!);
      return some.map((request) => ({ ...named(request, next++), after }));
    });
    return { requests: all, standsFor: chosen.reduce((product, some) => product * ordersOf(some), lists) };
  });
}

function upTo(sectors: number, kinds: readonly GuestKind[], max: number): LazyList<Request[]> {
  return listsOf(requestsOn(sectors, kinds), max);
}

function listsOf(requests: readonly Request[], max: number): LazyList<Request[]> {
  return joined(Array.from({ length: max + 1 }, (_, size) => multisets(requests, size)));
}

const idOf = (i: number): string => `g${i + 1}`;

function named(request: Request, i: number): GuestOperation {
  return { early: false, ...request, id: idOf(i), after: [] };
}
