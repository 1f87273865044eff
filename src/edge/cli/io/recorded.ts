/** The recorded guest of `--workload`: reads its log, with progress, and takes the window of it that runs. */
import type { SyncMode } from '../../../../model/sync.ts';
import { whatIsWrong } from '../../../../model/scenario/scenario.ts';
import type { GuestLog } from '../../../scenarios/guest-log.ts';
import { CLUSTER_SECTORS } from '../../../scenarios/kept-clusters.ts';
import { type Recording, recordingOf } from '../../../scenarios/recording.ts';
import { type LogWindow, busiestWindow } from '../../../scenarios/window.ts';
import { workloadScenario } from '../../../scenarios/workload.ts';
import { fileError } from '../../files/text.ts';
import { loadWorkload } from '../../files/workload.ts';
import { barOf } from './failures.ts';
import type { Flags } from './flags.ts';
import { type Progress, SOON_MS, count, plural } from './terminal.ts';

/** What is said of a log and its window. */
export interface RecordedWindow {
  /** Of the log. */
  readonly requests: number;
  /** The first of the window, counted from 1, and how many there are. */
  readonly from: number;
  readonly count: number;
  /** Of the disk, and those of them that are in the model. */
  readonly diskClusters: number;
  readonly clusters: number;
  /** What a sector of the model stands for. */
  readonly sectorBytes: number;
  /** As in `GuestLog`. */
  readonly unanswered: number;
  readonly cutLine: number | null;
}

export interface Recorded {
  readonly recording: Recording;
  readonly window: RecordedWindow;
}

/**
 * @returns null: it was interrupted
 * @throws FileError if the log or the window can't be used
 */
export async function recorded(path: string, flags: Flags, modes: readonly SyncMode[], signal: AbortSignal): Promise<Recorded | null> {
  const log = await read(path, flags, signal);
  if (log === null) return null;
  const window = flags.window === undefined ? busiestWindow(log) : windowIn(log, flags.window, path);
  const recording = recordingOf(log, window);
  const wrong = whatIsTooLarge(recording, modes);
  if (wrong !== null)
    throw fileError(path, `${wrong}; a window that fits: --window ${window.from + 1}+${fittingCount(log, window, modes)}`);
  return {
    recording,
    window: {
      requests: log.requests.length,
      from: window.from + 1,
      count: window.count,
      diskClusters: Math.ceil(log.sectors / CLUSTER_SECTORS),
      clusters: Math.ceil(recording.sectors / recording.clusterSectors),
      sectorBytes: recording.sectorBytes,
      unanswered: log.unanswered,
      cutLine: log.cutLine,
    },
  };
}

async function read(path: string, flags: Flags, signal: AbortSignal): Promise<GuestLog | null> {
  let bar: Progress | null = null;
  const onProgress = (done: number, size: number): void => {
    bar ??= done < size ? barOf(flags, size, SOON_MS) : null;
    bar?.update(done, `of the log ${path} read`);
  };
  try {
    return await loadWorkload(path, onProgress, () => signal.aborted);
  } finally {
    (bar as Progress | null)?.stop();
  }
}

/** @returns null: nothing is */
function whatIsTooLarge(recording: Recording, modes: readonly SyncMode[]): string | null {
  return modes.map((mode) => whatIsWrong(workloadScenario(recording, mode, 0, 'zero'))).find((text) => text !== null) ?? null;
}

/** How many requests a window may have that begins like this one, which is too large: a half of it, or a quarter ... */
function fittingCount(log: GuestLog, { from, count: tooMany }: LogWindow, modes: readonly SyncMode[]): number {
  let fits = tooMany;
  do fits = Math.floor(fits / 2);
  while (fits > 1 && whatIsTooLarge(recordingOf(log, { from, count: fits }), modes) !== null);
  return fits;
}

/** As much of the window as the log has. */
function windowIn({ requests: { length } }: GuestLog, { from, count: asked }: LogWindow, path: string): LogWindow {
  if (from >= length)
    throw fileError(path, `the log has ${plural(length, 'request')}, but the window begins at request ${count(from + 1)}`);
  return { from, count: Math.min(asked, length - from) };
}

/** `requests 4,001 to 5,000 of 100,000, on 1,203 of 16,777,216 clusters of the disk` */
export function windowInWords({ requests, from, count: n, clusters, diskClusters }: RecordedWindow): string {
  const which =
    n === requests ? `all ${plural(requests, 'request')}` : `requests ${count(from)} to ${count(from + n - 1)} of ${count(requests)}`;
  return `${which}, on ${count(clusters)} of ${plural(diskClusters, 'cluster')} of the disk`;
}

/** What was made of a log that ends in the middle of something. */
export function cutInWords({ unanswered, cutLine }: RecordedWindow): string[] {
  return [
    ...(cutLine === null ? [] : [`line ${count(cutLine)} of the log is cut off and ignored`]),
    ...(unanswered === 0 ? [] : [`${plural(unanswered, 'request')} without an answer: treated as ending with the log`]),
  ];
}
