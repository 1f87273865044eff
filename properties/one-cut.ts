/**
 * one-cut: the points in time of the disks of one transaction are one cut through what the guest did (MO-10 of docs/qemu-today.md). No disk
 * shows at its T0 an effect of a request that the guest made only after another had ended, if that other is not in its own disk's T0:
 * a database whose log is on one disk and whose data are on the other would be restored with data of which the log knows nothing.
 *
 * The model and a real QEMU are judged alike: who observes them says of each disk, at its T0, which of its requests are in it.
 */
import type { Violation } from './property.ts';
import type { OracleMemory } from './view.ts';

export const ONE_CUT = 'one-cut';
export const ONE_CUT_IS_CONSISTENT =
  'If one disk of a transaction shows a request at T0, then every request that it came after is in the T0 of its own disk.';

/** Of a request: whether its disk has had its point in time, and what that has of it. */
const NOT_YET = 0;
const IS_OUT = 1;
const IS_IN = 2;

export interface CutView {
  readonly requests: readonly { readonly id: string; readonly disk: number; /** Ids. */ readonly after: readonly string[] }[];
  /** Of a disk, for messages. */
  diskName(disk: number): string;
}

export class OneCut {
  readonly #view: () => CutView;
  readonly #memory: OracleMemory;
  /** By request. */
  readonly #cell: number;

  /** @param requestsMax how many there may be @param view asked at each point in time */
  constructor(requestsMax: number, memory: OracleMemory, view: () => CutView) {
    this.#view = view;
    this.#memory = memory;
    this.#cell = memory.alloc('oracle.cut', requestsMax);
  }

  /**
   * A disk has its point in time.
   * @param isIn whether it has an effect of a request of this disk @param isWhole whether it has all of it: the request had ended
   */
  pointInTime(disk: number, isIn: (request: number) => boolean, isWhole: (request: number) => boolean): Violation | null {
    const view = this.#view();
    const { requests } = view;
    for (const [i, request] of requests.entries())
      if (request.disk === disk) this.#memory.store(this.#cell + i, isWhole(i) || isIn(i) ? IS_IN : IS_OUT);
    for (const [i, { id, disk: where, after }] of requests.entries()) {
      if (this.#seen(i) !== IS_IN) continue;
      for (const [j, earlier] of requests.entries()) {
        if (earlier.disk === where || this.#seen(j) !== IS_OUT || !comesAfter(requests, after, earlier.id)) continue;
        return {
          property: ONE_CUT,
          detail:
            `${id} is in T0 of ${view.diskName(where)}, and ${earlier.id}, which had ended before ${id} began, ` +
            `is not in T0 of ${view.diskName(earlier.disk)}`,
        };
      }
    }
    return null;
  }

  #seen(request: number): number {
    return this.#memory.cells[this.#cell + request] ?? NOT_YET;
  }
}

/** Directly, or by way of others. */
function comesAfter(requests: CutView['requests'], after: readonly string[], id: string): boolean {
  return after.includes(id) || after.some((one) => comesAfter(requests, requests.find((r) => r.id === one)?.after ?? [], id));
}
