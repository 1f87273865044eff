/**
 * Failures that workers have come across and whose unit is still under way: to tell a cause takes long on
 * the disk of a real guest, and a search that ends by then must still report what it has seen.
 */
import { parentPort } from 'node:worker_threads';
import type { SyncMode } from '../../../model/sync.ts';
import type { Found, Sighting } from '../../search/campaign/campaign.ts';

const kindOf = ({ scenario, violation }: Sighting): string => `${scenario.mode} ${violation.property}`;
const unitOf = (mode: SyncMode, unit: number): string => `${mode} ${unit}`;

const told = new Set<string>();

/** In a worker: tells the main thread, of each property and mode once. A pool serves one search. */
export function tellSighting(sighting: Sighting): void {
  if (told.has(kindOf(sighting))) return;
  told.add(kindOf(sighting));
  parentPort?.postMessage(sighting);
}

/** In the main thread. */
export class Sightings {
  readonly #open = new Map<string, Sighting[]>();
  readonly #settled = new Set<string>();

  /** @returns whether its unit is still under way */
  add(sighting: Sighting): boolean {
    const key = unitOf(sighting.scenario.mode, sighting.unit);
    if (this.#settled.has(key)) return false; // its message was slower than its unit's result
    this.#open.set(key, [...(this.#open.get(key) ?? []), sighting]);
    return true;
  }

  /** The result of a unit, which tells all that was found in it, has come. @param modes those that the unit may have */
  settle(unit: number, modes: readonly SyncMode[]): void {
    for (const mode of modes) {
      this.#open.delete(unitOf(mode, unit));
      this.#settled.add(unitOf(mode, unit));
    }
  }

  /**
   * Those whose unit has not come to its end, one of each property and mode, without those that are among `found`.
   * Their cause is not known.
   */
  left(found: readonly Found[]): Found[] {
    const known = new Set(found.map(kindOf));
    const inOrder = [...this.#open.values()].flat().toSorted((a, b) => a.unit - b.unit || a.run - b.run);
    return inOrder.flatMap((sighting) => {
      if (known.has(kindOf(sighting))) return [];
      known.add(kindOf(sighting));
      return [{ ...sighting, cause: [] }];
    });
  }
}
