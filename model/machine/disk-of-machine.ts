/**
 * A disk of a machine and its backup, as observers see them. A `Machine` is its own first disk, which most have alone; of the second
 * there is this.
 */
import type { Content } from '../block/content.ts';
import { type BlockError, NO_ERROR } from '../block/errors.ts';
import type { Faults } from '../block/faults.ts';
import type { GuestKind, GuestRequest } from '../block/guest.ts';
import type { Coroutine } from '../kernel/coroutine.ts';
import type { World } from '../kernel/world.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Assembly } from './assembly.ts';
import type { DiskBackup } from './disk-backup.ts';
import type { DiskImages } from './disk-images.ts';

/** What observers of a backup ask of its machine, and of its disk. */
export interface DiskOfMachine
  extends Pick<DiskImages, ImagesOfDisk>, Pick<DiskBackup, 'sourceNode' | 'job'>, Pick<Assembly, PartsOfMachine> {
  readonly scenario: Scenario;
  contentName(content: Content): string;
  coroutineName(coroutine: Coroutine): string;
  /** What a guest request asks for, even after its end. */
  kindOf(guest: GuestRequest): GuestKind;
  /** Whether a request of the scenario goes to this disk. @param request counted from 0 */
  hasRequest(request: number): boolean;
  /** The fault of this disk or its target that struck in the latest step, if one did. */
  faultStruck(): BlockError;
}

type ImagesOfDisk =
  | 'base'
  | 'clusterSectors'
  | 'contents'
  | 'previous'
  | 'promisedSync'
  | 'source'
  | 'sourceFaults'
  | 'sync'
  | 'target'
  | 'targetFaults';
type PartsOfMachine =
  | 'backups'
  | 'coroutines'
  | 'guestOf'
  | 'guests'
  | 'hasOwnReader'
  | 'operator'
  | 'quit'
  | 'shape'
  | 'stepName'
  | 'user'
  | 'world';

/** The fault of these that struck in the latest step, if one did. */
export function faultStruck(world: World, ...sides: readonly (Faults | null)[]): BlockError {
  for (let i = 0; i < world.changedCount; i++) {
    const cell = world.changed[i]!;
    for (const faults of sides)
      if (faults !== null && cell >= faults.leftCell && cell < faults.leftCell + faults.length) return faults.errorSeen(cell);
  }
  return NO_ERROR;
}

export function secondDisk(machine: DiskOfMachine, { images, sourceNode, job }: DiskBackup): DiskOfMachine {
  const { backups, coroutines, guests, hasOwnReader, operator, quit, shape, user, world } = machine;
  const { base, clusterSectors, contents, previous, promisedSync, source, sourceFaults, sync, target, targetFaults } = images;
  return {
    backups,
    coroutines,
    guests,
    hasOwnReader,
    operator,
    quit,
    shape,
    user,
    world,
    base,
    clusterSectors,
    contents,
    previous,
    promisedSync,
    source,
    sourceFaults,
    sync,
    target,
    targetFaults,
    sourceNode,
    job,
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
