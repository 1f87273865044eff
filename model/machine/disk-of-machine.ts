/**
 * A disk of a machine and its backup, as observers see them. A `Machine` is its own first disk, which most have alone; of the second
 * there is this.
 */
import { type BlockError, NO_ERROR } from '../block/errors.ts';
import type { Faults } from '../block/faults.ts';
import type { World } from '../kernel/world.ts';
import type { DiskBackup } from './disk-backup.ts';
import type { Machine } from './machine.ts';

/** What observers of a backup ask of its machine. */
export type DiskOfMachine = Pick<
  Machine,
  | 'backups'
  | 'base'
  | 'clusterSectors'
  | 'contentName'
  | 'contents'
  | 'coroutineName'
  | 'coroutines'
  | 'faultStruck'
  | 'guestOf'
  | 'guests'
  | 'hasOwnReader'
  | 'hasRequest'
  | 'job'
  | 'kindOf'
  | 'operator'
  | 'previous'
  | 'promisedSync'
  | 'scenario'
  | 'shape'
  | 'source'
  | 'sourceFaults'
  | 'sourceNode'
  | 'stepName'
  | 'sync'
  | 'target'
  | 'targetFaults'
  | 'user'
  | 'world'
>;

/** The fault of these that struck in the latest step, if one did. */
export function faultStruck(world: World, ...sides: readonly (Faults | null)[]): BlockError {
  for (let i = 0; i < world.changedCount; i++) {
    const cell = world.changed[i]!;
    for (const faults of sides)
      if (faults !== null && cell >= faults.leftCell && cell < faults.leftCell + faults.length) return faults.errorSeen(cell);
  }
  return NO_ERROR;
}

export function secondDisk(machine: Machine, { images, sourceNode, job }: DiskBackup): DiskOfMachine {
  const { backups, coroutines, guests, hasOwnReader, operator, shape, user, world } = machine;
  const { base, clusterSectors, contents, previous, promisedSync, source, sourceFaults, sync, target, targetFaults } = images;
  return {
    ...{ backups, coroutines, guests, hasOwnReader, operator, shape, user, world },
    ...{ base, clusterSectors, contents, previous, promisedSync, source, sourceFaults, sync, target, targetFaults },
    ...{ sourceNode, job },
    get scenario() {
      return machine.scenario;
    },
    contentName: (content) => machine.contentName(content),
    coroutineName: (coroutine) => machine.coroutineName(coroutine),
    faultStruck: () => faultStruck(world, sourceFaults, targetFaults),
    guestOf: (coroutine) => machine.guestOf(coroutine),
    hasRequest: (request) => shape.onSecondDisk.includes(request),
    kindOf: (guest) => machine.kindOf(guest),
    stepName: (step) => machine.stepName(step),
  };
}
