/** What observers watch of a disk and its backup: the images, the hook, what the job tells, and the faults that are left. */
import { BeforeWriteHook } from '../block/before-write-hook.ts';
import type { Contents } from '../block/content.ts';
import { Faults } from '../block/faults.ts';
import { Image } from '../block/image.ts';
import type { Rules } from '../families/notifier/rules.ts';
import { JobStatus } from '../job/job-status.ts';
import { backupClusterSectors, effectiveSync, targetBacking } from '../job/target.ts';
import type { World } from '../kernel/world.ts';
import { type Sync, syncOf } from '../sync.ts';
import type { Shape } from './shape.ts';

export class DiskImages {
  readonly contents: Contents;
  /** Sectors in a cluster of the backup, which steps and traces count in. */
  readonly clusterSectors: number;
  readonly source: Image;
  readonly target: Image;
  readonly base: Image | null;
  /** The backup before this one, whole; null: this one does not go on from any. */
  readonly previous: Image | null;
  /** The mode that was asked for. */
  readonly sync: Sync;
  /** The mode whose promise the user was given: TOP of an image without a backing file is documented to be FULL. */
  readonly promisedSync: Sync;
  /** The mode that the job runs in. */
  readonly effectiveSync: Sync;
  readonly hook: BeforeWriteHook;
  readonly status: JobStatus;
  readonly sourceFaults: Faults | null;
  readonly targetFaults: Faults | null;

  /** @param suffix of the names of images, which tells the disks of a machine apart */
  constructor(world: World, shape: Shape, rules: Rules, contents: Contents, suffix: string) {
    const { sectors } = shape;
    this.contents = contents;
    const clusterSectors = backupClusterSectors(
      shape.clusterSectors,
      { clusterSectors: shape.targetClusterSectors, isBare: shape.targetIsBare || shape.family === 'block-copy' },
      rules,
    );
    this.clusterSectors = clusterSectors;
    this.base =
      shape.baseSectors === null
        ? null
        : new Image(world, `base${suffix}`, { sectors: shape.baseSectors, clusterSectors: 0, backing: null });
    this.source = new Image(world, `source${suffix}`, { sectors, clusterSectors: shape.sourceClusterSectors, backing: this.base });
    this.sync = syncOf(shape.mode);
    this.promisedSync = this.base === null && this.sync.withoutBacking !== null ? syncOf(this.sync.withoutBacking) : this.sync;
    const sync = (this.effectiveSync = effectiveSync(this.sync, this.base, rules));
    this.previous =
      sync.beneath === 'previous' ? new Image(world, `previous${suffix}`, { sectors, clusterSectors: 0, backing: null }) : null;
    this.target = new Image(world, `target${suffix}`, {
      sectors: shape.targetSectors ?? sectors,
      clusterSectors: shape.targetClusterSectors,
      backing: shape.targetIsBare ? null : (this.previous ?? targetBacking(sync, this.source, rules)),
      isTarget: true,
      ...(shape.targetIsSource ? { sameFileAs: this.source } : {}),
    });
    this.hook = new BeforeWriteHook(world, this.source.name);
    this.status = new JobStatus(world);
    this.sourceFaults = shape.faults ? new Faults(world, 'source', sectors, shape.clusterSectors) : null;
    this.targetFaults = shape.faults ? new Faults(world, 'target', sectors, shape.clusterSectors) : null;
  }
}
