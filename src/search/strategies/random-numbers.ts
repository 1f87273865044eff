/**
 * Random numbers, always from a seed that is a text. seedrandom's ARC4 mixes the text; its xor128,
 * which is faster by an order of magnitude but poor at mixing short seeds, then draws.
 */
import seedrandom from 'seedrandom';

export interface RandomNumbers {
  /** An integer from 0 up to, not including, `end` (at most 65,536). */
  below(end: number): number;
  /** 32 random bits. */
  bits(): number;
}

export function randomNumbers(seed: string): RandomNumbers {
  const mixed = seedrandom(seed);
  const fast = seedrandom.xor128(`${mixed.int32()}/${mixed.int32()}`);
  return {
    below: (end) => ((fast.int32() >>> 16) * end) >>> 16,
    bits: () => fast.int32(),
  };
}
