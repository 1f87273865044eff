/** Which clusters of a disk are shown: all of a small one, of a large one those that the run is about. */
import { hasRange } from '../../model/block/guest.ts';
import type { Run } from './run.ts';

export interface Column {
  readonly cluster: number;
  /** Not all of them, if the cluster is large. */
  readonly sectors: readonly number[];
}

/** No more than this many sectors side by side, and of one cluster no more than that many. */
const SECTORS_MAX = 48;
const OF_ONE_CLUSTER_MAX = 16;

/** Of a large disk: the clusters of what broke, of the guest's requests, the first and the last. */
export function columnsOf(run: Run): Column[] {
  const { machine, scenario, broken } = run;
  const { sectors } = machine.shape;
  const size = machine.clusterSectors;
  const all = Math.ceil(sectors / size);
  const about = broken?.violation.sector ?? null;
  const ofSectors = (list: readonly number[]): number[] => list.filter((s) => s < sectors).map((s) => Math.floor(s / size));
  const wanted =
    sectors <= SECTORS_MAX
      ? Array.from({ length: all }, (_, c) => c)
      : [
          ...ofSectors(about === null ? [] : [about]),
          0,
          all - 1,
          ...scenario.guest
            .slice(0, SECTORS_MAX)
            .filter(({ kind }) => hasRange(kind))
            .flatMap(({ first, count }) => ofSectors([first, first + count - 1])),
        ];
  const columns: Column[] = [];
  let room = SECTORS_MAX;
  for (const cluster of new Set(wanted)) {
    const shown = shownOf(cluster * size, Math.min((cluster + 1) * size, sectors), about);
    if (shown.length === 0 || (room -= shown.length) < 0) break;
    columns.push({ cluster, sectors: shown });
  }
  return columns.toSorted((a, b) => a.cluster - b.cluster);
}

/** The first sectors of a cluster, or those up to the one that it is about. */
function shownOf(first: number, end: number, about: number | null): number[] {
  const from =
    about !== null && about >= first && about < end
      ? Math.max(first, Math.min(about - OF_ONE_CLUSTER_MAX / 2, end - OF_ONE_CLUSTER_MAX))
      : first;
  return Array.from({ length: Math.min(OF_ONE_CLUSTER_MAX, end - from) }, (_, i) => from + i);
}
