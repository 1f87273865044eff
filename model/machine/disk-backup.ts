/** The nodes of a disk, and the job that backs it up. */
import { BeforeWriteHook } from '../block/before-write-hook.ts';
import type { EndlessGuests } from '../block/endless-guests.ts';
import type { Dependents, GuestDisk } from '../block/guest.ts';
import { BlockNode } from '../block/node.ts';
import type { RequesterSizes } from '../block/requester.ts';
import type { BuiltJob, JobFamily } from '../families/family.ts';
import type { RequestPathRules } from '../block/node.ts';
import type { Transaction } from '../job/transaction.ts';
import type { Coroutines } from '../kernel/coroutines.ts';
import type { Step } from '../kernel/step.ts';
import type { DiskImages } from './disk-images.ts';
import type { Shape } from './shape.ts';

/** What the disks of a machine have in common. */
export interface Site {
  readonly shape: Shape;
  readonly coroutines: Coroutines;
  readonly family: JobFamily;
  readonly rules: RequestPathRules;
  readonly dependents: Dependents;
  readonly endless: EndlessGuests | undefined;
  readonly transaction: Transaction | null;
  readonly printStep: (step: Step) => string;
}

export class DiskBackup {
  readonly images: DiskImages;
  readonly sourceNode: BlockNode;
  readonly job: BuiltJob;
  /** Of each requester. */
  readonly sizes: RequesterSizes;
  /** What its guest requests share. */
  readonly guestDisk: GuestDisk;

  /** @param name of the job */
  constructor(site: Site, images: DiskImages, name: string) {
    const { shape, coroutines, family, rules, dependents, endless, transaction, printStep } = site;
    const { world } = coroutines;
    const { clusterSectors, source, target } = images;
    this.images = images;
    const clusters = Math.ceil(shape.sectors / clusterSectors);
    const { bitsSeen = 0, locals = 0, mayKeepRange = false, bufferClusters = 1, drained, dirty, statusCache } = family.plan(clusters);
    const grain = { clusterSectors, perSector: shape.effects === 'sector' };
    const { throttled, copyOnRead, parallelOverlay } = shape;
    this.sourceNode = new BlockNode(coroutines, source, {
      hook: images.hook,
      grain: parallelOverlay ? { ...grain, clusterSectors: Math.min(clusterSectors, shape.sourceClusterSectors) } : grain,
      looksUpFirst: parallelOverlay,
      statusCache: statusCache?.(world, source.name),
      faults: images.sourceFaults,
      throttled,
      copyOnRead,
      dirty: shape.bitmapMode === null ? undefined : dirty?.(world, { clusters, clusterSectors, isPersistent: shape.quits }),
      drained: drained?.(coroutines, source.name),
    });
    // What a bare target gets shows all at once, when the table of its clusters is updated; elsewhere what lies beneath
    // would show the same.
    const targetGrain = { clusterSectors, perSector: grain.perSector && !shape.targetIsBare };
    const targetNode = new BlockNode(coroutines, target, {
      hook: new BeforeWriteHook(world, target.name),
      grain: targetGrain,
      faults: images.targetFaults,
      mayBeShort: target.sectors < shape.sectors,
    });
    const sizes = {
      clusterSectors,
      bitsSeen,
      tracksRanges: copyOnRead,
      locals,
      bufferSectors: bufferClusters * clusterSectors,
      lookups: parallelOverlay ? source.clusters : 0,
    };
    this.sizes = sizes;
    const targetExists = shape.targetSectors !== null;
    const sync = images.effectiveSync;
    const parts = { name, sync, source: this.sourceNode, target: targetNode, dependents, status: images.status, targetExists, endless };
    const job = (this.job = family.build({
      coroutines,
      sizes,
      parts,
      snapshotAccess: shape.snapshotAccess,
      breaksSnapshot: shape.breaksSnapshot,
      bitmapMode: shape.bitmapMode,
      requests: shape.requests,
      transaction,
      printStep,
    }));
    this.guestDisk = {
      node: this.sourceNode,
      rules,
      discardReads: shape.discardReads,
      dependents,
      mayKeepRange,
      isEndless: shape.endlessGuest,
      readT0: job.readPointInTime.bind(job),
    };
  }
}
