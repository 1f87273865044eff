import { describe, expect, it } from 'vitest';
import type { Found, Sighting } from '../../search/campaign/campaign.ts';
import { Sightings } from './sightings.ts';

const sighting = (unit: number, property: string, run = 0): Sighting => ({
  scenario: {
    mode: 'full',
    disk: { sectors: 0, clusterSectors: 1, zero: [], discardReads: 'zero' },
    targetClusterSectors: 0,
    guest: [],
    cancel: false,
  },
  schedule: [],
  violation: { property, detail: '' },
  without: [],
  run,
  unit,
});
const propertiesLeft = (sightings: Sightings, found: readonly Found[] = []): string[] =>
  sightings.left(found).map(({ violation }) => violation.property);

describe('sightings', () => {
  it('are left where their unit never came to its end, in the order of the units, of each property one', () => {
    const sightings = new Sightings();
    for (const one of [sighting(7, 'b'), sighting(3, 'a', 5), sighting(3, 'a', 2), sighting(9, 'a')]) sightings.add(one);
    expect(sightings.left([]).map(({ unit, run, cause }) => [unit, run, cause])).toEqual([
      [3, 2, []],
      [7, 0, []],
    ]);
  });

  it('are settled by the result of their unit, which tells all that was found in it', () => {
    const sightings = new Sightings();
    sightings.add(sighting(1, 'a'));
    sightings.add(sighting(2, 'b'));
    sightings.settle(1, ['full', 'top']);
    expect(propertiesLeft(sightings)).toEqual(['b']);
  });

  it('are not left where the message was slower than the result', () => {
    const sightings = new Sightings();
    sightings.settle(1, ['full']);
    expect(sightings.add(sighting(1, 'a'))).toBe(false);
    expect(propertiesLeft(sightings)).toEqual([]);
  });

  it('are not left where a failure of the same property is reported anyway', () => {
    const sightings = new Sightings();
    sightings.add(sighting(1, 'a'));
    expect(propertiesLeft(sightings, [{ ...sighting(0, 'a'), cause: ['copyBeforeWrite'] }])).toEqual([]);
  });
});
