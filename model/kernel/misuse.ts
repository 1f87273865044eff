/** What a step must never do. It is written to the world's `misuse` cell, where properties see it. */
export const Misuse = {
  none: 0,
  spins: 1,
  freedBitmap: 2,
  closedTarget: 3,
  outOfRange: 4,
  waitsForItself: 5,
  beganTwice: 6,
  endedFirst: 7,
  endedOpen: 8,
  endedTwice: 9,
} as const;
export type Misuse = (typeof Misuse)[keyof typeof Misuse];

/** Thrown out of a step that goes on without ever yielding; the engine reports it as a failure. */
export class SpinError extends Error {
  constructor(accesses: number) {
    super(`a step made ${accesses} accesses without yielding`);
  }
}
