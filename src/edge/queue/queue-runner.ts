/**
 * Runs units of a search on machines behind a queue. Chunks of units are in flight, two a thread; the rest waits here. The broker may
 * lose everything at any time: what it has lost is sent again. What has come stays in the queue until it is in the journal.
 */
import { hostname } from 'node:os';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { UnitCodec } from '../campaign/unit-codec.ts';
import { FileError, fileError } from '../files/text.ts';
import { MORE_ROOM, type UnitRunner } from '../workers/unit-runner.ts';
import { type CampaignNote, TELL_EVERY_MS, type WorkerNote, forgetCampaign, tellCampaign, workersNow } from './board.ts';
import { ChunkSize } from './chunk-size.ts';
import { type Connection, watchBroker } from './connection.ts';
import { PREFIX, searchKey } from './names.ts';
import { Origin } from './origin.ts';
import { type Chunk, OFF_MAX, TEXT_MAX, chunkOf, readChunk, readChunkResult, searchId } from './payload.ts';
import type { Job, Queue, QueueEvents } from './peers.ts';
import { NO_SEARCH } from './queue-worker.ts';

/** What runs elsewhere, and how its results are read. */
export interface AwaySearch<UnitJob, Result> {
  /** All that a worker has to know. */
  readonly text: string;
  readonly queue: string;
  /** In words, for `status`. */
  readonly what: string;
  readonly units: number;
  readonly codec: UnitCodec<Result>;
  /** What a unit is told besides its number; '': nothing. */
  readonly offOf: (job: UnitJob) => string;
  /** How many failures a unit has found, each of which fails here as well. @throws if one does not */
  readonly failuresIn: (result: Result) => number;
  /** Runs some units here as well. */
  readonly again: { readonly share: number; readonly runner: UnitRunner<UnitJob, Result> } | null;
}

interface InFlight {
  readonly id: string;
  readonly from: number;
  readonly offs: readonly string[];
  sent: number;
  isTaken: boolean;
}

interface Waiting<UnitJob, Result> {
  readonly job: UnitJob;
  readonly off: string;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/** Events may be lost, and so may chunks: every chunk in flight is looked at so often. */
const LOOK_EVERY_MS = 1_000;
const CHUNKS_A_THREAD = 2;
/** Units that wait for their turn, by those that fit in flight: one chunk that takes long should keep nobody waiting. */
const AHEAD = 8;
const KEPT_SECONDS = 86_400;
const END_MS = 1_000;
const EVENTS_MAX = 100;

export class QueueRunner<UnitJob, Result> implements UnitRunner<UnitJob, Result> {
  readonly #connection: Connection;
  readonly #search: AwaySearch<UnitJob, Result>;
  readonly #say: (line: string) => void;
  readonly #id: string;
  readonly #queue: Queue;
  readonly #events: QueueEvents;
  readonly #size: ChunkSize;
  readonly #waiting = new Map<number, Waiting<UnitJob, Result>>();
  /** Units that are in no chunk yet, ascending. */
  #asked: number[] = [];
  readonly #inFlight = new Map<string, InFlight>();
  readonly #origin: Origin;
  readonly #begin = Date.now();
  #threads = 1;
  #unwatch = (): void => {};
  #hadWorkers = true;
  #unitsDone = 0;
  #failures = 0;
  #isToSend = false;
  #isLooking = false;
  #isOver = false;
  #error: Error | null = null;
  #onRoom: (() => void)[] = [];
  readonly #timers: NodeJS.Timeout[] = [];

  private constructor(connection: Connection, search: AwaySearch<UnitJob, Result>, say: (line: string) => void) {
    this.#connection = connection;
    this.#search = search;
    this.#say = say;
    this.#id = searchId(search.text);
    this.#size = new ChunkSize(search.units);
    this.#origin = new Origin(search.again !== null);
    const { peers, redis } = connection;
    this.#queue = new peers.Queue(search.queue, { connection: redis, prefix: PREFIX, streams: { events: { maxLen: EVENTS_MAX } } });
    this.#events = new peers.QueueEvents(search.queue, { connection: redis, prefix: PREFIX });
    this.#queue.on('error', () => {}); // `watchBroker` tells
    this.#events.on('error', () => {});
    this.#events.on('completed', ({ jobId }) => void this.#lookAt(jobId)).on('failed', ({ jobId }) => void this.#lookAt(jobId));
  }

