/**
 * The errors of a run that a search has found, as the plan of a scenario, by which the run can be replayed: so many requests fail, counted
 * from the first, in a cluster that no request before has touched.
 */
import type { Errno, Side } from '../../model/block/errors.ts';
import { FAULT_TIMES_MAX, type Fault, type FaultOp } from '../../model/block/faults.ts';

/** A request of the run, denied or not. */
export interface Request {
  readonly side: Side;
  readonly op: FaultOp;
  /** In clusters of the scenario, the first that it would fail in. */
  readonly clusters: readonly number[];
  /** Null: it was not denied. */
  readonly errno: Errno | null;
}

/** @returns null if no plan has just these fail */
export function planOf(requests: readonly Request[]): Fault[] | null {
  const faults: { -readonly [Key in keyof Fault]: Fault[Key] }[] = [];
  const granted = new Set<string>();
  for (const { side, op, clusters, errno } of requests) {
    const placeOf = (cluster: number): string => `${side} ${op} ${cluster}`;
    if (errno === null) {
      for (const cluster of clusters) granted.add(placeOf(cluster));
      continue;
    }
    const cluster = clusters.find((c) => !granted.has(placeOf(c)));
    if (cluster === undefined) return null;
    const known = faults.find((fault) => fault.side === side && fault.op === op && fault.cluster === cluster);
    if (known === undefined) faults.push({ side, op, cluster, errno, times: 1 });
    else if (known.errno !== errno || known.times === FAULT_TIMES_MAX) return null;
    else known.times++;
  }
  return faults;
}
