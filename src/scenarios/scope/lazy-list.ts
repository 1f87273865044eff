/**
 * Lists whose items are made when somebody asks for them, by their place: they may have far more items
 * than memory has room for, and any part of them can be handed to any worker.
 */
export class LazyList<T> implements Iterable<T> {
  readonly length: number;
  readonly #at: (index: number) => T;

  /** @param at makes the item at a place from 0 up to `length`, always the same one */
  constructor(length: number, at: (index: number) => T) {
    this.length = length;
    this.#at = at;
  }

  at(index: number): T {
    return this.#at(index);
  }

  map<U>(make: (item: T) => U): LazyList<U> {
    return new LazyList(this.length, (i) => make(this.#at(i)));
  }

  *[Symbol.iterator](): Generator<T> {
    for (let i = 0; i < this.length; i++) yield this.#at(i);
  }
}

export const listOf = <T>(items: readonly T[]): LazyList<T> => new LazyList(items.length, (i) => items[i]!);

/** One list behind the other. */
export function joined<T>(lists: readonly LazyList<T>[]): LazyList<T> {
  const length = lists.reduce((sum, list) => sum + list.length, 0);
  return new LazyList(length, (index) => {
    let left = index;
    let which = 0;
    while (left >= lists[which]!.length) left -= lists[which++]!.length;
    return lists[which]!.at(left);
  });
}

/** Every item of the one with every item of the other. */
export function pairs<A, B>(a: LazyList<A>, b: LazyList<B>): LazyList<readonly [A, B]> {
  return new LazyList(a.length * b.length, (i) => [a.at(Math.floor(i / b.length)), b.at(i % b.length)]);
}

/** Every choice of the numbers below n, in ascending order. */
export const subsets = (n: number): LazyList<number[]> =>
  new LazyList(2 ** n, (index) => Array.from({ length: n }, (_, i) => i).filter((i) => Math.floor(index / 2 ** i) % 2 === 1));

/** n over k, exact up to 2^53. */
export function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i;
  return result;
}

/**
 * Every list of `size` of these things in ascending order, with repetition. Such a list and the
 * choice of `size` different numbers that one gets by adding to each its place are one and the same, and
 * choices have a well-known order (the combinatorial number system: Knuth, TAOCP 7.2.1.3).
 */
export function multisets<T>(things: readonly T[], size: number): LazyList<T[]> {
  return new LazyList(choose(things.length + size - 1, size), (index) => {
    const chosen: T[] = [];
    let left = index;
    for (let place = size; place > 0; place--) {
      let number = place - 1;
      while (choose(number + 1, place) <= left) number++;
      left -= choose(number, place);
      chosen.unshift(things[number - place + 1]!);
    }
    return chosen;
  });
}

/** In how many orders a list can be written down whose equal items cannot be told apart. @param items equal ones side by side */
export function ordersOf(items: readonly unknown[]): number {
  let orders = 1;
  for (let i = 0, alike = 0; i < items.length; i++) {
    alike = i > 0 && items[i] === items[i - 1] ? alike + 1 : 1;
    orders *= (i + 1) / alike;
  }
  return Math.round(orders);
}
