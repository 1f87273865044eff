/** World, images, nodes, job, guests and user, put together for one shape. */
import { Contents } from '../block/content.ts';
import { EndlessGuests } from '../block/endless-guests.ts';
import { Faults } from '../block/faults.ts';
import { Dependents, type GuestDisk, GuestRequest } from '../block/guest.ts';
import { Image } from '../block/image.ts';
import { BlockNode } from '../block/node.ts';
import type { BuiltJob } from '../families/family.ts';
import type { NamedJob } from '../families/custom/known.ts';
import type { Rules } from '../families/notifier/rules.ts';
// Before monitor.ts: the steps are numbered as their modules load, and fingerprints and links of the page hang on the numbers.
import { customJobOf, familyOf } from './families.ts';
import { JobStatus } from '../job/job-status.ts';
import { Operator, User } from '../job/monitor.ts';
import { backupClusterSectors, effectiveSync, targetBacking } from '../job/target.ts';
import type { Coroutine } from '../kernel/coroutine.ts';
import { Coroutines } from '../kernel/coroutines.ts';
import { parseStep, printStep, type Step } from '../kernel/step.ts';
import { World } from '../kernel/world.ts';
import { type Sync, syncOf } from '../sync.ts';
import type { Shape } from './shape.ts';

/** Accesses that a step may make before it counts as spinning (engine.md: 10,000 and 100 a sector). */
const accessesMax = (sectors: number): number => 10_000 + 100 * sectors;

export class Assembly {
  readonly shape: Shape;
  /** Sectors in a cluster of the backup, which steps and traces count in. */
  readonly clusterSectors: number;
  readonly world: World;
  readonly coroutines: Coroutines;
  readonly contents: Contents;
  readonly source: Image;
  readonly target: Image;
  readonly base: Image | null;
  /** The backup before this one, whole; null: this one does not go on from any. */
  readonly previous: Image | null;
  /** The mode that was asked for. */
  readonly sync: Sync;
  /** The mode whose promise the user was given: TOP of an image without a backing file is documented to be FULL. */
  readonly promisedSync: Sync;
  readonly sourceFaults: Faults | null;
  readonly targetFaults: Faults | null;
  readonly sourceNode: BlockNode;
  readonly job: BuiltJob;
  readonly guests: readonly GuestRequest[];
  readonly user: User;
  readonly operator: Operator | null;
  /** The id of the first of the guests; the others come behind it. */
  readonly #guestsFrom: number;
  /** Which coroutines wait for which others to end before they start. */
  readonly dependents: Dependents;
  /** The code of a custom job; null: the code is cowcheck's. */
  protected readonly customCode: NamedJob | null;
  /** Whether the author of a custom job reads the point in time for those who ask. */
  readonly hasOwnReader: boolean;
  /** As its family says. */
  protected readonly keepsProtocol: boolean;

