/** Worker threads for units: they start when the first unit has to run, for all of them may be known. */
import { Piscina } from 'piscina';
import { threadOptions } from './thread-options.ts';
import type { UnitRunner } from './unit-runner.ts';

export interface Threads {
  /** The worker's file. */
  readonly filename: string;
  readonly workers: number;
  /** How many units may be under way, or wait for their turn. */
  readonly ahead: number;
  /** What each thread is started with. */
  readonly data?: object;
  /** What workers say before their unit is done. */
  readonly onMessage?: (message: unknown) => void;
}

export class ThreadRunner<Job, Result> implements UnitRunner<Job, Result> {
  readonly #threads: Threads;
  #pool: Piscina<Job, Result> | null = null;

  constructor(threads: Threads) {
    this.#threads = threads;
  }

  readonly room = (underWay: number): number => this.#threads.ahead - underWay;

  readonly moreRoom = (): null => null;

  readonly run = (_unit: number, job: Job): Promise<Result> => (this.#pool ??= this.#start()).run(job);

  readonly destroy = async (): Promise<void> => this.#pool?.destroy();

  #start(): Piscina<Job, Result> {
    const { filename, workers, data, onMessage = () => {} } = this.#threads;
    return new Piscina<Job, Result>({ filename, minThreads: workers, maxThreads: workers, ...threadOptions(data) }).on(
      'message',
      onMessage,
    );
  }
}
