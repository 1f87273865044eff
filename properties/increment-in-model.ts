/** next-increment of a machine. */
import type { Content } from '../model/block/content.ts';
import { NO_ERROR } from '../model/block/errors.ts';
import { JobState } from '../model/job/job-status.ts';
import type { DiskOfMachine } from '../model/machine/disk-of-machine.ts';
import { NEXT_INCREMENT, NEXT_INCREMENT_IS_RIGHT, judgeIncrement } from './next-increment.ts';
import type { Property, Violation } from './property.ts';
import type { SnapshotKept } from './snapshot-kept.ts';
import { Watched } from './watch.ts';

export class IncrementInModel implements Property {
  readonly name = NEXT_INCREMENT;
  readonly sentence = NEXT_INCREMENT_IS_RIGHT;
  readonly watches = Watched.nothing;
  readonly #machine: DiskOfMachine;
  readonly #oracle: SnapshotKept;

  /** @param oracle who knows the disk at T0, and what the target shows */
  constructor(machine: DiskOfMachine, oracle: SnapshotKept) {
    this.#machine = machine;
    this.#oracle = oracle;
  }

  begin(): void {}
  after(): null {
    return null;
  }

  /** Job and guests have ended. */
  end(): Violation | null {
    const { contents, previous, shape, source, sourceNode, target, job, scenario } = this.#machine;
    const { dirty } = sourceNode;
    const { stateSeen, errorSeen } = job.status;
    const isUndone = stateSeen === JobState.refused && this.#oracle.hasOpened; // by a transaction that has failed
    if (dirty === null || !(stateSeen === JobState.completed || stateSeen === JobState.cancelled || isUndone)) return null;
    const { mode, dirty: dirtyAtT0 } = scenario.bitmap!;
    const isCopied = stateSeen === JobState.completed && errorSeen === NO_ERROR;
    const clusterOf = (sector: number): number => Math.floor(sector / job.clusterSectors);
    const before = (sector: number): Content =>
      previous?.contentAt(sector) ??
      (dirtyAtT0.includes(Math.floor(sector / scenario.disk.clusterSectors)) ? contents.inOldTarget(sector) : this.#oracle.d0(sector));
    const own = (sector: number): Content => this.#oracle.showsAtEnd(sector) ?? target.contentAt(sector);
    // A job that fails under on-success leaves the one before it to go on from, and under never any job does.
    const backup = mode !== 'never' && !isUndone && (isCopied || mode === 'always') ? own : before;
    return judgeIncrement(
      this.#machine,
      shape.sectors,
      (sector) => source.contentAt(sector),
      (sector) => (dirty.isDirtySeen(clusterOf(sector)) ? source.contentAt(sector) : backup(sector)),
    );
  }
}
