/** A few draws from a seed that is a text, for games: FNV-1a mixes it (Fowler, Noll, Vo), mulberry32 draws. Searches use seedrandom. */

/** @returns an integer from 0 up to, not including, `end` */
export function drawsOf(seed: string): (end: number) => number {
  let state = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) state = Math.imul(state ^ seed.charCodeAt(i), 0x01000193);
  return (end) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  };
}
