/** What runs the units of a search: worker threads of this process, or machines behind a queue. */
export interface UnitRunner<Job, Result> {
  /** How many more units may begin, while so many are under way or wait for their turn to be added up. */
  readonly room: (underWay: number) => number;
  /** Resolves once there may be more room than now; null: there is none before a result is taken. */
  readonly moreRoom: () => Promise<typeof MORE_ROOM> | null;
  readonly run: (unit: number, job: Job) => Promise<Result>;
  /** Once no more results are wanted. */
  readonly destroy: () => Promise<void>;
}

export const MORE_ROOM = Symbol('more room');
