/** Situations on a real QEMU that a good campaign must meet: green must not be empty. */
import { changesTheDisk } from '../../../../model/block/guest.ts';
import { SYNC_MODES, type SyncMode, modesWhere } from '../../../../model/sync.ts';
import type { Actors } from './actors.ts';
import type { Actor } from './actor.ts';
import type { Held } from '../disks/held.ts';
import type { CaseView } from '../observe/oracle.ts';
import { BACKUP_CLUSTER_BYTES } from '../disks/pattern.ts';

interface QemuSituation {
  /** In which it can be met. */
  readonly modes: readonly SyncMode[];
  /** It takes injected errors. */
  readonly faults?: true;
}

const ALL: QemuSituation = { modes: SYNC_MODES };
const COMPLETES: QemuSituation = { modes: modesWhere(({ endsByItself }) => endsByItself) };
const COPIES_ALL: QemuSituation = { modes: modesWhere(({ selects }) => selects === 'all') };
/** There is a filter without a job (job.ts). */
const FILTER: QemuSituation = { modes: modesWhere(({ selects }) => selects === 'none') };

export const QEMU_SITUATIONS: Readonly<Record<string, QemuSituation>> = {
  'both jobs of a transaction completed': COMPLETES,
  'a job took the other one of its group with it': COMPLETES,
  'a job completed, and the other one of its transaction did not': COMPLETES,
  'two increments of a chain completed': COPIES_ALL,
  'an increment completed after one that did not': COPIES_ALL,
  'a copy was held at the cancel': ALL,
  'a guest write waited for a copy under way': { modes: modesWhere(({ selects }) => selects !== 'allocated') }, // seen on raw disks
  'a reader of the point in time was held at the source': { modes: modesWhere(({ readableWhileRunning }) => readableWhileRunning) },
  'a write was in flight at T0': ALL,
  'two guest writes of one cluster were under way together': ALL,
  'the last cluster was short': ALL,
  'a target with clusters smaller than the backup': ALL,
  'a target with clusters larger than the backup': ALL,
  'zeroes were stored as zeroes': { modes: modesWhere(({ beneath }) => beneath === 'nothing') }, // in a raw target
  'a guest wrote zeroes': ALL,
  'a discard reached the source': ALL,
  'QEMU dropped a discard while the job ran': ALL,
  'a filter copied before a discard': FILTER,
  'a flush while the job ran': ALL,
  'the job was paused': ALL,
  'the job was cancelled, or the filter taken away': ALL,
  'the job completed': COMPLETES,
  'an error was injected': { ...ALL, faults: true },
  'the job failed': { ...COMPLETES, faults: true },
  'a guest was told of an error': { ...ALL, faults: true },
};

const isCopy = ({ disk, isData, request: { kind } }: Held): boolean =>
  isData && (disk.name === 'target' ? kind === 'write' || kind === 'zero' : disk.name === 'source' && kind === 'read');

export class Situations {
  readonly met = new Set<string>();
  readonly #view: CaseView;

  constructor(view: CaseView) {
    this.#view = view;
    const { disk, targetClusterSectors: clusters } = view.scenario;
    if (disk.sectors % disk.clusterSectors !== 0) this.#meet('the last cluster was short');
    if (clusters > 0 && clusters < disk.clusterSectors) this.#meet('a target with clusters smaller than the backup');
    if (clusters > disk.clusterSectors) this.#meet('a target with clusters larger than the backup');
  }

  /** Somebody is about to go on. */
  before({ who, what, held }: Actor, actors: Actors): void {
    const { runs, t0, end, scenario } = this.#view;
    const copies = [...actors.held.values()].filter(isCopy);
    const run = runs.find(({ operation }) => operation.id === who);
    if (who === 'user' && what === 'cancel' && copies.length > 0) this.#meet('a copy was held at the cancel');
    if (who === 'user' && what.startsWith('start') && runs.some((r) => r.state === 'under way' && changesTheDisk(r.operation.kind)))
      this.#meet('a write was in flight at T0');
    if (what === 'pause') this.#meet('the job was paused');
    if (held?.disk.name === 'target' && what.startsWith('zero.land')) this.#meet('zeroes were stored as zeroes');
    if (held?.disk.name === 'source' && what.startsWith('trim')) this.#meet('a discard reached the source');
    if (held?.disk.name === 'source' && what.startsWith('trim.land') && t0 !== null && end === null)
      this.#meet('a filter copied before a discard');
    if (run === undefined || t0 === null || end !== null) return;
    const { kind, first, count } = run.operation;
    if (kind === 'flush') this.#meet('a flush while the job ran');
    if (kind === 'zero') this.#meet('a guest wrote zeroes');
    if (!changesTheDisk(kind)) return;
    const clustersOf = (from: number, to: number): [number, number] => [
      Math.floor(from / scenario.disk.clusterSectors),
      Math.floor((to - 1) / scenario.disk.clusterSectors),
    ];
    const [low, high] = clustersOf(first, first + count);
    const isNear = ({ request: { offset, length } }: Held): boolean =>
      Math.floor(offset / BACKUP_CLUSTER_BYTES) <= high && low <= Math.floor((offset + length - 1) / BACKUP_CLUSTER_BYTES);
    if (copies.some((copy) => copy.disk.format === 'raw' && isNear(copy))) this.#meet('a guest write waited for a copy under way');
    const others = runs
      .filter((other) => other !== run && other.state === 'under way' && changesTheDisk(other.operation.kind))
      .map(({ operation }) => clustersOf(operation.first, operation.first + operation.count));
    if (others.some(([from, to]) => from <= high && low <= to)) this.#meet('two guest writes of one cluster were under way together');
  }

  /** QEMU is at rest again. */
  after(actors: Actors): void {
    const { runs, end, struck, t0At } = this.#view;
    if (struck.length > 0) this.#meet('an error was injected');
    if (end !== null)
      this.#meet(`the job ${{ completed: 'completed', failed: 'failed', cancelled: 'was cancelled, or the filter taken away' }[end]}`);
    if (runs.some((run) => run.hasFailed)) this.#meet('a guest was told of an error');
    const sourceReads = [...actors.held.values()].filter(({ disk, request: { kind } }) => disk.name === 'source' && kind === 'read');
    if (sourceReads.length > 0 && runs.some((run) => run.state === 'under way' && run.operation.kind === 'readT0'))
      this.#meet('a reader of the point in time was held at the source');
    const isDropped = (run: (typeof runs)[number]): boolean =>
      run.operation.kind === 'discard' && run.hasEnded && run.issuedAt > t0At && run.endedAt === run.issuedAt + 1 && end === null;
    if (runs.some(isDropped)) this.#meet('QEMU dropped a discard while the job ran');
  }

  #meet(name: string): void {
    if (!(name in QEMU_SITUATIONS)) throw new Error(`no situation is called ${name}`);
    this.met.add(name);
  }
}
