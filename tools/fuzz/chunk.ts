/** What workers are told, and what they tell. */

export interface WorkerData {
  readonly seed: string;
  /** The URL of a module with other readers than ours, if any. */
  readonly readersFile: string | undefined;
  /** Where the worker notes how far it is in its chunk. */
  readonly at: Int32Array;
}

/** The texts from `begin` up to, not including, `end`. */
export interface Chunk {
  readonly begin: number;
  readonly end: number;
}

export interface Failure {
  /** Which text it was. */
  readonly n: number;
  readonly wrong: string;
}

/** How a chunk ended. */
export interface Part {
  read: number;
  refused: number;
  /** Of all texts and how each was taken: the same for the same chunk. */
  digest: number;
  readonly failures: Failure[];
}
