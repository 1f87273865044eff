/**
 * An existing target may be shorter than the disk. A copy that stores past its end meets EIO, with which no disk has failed: the
 * command should have refused the target.
 */
import type { DiskOfMachine } from '../model/machine/disk-of-machine.ts';

/** Why somebody may have been told of EIO from the target although no fault struck, in words; null: for no such reason. */
export const endOfTarget = ({ target, shape }: DiskOfMachine): string | null =>
  target.sectors < shape.sectors ? `no disk had failed: the target ends at sector ${target.sectors}, the disk at ${shape.sectors}` : null;
