/** Where the results of units come from that need not run again, and where those of units that ran are kept. */
export interface UnitStore<Result> {
  /** Whether this process counts the unit at all: the other units of a shard are for other processes. */
  readonly isOurs: (unit: number) => boolean;
  /** The result of a unit that ran before; undefined: it has to run. */
  readonly known: (unit: number) => Result | undefined;
  /** A unit has come to its own end: nothing had told it to stop. */
  readonly keep: (unit: number, result: Result) => void;
}

/** For a search that begins anew and ends with its process. */
export const NOTHING_KEPT = { isOurs: () => true, known: () => undefined, keep: () => {} };

/** For a search that has nothing to do. */
export const NO_UNITS = { ...NOTHING_KEPT, isOurs: () => false };
