/**
 * A run that comes back to a state in which it was can go on so for ever. Exhaustive search notices by
 * itself; here is how the replay of one schedule does. Which guest wrote a sector makes no other state.
 */
import type { Machine } from '../../model/machine/machine.ts';
import type { Violation } from '../../properties/property.ts';

export const ENDLESS_CYCLE: Violation = {
  property: 'always-finishes',
  detail: 'the last step returns to an earlier state: this can repeat forever',
};

export class CycleDetector {
  readonly #machine: Machine;
  readonly #seen = new Set<string>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** A run begins. Makes the machine's world keep a fingerprint from now on. */
  begin(): void {
    const { world, contents } = this.#machine;
    if (!world.isTracking) world.track(contents.byGuest(0, 0));
    this.#seen.clear();
    this.after();
  }

  /** A step has run. */
  after(): Violation | null {
    const { hashLow, hashHigh } = this.#machine.world;
    const state = `${hashLow},${hashHigh}`;
    if (this.#seen.has(state)) return ENDLESS_CYCLE;
    this.#seen.add(state);
    return null;
  }
}
