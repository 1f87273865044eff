import { expect, it } from 'vitest';
import { machineFor, request, smallScenario } from '../../../testing.ts';
import { SYNC_MODES } from '../../../sync.ts';
import { CellRegions, Region } from './cell-regions.ts';

it('tells every region from every other: what is allowed on one may be unsound on the next', () => {
  const values = Object.values(Region);
  expect(new Set(values).size).toBe(values.length);
});

it.each(SYNC_MODES)('knows of each cell whose it is: %s', (mode) => {
  const scenario = smallScenario(mode, [request('g1', 'write', [0, 2])]);
  const machine = machineFor(scenario);
  machine.load(scenario);
  const { job, source, target } = machine;
  const { region, clusterOf } = new CellRegions(machine);
  expect(region[job.status.offsetCell]).toBe(Region.progress);
  for (const cell of [...job.source.requestsCells, job.source.hook.cell]) expect(region[cell]).toBe(Region.requests);
  for (const cell of [...source.settledCells, ...target.settledCells, ...job.settledCells]) expect(region[cell]).toBe(Region.settled);
  for (let s = 0; s < source.sectors; s++) {
    const cluster = Math.floor(s / job.clusterSectors);
    const cells = [source.dataCell, target.dataCell, target.writtenCell].map((first) => first + s);
    expect(cells.map((cell) => region[cell])).toEqual([Region.sourceData, Region.copy, Region.copy]);
    expect(cells.map((cell) => clusterOf[cell])).toEqual([cluster, cluster, cluster]);
  }
  for (let c = 0; c < job.clusters; c++) {
    expect(region[job.copied.cellOf(c)]).toBe(Region.copy);
    expect(clusterOf[job.copied.cellOf(c)]).toBe(c);
  }
  for (let c = 0; c < source.clusters; c++) expect(region[source.placeCell + c]).toBe(Region.sourcePlace);
});