  /**
   * @param say told of what a user should know while it runs
   * @throws FileError if it is too long for a broker
   */
  static async open<UnitJob, Result>(
    connection: Connection,
    search: AwaySearch<UnitJob, Result>,
    say: (line: string) => void,
  ): Promise<QueueRunner<UnitJob, Result>> {
    if (Buffer.byteLength(search.text) > TEXT_MAX)
      throw new FileError(`the search is larger than ${TEXT_MAX / 2 ** 20} MiB, the limit of --on`);
    const runner = new QueueRunner(connection, search, say);
    runner.#unwatch = watchBroker(connection, say);
    runner.#count(await runner.#workersHere());
    await runner.#tellSearch();
    await runner.#takeLeft();
    runner.#timers.push(
      setInterval(() => void runner.#look(), LOOK_EVERY_MS),
      setInterval(() => void tellCampaign(connection.redis, runner.#note()).catch(() => {}), TELL_EVERY_MS),
    );
    return runner;
  }

  readonly room = (underWay: number): number => {
    const size = this.#size.now(this.#threads);
    const full = this.#threads * CHUNKS_A_THREAD * size;
    if (underWay >= full * AHEAD) return 0;
    return Math.max(0, (this.#threads * CHUNKS_A_THREAD - this.#inFlight.size) * size - this.#asked.length);
  };

  readonly moreRoom = (): Promise<typeof MORE_ROOM> => new Promise((resolve) => this.#onRoom.push(() => resolve(MORE_ROOM)));

  readonly run = (unit: number, job: UnitJob): Promise<Result> =>
    new Promise((resolve, reject) => {
      if (this.#error !== null) return reject(this.#error);
      this.#waiting.set(unit, { job, off: this.#search.offOf(job), resolve, reject });
      if (this.#left.has(unit)) return void this.#settle(unit, this.#left.get(unit)!);
      this.#asked.push(unit);
      this.#sendSoon();
    });

  readonly destroy = async (): Promise<void> => {
    this.#isOver = true;
    this.#timers.forEach((timer) => clearInterval(timer));
    const { redis } = this.#connection;
    const tidy = Promise.allSettled([
      ...[...this.#inFlight.keys()].map((id) => this.#queue.remove(id)),
      redis.del(searchKey(this.#id)),
      forgetCampaign(redis, this.#note()),
    ]);
    await Promise.race([tidy, setTimeout(END_MS, null, { ref: false })]);
    await Promise.race([Promise.allSettled([this.#events.close(), this.#queue.close()]), setTimeout(END_MS, null, { ref: false })]);
    this.#unwatch();
    redis.disconnect();
    await this.#search.again?.runner.destroy();
    if (this.#unitsDone > 0 && this.#error === null) this.#say(this.#origin.inWords());
  };

  /** Results of a coordinator that is no more: the broker has them, and no journal does. */
  readonly #left = new Map<number, { readonly written: unknown; readonly by: string }>();

  async #takeLeft(): Promise<void> {
    const ours = ({ id }: Job): boolean => id?.startsWith(`${this.#id}-`) === true;
    for (const job of (await this.#queue.getJobs(['completed', 'failed', 'waiting'])).filter(ours)) {
      const chunk = readChunk(job.data);
      const result = chunk === null || job.finishedOn === undefined ? null : readChunkResult(job.returnvalue, chunk.offs.length);
      result?.units.forEach((written, i) => this.#left.set(chunk!.from + i, { written, by: result.by }));
      await this.#queue.remove(job.id!);
    }
  }

  /** Units that are asked for together go together. */
  #sendSoon(): void {
    if (this.#isToSend) return;
    this.#isToSend = true;
    void setImmediate().then(() => this.#send());
  }

  #send(): void {
    this.#isToSend = false;
    while (this.#asked.length > 0 && !this.#isOver) {
      const chunk = this.#nextChunk();
      const id = `${this.#id}-${chunk.from}-${chunk.count}`;
      const offs = Array.from({ length: chunk.count }, (_, i) => this.#waiting.get(chunk.from + i)!.off);
      const inFlight: InFlight = { id, from: chunk.from, offs, sent: Date.now(), isTaken: false };
      this.#inFlight.set(id, inFlight);
      this.#size.handedOut(chunk.count);
      this.#add(inFlight).catch((error: Error) => this.#fail(error));
    }
  }

  /** Units that follow each other, from the first that is in no chunk yet. */
  #nextChunk(): Chunk {
    const size = this.#size.now(this.#threads);
    const from = this.#asked[0]!;
    const offs: string[] = [];
    for (const unit of this.#asked) {
      const { off } = this.#waiting.get(unit)!;
      const isNew = !offs.includes(off);
      if (unit !== from + offs.length || offs.length === size || (isNew && new Set(offs).size === OFF_MAX)) break;
      offs.push(off);
    }
    this.#asked = this.#asked.slice(offs.length);
    return chunkOf(this.#id, from, offs);
  }

  async #add({ id, from, offs }: InFlight): Promise<void> {
    const keep = { age: KEPT_SECONDS };
    await this.#queue.add('units', chunkOf(this.#id, from, offs), { jobId: id, removeOnComplete: keep, removeOnFail: keep });
  }

  /** Looks whether chunks are still there, and whether somebody works on them. */
  async #look(): Promise<void> {
    if (this.#isLooking || this.#isOver) return;
    this.#isLooking = true;
    try {
      this.#count(await this.#workersHere());
      const before = Date.now() - LOOK_EVERY_MS;
      for (const chunk of [...this.#inFlight.values()].filter(({ sent }) => sent <= before)) {
        const state = await this.#queue.getJobState(chunk.id);
        if (state === 'completed' || state === 'failed') await this.#lookAt(chunk.id);
        else if (state === 'unknown' && this.#inFlight.has(chunk.id)) await this.#again(chunk);
      }
    } catch (error) {
      if (!this.#isOver && this.#connection.redis.status === 'ready') this.#fail(error as Error);
    } finally {
      this.#isLooking = false;
    }
  }

  /** The broker has lost it: with it the search may be lost, too. */
  async #again(chunk: InFlight): Promise<void> {
    chunk.sent = Date.now();
    await this.#tellSearch();
    await this.#add(chunk);
  }

  /** @param id of a job that has come to its end */
  async #lookAt(id: string): Promise<void> {
    const chunk = this.#inFlight.get(id);
    if (chunk === undefined || chunk.isTaken) return;
    chunk.isTaken = true;
    try {
      const size = await this.#connection.redis.hstrlen(this.#queue.toKey(id), 'returnvalue');
      if (size > TEXT_MAX) throw this.#refusal(`${inWords(chunk)} came to more than ${TEXT_MAX / 2 ** 20} MiB`);
      const job = (await this.#queue.getJob(id)) as Job | undefined;
      if (job?.finishedOn === undefined) chunk.isTaken = false;
      else await this.#take(chunk, job);
    } catch (error) {
      chunk.isTaken = false;
      if (!this.#isOver && (error instanceof FileError || this.#connection.redis.status === 'ready')) this.#fail(error as Error);
    }
  }

  async #take(chunk: InFlight, job: Job): Promise<void> {
    const { failedReason } = job;
    if (failedReason === NO_SEARCH) {
      await job.remove();
      chunk.isTaken = false;
      return this.#again(chunk);
    }
    if (failedReason?.includes('stalled more than')) throw this.#refusal(`${inWords(chunk)} killed three workers`);
    if (failedReason !== undefined) throw this.#refusal(`a worker refused ${inWords(chunk)}: ${failedReason.slice(0, 500)}`);
    const result = readChunkResult(job.returnvalue, chunk.offs.length);
    if (result === null) throw this.#refusal(`${inWords(chunk)} came to something that is no result`);
    this.#inFlight.delete(chunk.id);
    if (result.units.length > 0) this.#size.took(result.seconds, result.units.length);
    result.units.forEach((written, i) => void this.#settle(chunk.from + i, { written, by: result.by }));
    const rest = chunk.offs.map((_, i) => chunk.from + i).slice(result.units.length);
    if (rest.length > 0) {
      this.#asked = [...rest, ...this.#asked].toSorted((a, b) => a - b);
      this.#sendSoon();
    }
    this.#tellRoom();
    await setImmediate(); // by now the journal has it
    await job.remove();
  }

  async #settle(unit: number, { written, by }: { readonly written: unknown; readonly by: string }): Promise<void> {
    const waiting = this.#waiting.get(unit);
    this.#left.delete(unit);
    if (waiting === undefined) return;
    try {
      const result = this.#read(unit, written, by);
      await this.#compare(unit, waiting.job, result, by);
      this.#waiting.delete(unit);
      this.#origin.ran(by);
      this.#unitsDone++;
      waiting.resolve(result);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #read(unit: number, written: unknown, by: string): Result {
    let result: Result;
    try {
      result = this.#search.codec.read(written);
    } catch {
      throw this.#lie(unit, by, 'what is no result');
    }
    try {
      this.#failures += this.#search.failuresIn(result);
    } catch {
      throw this.#lie(unit, by, 'that it has found what does not fail here');
    }
    return result;
  }

  /** Runs a sample of all units here as well. */
  async #compare(unit: number, job: UnitJob, result: Result, by: string): Promise<void> {
    const { again, codec } = this.#search;
    if (again === null || Math.random() >= again.share) return;
    const text = (one: Result): string => JSON.stringify(codec.write(one));
    const here = codec.read(JSON.parse(text(await again.runner.run(unit, job)))); // as it comes back from a worker
    if (text(here) !== text(result)) throw this.#lie(unit, by, 'something else than it comes to here');
    this.#origin.ranAgain();
  }

  #lie(unit: number, by: string, what: string): FileError {
    return this.#refusal(`the worker ${by} says of unit ${unit} ${what}: nothing counts as proved`);
  }

  #refusal(what: string): FileError {
    return fileError(this.#connection.address.shown, what);
  }

  #fail(error: Error): void {
    const isBrokers = error.name === 'ReplyError';
    this.#error ??= isBrokers ? fileError(this.#connection.address.shown, error.message.slice(0, 500)) : error;
    for (const { reject } of this.#waiting.values()) reject(this.#error);
    this.#waiting.clear();
    this.#asked = [];
    this.#tellRoom();
  }

  #tellRoom(): void {
    const waiting = this.#onRoom;
    this.#onRoom = [];
    for (const tell of waiting) tell();
  }

  async #tellSearch(): Promise<void> {
    await this.#connection.redis.set(searchKey(this.#id), this.#search.text, 'EX', KEPT_SECONDS);
  }

  async #workersHere(): Promise<WorkerNote[]> {
    return (await workersNow(this.#connection.redis)).filter(({ queues }) => queues.includes(this.#search.queue));
  }

  #count(workers: readonly WorkerNote[]): void {
    const threads = workers.reduce((sum, worker) => sum + worker.threads, 0);
    if (threads > 0 && threads > this.#threads) this.#tellRoom();
    if (threads > 0) this.#threads = threads;
    if (threads === 0 && this.#hadWorkers) this.#say(`no worker since ${new Date().toISOString()}; waiting for one`);
    this.#hadWorkers = threads > 0;
  }

  #note(): CampaignNote {
    return {
      id: this.#id,
      what: this.#search.what.slice(0, 300),
      queue: this.#search.queue,
      by: `${hostname()}:${process.pid}`,
      unitsDone: this.#unitsDone,
      units: this.#search.units,
      failures: this.#failures,
      seconds: (Date.now() - this.#begin) / 1_000,
    };
  }
}

const inWords = ({ from, offs }: InFlight): string => (offs.length === 1 ? `unit ${from}` : `units ${from} to ${from + offs.length - 1}`);