  /** @param rules those of the shape; a caller that notes which of them are asked passes an object that listens */
  constructor(shape: Shape, rules: Rules) {
    this.shape = shape;
    const { sectors } = shape;
    const family = familyOf(shape, (this.customCode = customJobOf(shape)), rules);
    this.hasOwnReader = this.customCode?.job.readPointInTime !== undefined;
    this.keepsProtocol = family.keepsProtocol === true && !shape.endlessGuest; // which speaks of requests that end
    const world = (this.world = new World(accessesMax(sectors)));
    const targetSectors = shape.targetSectors ?? sectors;
    this.contents = new Contents(Math.max(sectors, targetSectors));
    const clusterSectors = backupClusterSectors(
      shape.clusterSectors,
      { clusterSectors: shape.targetClusterSectors, isBare: shape.targetIsBare },
      rules,
    );
    this.clusterSectors = clusterSectors;

    this.base =
      shape.baseSectors === null ? null : new Image(world, 'base', { sectors: shape.baseSectors, clusterSectors: 0, backing: null });
    this.source = new Image(world, 'source', { sectors, clusterSectors: shape.sourceClusterSectors, backing: this.base });
    this.sync = syncOf(shape.mode);
    this.promisedSync = this.base === null && this.sync.withoutBacking !== null ? syncOf(this.sync.withoutBacking) : this.sync;
    const sync = effectiveSync(this.sync, this.base, rules);
    this.previous = sync.beneath === 'previous' ? new Image(world, 'previous', { sectors, clusterSectors: 0, backing: null }) : null;
    this.target = new Image(world, 'target', {
      sectors: targetSectors,
      clusterSectors: shape.targetClusterSectors,
      backing: shape.targetIsBare ? null : (this.previous ?? targetBacking(sync, this.source, rules)),
      isTarget: true,
      ...(shape.targetIsSource ? { sameFileAs: this.source } : {}),
    });
    const hookCell = world.alloc('source.hook', 1);
    const status = new JobStatus(world);
    this.sourceFaults = shape.faults ? new Faults(world, 'source', sectors, shape.clusterSectors) : null;
    this.targetFaults = shape.faults ? new Faults(world, 'target', sectors, shape.clusterSectors) : null;
    world.watchUntilHere();

    const coroutines = (this.coroutines = new Coroutines(world, shape.wake));
    const clusters = Math.ceil(sectors / clusterSectors);
    const { bitsSeen = 0, locals = 0, mayKeepRange = false, bufferClusters = 1, drained, dirty } = family.plan(clusters);
    const grain = { clusterSectors, perSector: shape.effects === 'sector' };
    const { throttled, copyOnRead } = shape;
    this.sourceNode = new BlockNode(coroutines, this.source, {
      hookCell,
      grain,
      faults: this.sourceFaults,
      throttled,
      copyOnRead,
      dirty: shape.bitmapMode === null ? undefined : dirty?.(world, { clusters, clusterSectors }),
      drained: drained?.(coroutines, 'source'),
    });
    // What a bare target gets shows all at once, when the table of its clusters is updated; elsewhere what lies beneath
    // would show the same.
    const targetGrain = { clusterSectors, perSector: grain.perSector && !shape.targetIsBare };
    const targetNode = new BlockNode(coroutines, this.target, {
      hookCell: world.alloc('target.hook', 1),
      grain: targetGrain,
      faults: this.targetFaults,
      mayBeShort: targetSectors < sectors,
    });
    this.dependents = new Dependents(coroutines, shape.dependents);
    const sizes = { clusterSectors, bitsSeen, tracksRanges: copyOnRead, locals, bufferSectors: bufferClusters * clusterSectors };
    const targetExists = shape.targetSectors !== null;
    const { requests, endlessGuest } = shape;
    const endless = endlessGuest ? new EndlessGuests() : undefined;
    const parts = { sync, source: this.sourceNode, target: targetNode, dependents: this.dependents, status, targetExists, endless };
    const job = (this.job = family.build({
      coroutines,
      sizes,
      parts,
      snapshotAccess: shape.snapshotAccess,
      breaksSnapshot: shape.breaksSnapshot,
      bitmapMode: shape.bitmapMode,
      requests,
      printStep: (step) => this.stepName(step),
    }));
    this.user = new User(coroutines, this.job);
    this.operator = shape.operator ? new Operator(coroutines, this.job) : null; // before the guests, whose number varies
    if (job.holdsCommands) job.commandedBy = [this.user];
    const disk: GuestDisk = {
      node: this.sourceNode,
      rules,
      discardReads: shape.discardReads,
      dependents: this.dependents,
      mayKeepRange,
      isEndless: endlessGuest,
      readT0: job.readPointInTime.bind(job),
    };
    this.#guestsFrom = coroutines.all.length + 1;
    this.guests = Array.from({ length: requests }, (_, i) => new GuestRequest(coroutines, `g${i + 1}`, sizes, disk));
    if (endless !== undefined) endless.requests = this.guests;
    world.modelUntilHere();
  }

  /** The guest's request for which a coroutine works, which may be itself; null: it works for none. */
  guestOf(coroutine: Coroutine): GuestRequest | null {
    const i = this.coroutines.principalOf(coroutine).id - this.#guestsFrom;
    return i >= 0 && i < this.guests.length ? this.guests[i]! : null;
  }

  // Names of steps, for traces and messages.

  stepName(step: Step): string {
    return printStep(step, this.clusterSectors, this.shape.effects === 'sector');
  }
  /** The step that `stepName` writes so, or null. */
  parseStep(text: string): Step | null {
    return parseStep(text, this.clusterSectors);
  }
}
