/** Takes chunks of units from a queue, runs them on worker threads, and gives their results back. */
import { hostname } from 'node:os';
import { FileError } from '../files/text.ts';
import { TELL_EVERY_MS, type WorkerNote, forgetWorker, tellWorker } from './board.ts';
import { type Connection, watchBroker } from './connection.ts';
import { PREFIX, searchKey } from './names.ts';
import { type ChunkResult, TEXT_MAX, readChunk, searchId } from './payload.ts';
import type { Job, Worker } from './peers.ts';

/** A search whose units run in this process. */
export interface SharedUnits {
  readonly units: number;
  /** @param off what the unit is told besides @returns what the unit's codec writes @throws FileError if it makes no sense */
  readonly run: (unit: number, off: string, stop: Int32Array) => Promise<unknown>;
  readonly destroy: () => Promise<void>;
}

export interface Works {
  /** Absent: `host:pid`. */
  readonly name?: string;
  readonly threads: number;
  readonly queues: readonly string[];
  readonly model: string;
  readonly version: string;
  /** @throws FileError if the text is no search that can run here */
  readonly load: (text: string, queue: string) => Promise<SharedUnits>;
}

/** Why a chunk is given back: the broker does not have its search. */
export const NO_SEARCH = 'its search is not there';

/** A worker that is not heard of for so long is taken to be dead, and its chunk goes to another one. */
const LOCK_MS = 10_000;
const LOOK_FOR_DEAD_MS = 5_000;
/** A chunk that kills one worker more is not given to another. */
const DEATHS_MAX = 2;
const STILL_WANTED_MS = 1_000;
/** A search more than this is forgotten, with what its threads have learned. */
const LOADED_MAX = 2;
const END_MS = 3_000;

interface Loaded {
  readonly units: Promise<SharedUnits>;
  busy: number;
}

export class QueueWorker {
  readonly #connection: Connection;
  readonly #works: Works;
  readonly #say: (line: string) => void;
  readonly #workers: readonly Worker[];
  readonly #loaded = new Map<string, Loaded>();
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  readonly #timer: NodeJS.Timeout;
  readonly #id: string;
  readonly #unwatch: () => void;
  #busy = 0;
  #unitsDone = 0;

  constructor(connection: Connection, works: Works, say: (line: string) => void) {
    this.#connection = connection;
    this.#works = works;
    this.#id = works.name ?? `${hostname()}:${process.pid}`;
    this.#say = say;
    this.#unwatch = watchBroker(connection, say);
    this.#workers = works.queues.map((queue) => this.#workerOf(queue));
    const tell = (): void => void tellWorker(connection.redis, this.#note()).catch(() => {});
    tell();
    this.#timer = setInterval(tell, TELL_EVERY_MS);
  }

  /** Units that are under way are given up, and those that are done are given back. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    Atomics.store(this.#stop, 0, 1);
    const closed = Promise.allSettled([
      ...this.#workers.map((worker) => worker.close()),
      forgetWorker(this.#connection.redis, this.#note()),
    ]);
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([closed, new Promise((resolve) => (timer = setTimeout(resolve, END_MS)))]);
    clearTimeout(timer);
    this.#unwatch();
    this.#connection.redis.disconnect();
    await Promise.allSettled([...this.#loaded.values()].map(async ({ units }) => (await units).destroy()));
  }

  #workerOf(queue: string): Worker {
    const { peers, redis } = this.#connection;
    const worker = new peers.Worker(queue, (job: Job) => this.#run(job, queue), {
      connection: redis,
      prefix: PREFIX,
      concurrency: this.#works.threads,
      lockDuration: LOCK_MS,
      stalledInterval: LOOK_FOR_DEAD_MS,
      maxStalledCount: DEATHS_MAX,
    });
    worker.on('error', () => {}); // `watchBroker` tells
    worker.on('failed', (_, { message }) => {
      if (message !== NO_SEARCH) this.#say(`units were refused: ${message}`);
    });
    return worker;
  }

  async #run(job: Job, queue: string): Promise<ChunkResult> {
    const chunk = readChunk(job.data);
    if (chunk === null) throw this.#refusal('this is no chunk of units');
    const loaded = this.#loaded.get(chunk.search) ?? this.#load(chunk.search, queue);
    this.#busy++;
    loaded.busy++;
    try {
      return await this.#unitsOf(chunk, await loaded.units);
    } catch (error) {
      throw error instanceof FileError ? this.#refusal(error.message) : error;
    } finally {
      this.#busy--;
      loaded.busy--;
    }
  }

  async #unitsOf({ search, from, offs }: NonNullable<ReturnType<typeof readChunk>>, shared: SharedUnits): Promise<ChunkResult> {
    if (from + offs.length > shared.units) throw this.#refusal(`this search has ${shared.units} units, and none ${from + offs.length - 1}`);
    const [units, begin]: [unknown[], number] = [[], performance.now()];
    let looked = begin;
    for (const [i, off] of offs.entries()) {
      if (performance.now() - looked > STILL_WANTED_MS) {
        looked = performance.now();
        if (!(await this.#isWanted(search))) break;
      }
      if (this.#isStopped) break;
      const result = await shared.run(from + i, off, this.#stop);
      if (this.#isStopped) break; // it may not be whole
      units.push(result);
      this.#unitsDone++;
    }
    return { by: this.#id, seconds: (performance.now() - begin) / 1_000, units };
  }

  /** Without a broker nobody says that it is not. */
  async #isWanted(search: string): Promise<boolean> {
    const { redis } = this.#connection;
    return redis.status !== 'ready' || (await redis.exists(searchKey(search))) === 1;
  }

  #load(search: string, queue: string): Loaded {
    for (const [id, { busy, units }] of this.#loaded) {
      if (this.#loaded.size < LOADED_MAX) break;
      if (busy > 0) continue;
      this.#loaded.delete(id);
      void units.then((old) => old.destroy()).catch(() => {});
    }
    const units = this.#textOf(search).then((text) => this.#works.load(text, queue));
    units.catch(() => this.#loaded.delete(search));
    const loaded = { units, busy: 0 };
    this.#loaded.set(search, loaded);
    return loaded;
  }

  async #textOf(search: string): Promise<string> {
    const { redis } = this.#connection;
    const key = searchKey(search);
    if ((await redis.strlen(key)) > TEXT_MAX) throw new FileError(`a search of more than ${TEXT_MAX / 2 ** 20} MiB`);
    const text = await redis.get(key);
    if (text === null) throw this.#refusal(NO_SEARCH);
    if (searchId(text) !== search) throw new FileError('the search is not the one whose digest the units have');
    return text;
  }

  get #isStopped(): boolean {
    return Atomics.load(this.#stop, 0) !== 0;
  }

  #refusal(why: string): Error {
    return new this.#connection.peers.UnrecoverableError(why);
  }

  #note(): WorkerNote {
    const { threads, queues, model, version } = this.#works;
    return { id: this.#id, queues: [...queues], model, version, threads, busy: this.#busy, unitsDone: this.#unitsDone };
  }
}
