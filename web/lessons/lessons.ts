/** All lessons in their order: those with a number, those on QEMU since 4.2, and edges, which are short. */
import { movingDisk } from './01-moving-disk.ts';
import { oldDataFirst } from './02-old-data-first.ts';
import { whoPays } from './03-who-pays.ts';
import { whatTheBitSays } from './04-what-the-bit-says.ts';
import { twoAtOnce } from './05-two-at-once.ts';
import { lookAgain } from './06-look-again.ts';
import { startOrEnd } from './07-start-or-end.ts';
import { top } from './08-top.ts';
import { none } from './09-none.ts';
import { cancel } from './10-cancel.ts';
import { slowReader } from './11-slow-reader.ts';
import { errorsAndEndings } from './12-errors-and-endings.ts';
import { discard } from './edge-discard.ts';
import { goodDay } from './edge-good-day.ts';
import { largerTargetClusters } from './edge-larger-target-clusters.ts';
import { lateHook } from './edge-late-hook.ts';
import { oddLastCluster } from './edge-odd-last-cluster.ts';
import { unalignedWrite } from './edge-unaligned-write.ts';
import type { Course, Lesson } from './lesson.ts';
import { QUESTIONS } from './questions.ts';
import { breakSnapshot } from './today-break-snapshot.ts';
import { chain } from './today-chain.ts';
import { filter } from './today-filter.ts';
import { frozenReads } from './today-frozen-reads.ts';
import { tasks } from './today-tasks.ts';

/** `#/learn/1` is the first. */
export const LESSONS: readonly Lesson[] = [
  movingDisk,
  oldDataFirst,
  whoPays,
  whatTheBitSays,
  twoAtOnce,
  lookAgain,
  startOrEnd,
  top,
  none,
  cancel,
  slowReader,
  errorsAndEndings,
];

export const TODAY: readonly Lesson[] = [filter, frozenReads, tasks, chain, breakSnapshot];

export const EDGES: readonly Lesson[] = [unalignedWrite, discard, lateHook, oddLastCluster, largerTargetClusters, goodDay];

export const COURSE: Course = { lessons: LESSONS, today: TODAY, edges: EDGES, questions: QUESTIONS };
