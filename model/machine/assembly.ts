/** World, disks with their backups, guests and user, put together for one shape. */
import { Contents } from '../block/content.ts';
import { EndlessGuests } from '../block/endless-guests.ts';
import type { Faults } from '../block/faults.ts';
import { Dependents, GuestRequest } from '../block/guest.ts';
import type { Image } from '../block/image.ts';
import type { BlockNode } from '../block/node.ts';
import type { BuiltJob } from '../families/family.ts';
import type { NamedJob } from '../families/custom/known.ts';
import type { Rules } from '../families/notifier/rules.ts';
// Before monitor.ts: the steps are numbered as their modules load, and fingerprints and links of the page hang on the numbers.
import { customJobOf, familyOf } from './families.ts';
import { Operator, User } from '../job/monitor.ts';
import { Quit } from '../job/quit.ts';
import { Transaction } from '../job/transaction.ts';
import type { Coroutine } from '../kernel/coroutine.ts';
import { Coroutines } from '../kernel/coroutines.ts';
import { parseStep, printStep, type Step } from '../kernel/step.ts';
import { World } from '../kernel/world.ts';
import type { Sync } from '../sync.ts';
import { DiskBackup, type Site } from './disk-backup.ts';
import { DiskImages } from './disk-images.ts';
import type { Shape } from './shape.ts';

/** Accesses that a step may make before it counts as spinning (engine.md: 10,000 and 100 a sector). */
const accessesMax = (sectors: number): number => 10_000 + 100 * sectors;

/** What the second disk of a machine, and its job, are told by in names. */
const SECOND = '2';

export class Assembly {
  readonly shape: Shape;
  readonly world: World;
  readonly coroutines: Coroutines;
  /** The disks, one or two, each with its backup. */
  readonly backups: readonly DiskBackup[];
  // Of the first disk.
  readonly contents: Contents;
  readonly clusterSectors: number;
  readonly source: Image;
  readonly target: Image;
  readonly base: Image | null;
  readonly previous: Image | null;
  readonly sync: Sync;
  readonly promisedSync: Sync;
  readonly sourceFaults: Faults | null;
  readonly targetFaults: Faults | null;
  readonly sourceNode: BlockNode;
  readonly job: BuiltJob;
  // Of the machine.
  readonly guests: readonly GuestRequest[];
  readonly user: User;
  readonly operator: Operator | null;
  /** Null: QEMU runs on. */
  readonly quit: Quit | null;
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
    const suffixes = shape.transaction === null ? [''] : ['', SECOND];
    const sectorsMax = Math.max(sectors, shape.targetSectors ?? sectors);
    const images = suffixes.map((suffix, i) => new DiskImages(world, shape, rules, new Contents(sectorsMax, i, suffixes.length), suffix));
    world.watchUntilHere();

    const coroutines = (this.coroutines = new Coroutines(world, shape.wake));
    const { requests, endlessGuest, transaction } = shape;
    const endless = endlessGuest ? new EndlessGuests() : undefined;
    this.dependents = new Dependents(coroutines, shape.dependents);
    const site: Site = {
      shape,
      coroutines,
      family,
      rules,
      dependents: this.dependents,
      endless,
      transaction:
        transaction === null || transaction === 'apart' ? null : new Transaction(coroutines, transaction, shape.transactionFails),
      printStep: (step) => this.stepName(step),
    };
    const [firstImages, ...others] = images as [DiskImages, ...DiskImages[]];
    const first = new DiskBackup(site, firstImages, 'job');
    this.user = new User(coroutines, first.job);
    this.operator = shape.operator ? new Operator(coroutines, first.job) : null; // before the guests, whose number varies
    this.backups = [first, ...others.map((more) => new DiskBackup(site, more, `job${SECOND}`))];
    this.quit = shape.quits ? new Quit(coroutines, first.sizes, this.backups) : null;
    const commanders = [this.user, ...(this.quit === null ? [] : [this.quit])];
    for (const { job } of this.backups) if (job.holdsCommands) job.commandedBy = commanders;
    this.#guestsFrom = coroutines.all.length + 1;
    this.guests = Array.from({ length: requests }, (_, i) => {
      const { sizes, guestDisk } = this.backups[shape.onSecondDisk.includes(i) ? 1 : 0]!;
      return new GuestRequest(coroutines, `g${i + 1}`, sizes, guestDisk);
    });
    if (endless !== undefined) endless.requests = this.guests;
    world.modelUntilHere();

    ({
      contents: this.contents,
      clusterSectors: this.clusterSectors,
      source: this.source,
      target: this.target,
      base: this.base,
      previous: this.previous,
      sync: this.sync,
      promisedSync: this.promisedSync,
      sourceFaults: this.sourceFaults,
      targetFaults: this.targetFaults,
    } = firstImages);
    ({ sourceNode: this.sourceNode, job: this.job } = first);
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
