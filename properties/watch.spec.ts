import { describe, expect, it } from 'vitest';
import type { Image } from '../model/block/image.ts';
import { type Role, type StepIo, allMeanings } from '../model/meaning.ts';
import type { Machine } from '../model/machine/machine.ts';
import { SYNC_MODES } from '../model/sync.ts';
import { machineFor, request, smallScenario } from '../model/testing.ts';
import { WATCHED_END, Watch, Watched } from './watch.ts';

const guests = [request('g1', 'write', [0, 2]), request('g2', 'read', [2, 2])];
const FAULT = { side: 'target', op: 'write', cluster: 0, errno: 'EIO', times: 1 } as const;

/** Each watched cell, asked of the machine: what it belongs to. */
function watchedCells({ world, source, target, sourceNode, job: { status }, sourceFaults, targetFaults }: Machine): Map<number, Watched> {
  const cells = new Map<number, Watched>();
  const mark = (what: Watched, first: number, length: number): void => {
    for (let cell = first; cell < first + length; cell++) cells.set(cell, what);
  };
  mark(Watched.source, source.dataCell, source.sectors);
  mark(Watched.source, source.placeCell, source.clusters);
  mark(Watched.target, target.dataCell, target.sectors);
  mark(Watched.target, target.writtenCell, target.sectors);
  mark(Watched.target, target.placeCell, target.clusters);
  mark(Watched.jobState, status.stateCell, 1);
  mark(Watched.jobState, status.givenUpCell, 1);
  mark(Watched.progress, status.offsetCell, 1);
  for (const cell of status.errorCells) mark(Watched.error, cell, 1);
  mark(Watched.hook, sourceNode.hook.cell, 1);
  mark(Watched.misuse, world.misuseCell, 1);
  for (const faults of [sourceFaults, targetFaults]) if (faults !== null) mark(Watched.fault, faults.leftCell, faults.length);
  return cells;
}

describe.each(SYNC_MODES)('the cells of a machine (%s)', (mode) => {
  it.each([
    ['no', []],
    ['a', [FAULT]],
  ])('are watched, each for what it belongs to, and no other is (%s fault)', (_name, faults) => {
    const machine = machineFor({ ...smallScenario(mode, guests), faults });
    const { what } = new Watch(machine);
    const expected = watchedCells(machine);
    expect(what.length).toBe(Math.max(...expected.keys()) + 1); // the properties look only that far
    expect([...what]).toEqual(Array.from(what, (_, cell) => expected.get(cell) ?? Watched.nothing));
  });

  it('speak of the sectors that they hold', () => {
    const machine = machineFor(smallScenario(mode, guests, { sectors: 7 }));
    const { first, end } = new Watch(machine);
    const sectorsOf = (cell: number): [number, number] => [first[cell]!, end[cell]!];
    for (const image of [machine.source, machine.target]) {
      for (let s = 0; s < image.sectors; s++) expect(sectorsOf(image.dataCell + s)).toEqual([s, s + 1]);
      for (let c = 0; c < image.clusters; c++) expect(sectorsOf(image.placeCell + c)).toEqual(sectorsOfCluster(image, c));
    }
    for (let s = 0; s < 7; s++) expect(sectorsOf(machine.target.writtenCell + s)).toEqual([s, s + 1]);
  });
});

function sectorsOfCluster({ clusterSectors, sectors }: Image, cluster: number): [number, number] {
  return [cluster * clusterSectors, Math.min((cluster + 1) * clusterSectors, sectors)];
}

describe('the steps', () => {
  const { io } = new Watch(machineFor(smallScenario('none', guests)));

  it.each<[string, (of: StepIo) => boolean, Watched]>([
    ['a guest that starts', ({ by, phase }) => by === 'guest' && phase === 'start', Watched.guestStart],
    ['a guest that submits', ({ by, phase }) => by === 'guest' && phase === 'submit', Watched.guestSubmit],
    ["a guest's effect", ({ by, phase }) => by === 'guest' && phase === 'effect', Watched.guestEffect],
    ['a guest that completes', ({ by, phase }) => by === 'guest' && phase === 'complete', Watched.guestEnd],
    ['a guest that fails', ({ by, phase }) => by === 'guest' && phase === 'fail', Watched.guestEnd],
    ['a reader that fetches', ({ by, phase }) => by === 'reader' && phase === 'effect', Watched.readerFetched],
    ['a copy that is stored', ({ by, kind, phase }) => by === 'copy' && kind !== 'read' && phase === 'effect', Watched.copyStored],
    ['a copy that reads', ({ by, kind }) => by === 'copy' && kind === 'read', Watched.nothing],
    ['a reader that ends', ({ by, phase }) => by === 'reader' && (phase === 'complete' || phase === 'fail'), Watched.guestEnd],
    ['a reader before its effect', ({ by, phase }) => by === 'reader' && phase === 'submit', Watched.nothing],
    ['a copy, before its effect and after', ({ by, phase }) => by === 'copy' && phase !== 'effect', Watched.nothing],
  ])('know %s', (_step, isMeant, expected) => {
    const meant = [...allMeanings()].flatMap((meaning, name) => (meaning.io !== null && isMeant(meaning.io) ? [io[name]] : []));
    expect(meant.length).toBeGreaterThan(0);
    expect(new Set(meant)).toEqual(new Set([expected]));
  });

  it('that belong to no I/O are watched for nothing, but for a cancel or a quit, and no bit is past the end', () => {
    const [...meanings] = allMeanings();
    const watchedWhere = (isMeant: (role: Role | null) => boolean): Set<number | undefined> =>
      new Set(meanings.flatMap((meaning, name) => (meaning.io === null && isMeant(meaning.role) ? [io[name]] : [])));
    expect(watchedWhere((role) => role !== 'cancels' && role !== 'quits')).toEqual(new Set([Watched.nothing]));
    expect(watchedWhere((role) => role === 'cancels' || role === 'quits')).toEqual(new Set([Watched.cancel]));
    expect(Math.max(...io)).toBeLessThan(WATCHED_END);
  });
});
