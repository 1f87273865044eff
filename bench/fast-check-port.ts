/**
 * The peer of our benchmark: the same FULL backup as the model's, written the way one would write it
 * for fast-check's `scheduler`. Coroutines are async functions, every yield of the model is one
 * awaited scheduled task, and state lies in plain arrays, sets and maps. It has the same yields (the
 * spec runs both side by side), the same grain of effects (a cluster), the wake order `any`, and the
 * same checks after every step. Scenarios are those of `scenarios('full', { exactly: true })`: raw
 * disks and writes that come after T0.
 *
 * Where there was a choice, it was made in the peer's favour: labels are constants, and the next step
 * is picked as soon as everybody who can run has asked for one. That is why it calls the deprecated
 * `waitOne`: `waitNext`, `waitIdle` and `waitFor` can't know who else is about to ask, so they let 50
 * microtasks pass before each step. The benchmark runs the port under `waitNext`, too.
 */
import fc from 'fast-check';
import { type Content, Contents, ZERO } from '../model/block/content.ts';
import type { GuestOperation, Scenario } from '../model/scenario/scenario.ts';
import { syncOf } from '../model/sync.ts';
import { type RandomNumbers, randomNumbers } from '../src/search/strategies/random-numbers.ts';

/** What the port needs of fast-check's scheduler. The metadata of a task says whose step it is. */
export type TaskScheduler = Pick<fc.Scheduler, 'schedule' | 'count' | 'waitOne'>;

/** The one rule that the port can leave out, to show that its oracle can see. */
export interface PortRules {
  readonly waitForOverlappingCopies: boolean;
}

export interface PortResult {
  readonly steps: number;
  /** The first broken property and what broke it. */
  readonly violation: string | null;
}

/** Runs one schedule of a scenario, until nothing can run or a property is broken. */
export async function portedSchedule(
  scheduler: TaskScheduler,
  scenario: Scenario,
  rules: PortRules = { waitForOverlappingCopies: true },
): Promise<PortResult> {
  const unknown = whatIsUnknown(scenario);
  if (unknown !== null) throw new Error(`the port knows FULL backups of raw disks under plain writes, not ${unknown}`);
  const oracle = new Oracle(scenario);
  const tasks = new Tasks(scheduler);
  const backup = new Backup(tasks, oracle, scenario, rules);
  tasks.start(backup.job());
  for (let steps = 0; ; steps++) {
    await tasks.settle();
    const violation = oracle.afterStep() ?? (tasks.runnable === 0 ? tasks.whoWaitsForEver() : null);
    if (violation !== null || tasks.runnable === 0) return { steps, violation };
    await scheduler.waitOne();
  }
}

const CHUNK = 200;
const WARM_UP = 0.2;

/** How the next step is asked for. `waitNext` is what fast-check documents; `waitOne` is deprecated, and faster. */
export type Wait = 'waitOne' | 'waitNext';

/**
 * How many whole random schedules a second fast-check runs, after a warm-up of a fifth of the time.
 * @param next asked for the scenario of each schedule
 */
export async function portSchedulesPerSecond(seconds: number, next: () => Scenario, wait: Wait): Promise<number> {
  const random = randomNumbers('fast-check-port');
  await schedulesUntil(performance.now() + WARM_UP * seconds * 1000, random, next, wait);
  const start = performance.now();
  const schedules = await schedulesUntil(start + seconds * 1000, random, next, wait);
  return (schedules * 1000) / (performance.now() - start);
}

/** Runs chunks of schedules until the time is over. @returns how many schedules that were */
async function schedulesUntil(end: number, random: RandomNumbers, next: () => Scenario, wait: Wait): Promise<number> {
  const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
    const { violation } = await portedSchedule(wait === 'waitOne' ? scheduler : withWaitNext(scheduler), next());
    if (violation !== null) throw new Error(violation);
  });
  let schedules = 0;
  while (performance.now() < end) {
    const { failed, numRuns, errorInstance } = await fc.check(property, {
      seed: random.bits(),
      numRuns: CHUNK,
      verbose: fc.VerbosityLevel.None,
    });
    if (failed) throw new Error('the port breaks a property', { cause: errorInstance });
    schedules += numRuns;
  }
  return schedules;
}

function withWaitNext(scheduler: fc.Scheduler): TaskScheduler {
  return {
    schedule: (task, label, who) => scheduler.schedule(task, label, who),
    count: () => scheduler.count(),
    waitOne: () => scheduler.waitNext(1),
  };
}

function whatIsUnknown({ mode, disk, targetClusterSectors, guest, cancel }: Scenario): string | null {
  if (syncOf(mode).beneath !== 'nothing') return `mode ${mode}`;
  if (disk.overlay !== undefined || targetClusterSectors !== 0) return 'images with clusters of their own';
  if (cancel) return 'a cancel';
  const other = guest.find(({ kind, after, early }) => kind !== 'write' || after.length > 0 || early);
  return other === undefined ? null : `request ${other.id}`;
}

/** Async functions that run a step at a time: who can run, and who sleeps until somebody wakes it. */
class Tasks {
  /** Those that can run: each has asked for its next step, or is about to. */
  runnable = 0;
  readonly #scheduler: TaskScheduler;
  readonly #asleep = new Set<string>();
  #crash: { readonly error: unknown } | null = null;

  constructor(scheduler: TaskScheduler) {
    this.#scheduler = scheduler;
  }

  start(running: Promise<void>): void {
    this.runnable++;
    void running.catch((error: unknown) => (this.#crash = { error })).then(() => this.runnable--);
  }

  /** One yield: what follows it runs once the scheduler picks it. */
  step(who: string, label: string): Promise<void> {
    return this.#scheduler.schedule(Promise.resolve(), label, who);
  }

  /** Sleeps until it is woken, and then runs when it is picked. */
  async sleep(who: string, queue: Queue, label: string): Promise<void> {
    this.runnable--;
    this.#asleep.add(`${who} in ${label}`);
    await new Promise<void>((wake) => queue.push(wake));
    this.#asleep.delete(`${who} in ${label}`);
    await this.step(who, label);
  }

  wakeAll(queue: Queue): void {
    while (queue.length > 0) this.wakeFirst(queue);
  }

  wakeFirst(queue: Queue): void {
    const wake = queue.shift();
    if (wake === undefined) return;
    this.runnable++;
    wake();
  }

  /** Lets everybody who can run come to its next step. */
  async settle(): Promise<void> {
    while (this.#scheduler.count() !== this.runnable) await Promise.resolve();
    if (this.#crash !== null) throw new Error('a coroutine of the port crashed', { cause: this.#crash.error });
  }

  whoWaitsForEver(): string | null {
    return this.#asleep.size === 0 ? null : `always-finishes: these wait for ever: ${[...this.#asleep].join(', ')}`;
  }
}

/** Who waits, first come first served. */
type Queue = (() => void)[];

/** The clusters that a copy holds, and who waits for it. */
interface CowRequest {
  readonly first: number;
  readonly end: number;
  readonly waiters: Queue;
}

const JOB = 'job';

/**
 * The backup and the guest's requests. Beside it lie model/families/notifier/{job,full,copy-before-write}.ts and
 * model/block/{guest,node}.ts.
 */
class Backup {
  readonly #tasks: Tasks;
  readonly #oracle: Oracle;
  readonly #scenario: Scenario;
  readonly #rules: PortRules;
  readonly #sectors: number;
  readonly #clusterSectors: number;
  readonly #copied = new Set<number>();
  /** The copies in flight, oldest first. */
  readonly #inFlight: CowRequest[] = [];
  #hookLinked = false;
  /** Copies that the job must not leave behind, and where it waits for them. */
  #copies = 0;
  readonly #noCopies: Queue = [];
  /** Writes in flight, and who waits until there are none. */
  #tracked = 0;
  readonly #idle: Queue = [];

  constructor(tasks: Tasks, oracle: Oracle, scenario: Scenario, rules: PortRules) {
    this.#tasks = tasks;
    this.#oracle = oracle;
    this.#scenario = scenario;
    this.#rules = rules;
    this.#sectors = scenario.disk.sectors;
    this.#clusterSectors = scenario.disk.clusterSectors;
  }

  async job(): Promise<void> {
    await this.#tasks.step(JOB, 'start');
    this.#oracle.pointInTime();
    this.#scenario.guest.forEach((request, i) => this.#tasks.start(this.#write(request, i)));
    this.#hookLinked = true;

    for (let first = 0; first < this.#sectors; first += this.#clusterSectors) {
      await this.#tasks.step(JOB, 'sleep');
      await this.#copyBeforeWrite(JOB, first, this.#clusterEnd(first));
    }

    while (this.#copies > 0) await this.#tasks.sleep(JOB, this.#noCopies, 'drain.copies');
    this.#hookLinked = false;
    while (this.#tracked > 0) await this.#tasks.sleep(JOB, this.#idle, 'close.drain');
    await this.#tasks.step(JOB, 'close');
    this.#oracle.completed();
  }

  async #write({ id, first, count }: GuestOperation, guest: number): Promise<void> {
    const end = first + count;
    await this.#tasks.step(id, 'write.start');
    this.#tracked++;
    if (this.#hookLinked) await this.#copyBeforeWrite(id, first, end);
    await this.#tasks.step(id, 'write.send');
    this.#oracle.submitted(id);
    for (let s = first; s < end;) {
      await this.#tasks.step(id, 'write.land');
      for (const unitEnd = Math.min(end, this.#clusterEnd(s)); s < unitEnd; s++) this.#oracle.guestWrote(id, guest, s);
    }
    await this.#tasks.step(id, 'write.done');
    this.#oracle.ended(id, count);
    if (--this.#tracked === 0) this.#tasks.wakeAll(this.#idle);
  }

  async #copyBeforeWrite(me: string, first: number, end: number): Promise<void> {
    this.#copies++;
    const cow: CowRequest = { first: Math.floor(first / this.#clusterSectors), end: Math.ceil(end / this.#clusterSectors), waiters: [] };
    for (let other = this.#newestOverlapping(cow); other !== undefined; other = this.#newestOverlapping(cow)) {
      await this.#tasks.sleep(me, other.waiters, 'wait');
    }
    this.#inFlight.push(cow);

    for (let c = cow.first; c < cow.end; c++) {
      if (!this.#copied.has(c)) await this.#copyCluster(me, c);
    }

    this.#inFlight.splice(this.#inFlight.indexOf(cow), 1);
    this.#tasks.wakeAll(cow.waiters);
    if (--this.#copies === 0) this.#tasks.wakeFirst(this.#noCopies);
  }

  #newestOverlapping(mine: CowRequest): CowRequest | undefined {
    if (!this.#rules.waitForOverlappingCopies) return undefined;
    return this.#inFlight.findLast((other) => other.first < mine.end && mine.first < other.end);
  }

  async #copyCluster(me: string, c: number): Promise<void> {
    const first = c * this.#clusterSectors;
    await this.#tasks.step(me, 'copy.read');
    await this.#tasks.step(me, 'copy.took');
    const data = this.#oracle.source.slice(first, this.#clusterEnd(first));
    await this.#tasks.step(me, 'copy.data');
    const isZero = data.every((content) => content === ZERO);
    await this.#tasks.step(me, isZero ? 'copy.zero' : 'copy.store');
    await this.#tasks.step(me, isZero ? 'copy.zero.land' : 'copy.land');
    data.forEach((content, i) => this.#oracle.stored(first + i, content));
    await this.#tasks.step(me, isZero ? 'copy.zero.done' : 'copy.done');
    this.#copied.add(c);
  }

  #clusterEnd(sector: number): number {
    return Math.min(this.#sectors, (Math.floor(sector / this.#clusterSectors) + 1) * this.#clusterSectors);
  }
}

/**
 * The two images, and what must hold of them (properties/snapshot-kept.ts and guest-unharmed.ts):
 * after each step only what it changed is looked at.
 */
class Oracle {
  readonly source: Content[];
  readonly #target: Content[];
  readonly #contents: Contents;
  readonly #guestNames: readonly string[];
  readonly #written = new Set<number>();
  readonly #shadow: Content[];
  #d0: Content[] | null = null;
  /** By request in flight: how many sectors have taken effect. */
  readonly #progress = new Map<string, number>();
  #changed: number[] = [];
  #violation: string | null = null;

  constructor({ disk, guest }: Scenario) {
    const contents = (this.#contents = new Contents(disk.sectors));
    this.#guestNames = guest.map(({ id }) => id);
    this.source = Array.from({ length: disk.sectors }, (_, s) => (disk.zero.includes(s) ? ZERO : contents.atT0(s)));
    this.#target = this.source.map(() => ZERO);
    this.#shadow = [...this.source];
  }

  // What happens.

  pointInTime(): void {
    this.#d0 = [...this.source];
  }

  stored(sector: number, content: Content): void {
    this.#target[sector] = content;
    this.#written.add(sector);
    this.#changed.push(sector);
  }

  guestWrote(id: string, guest: number, sector: number): void {
    const content = this.#contents.byGuest(guest, sector);
    const progress = this.#progress.get(id);
    if (progress === undefined) this.#broken(`guest-unharmed: ${id} took effect before it was submitted`);
    else this.#progress.set(id, progress + 1);
    this.#shadow[sector] = content;
    this.source[sector] = content;
    this.#changed.push(sector);
  }

  submitted(id: string): void {
    this.#progress.set(id, 0);
  }

  ended(id: string, count: number): void {
    const done = this.#progress.get(id);
    if (done !== count) this.#broken(`guest-unharmed: ${id} completed after ${done} of ${count} sectors took effect`);
    this.#progress.delete(id);
  }

  completed(): void {
    this.source.forEach((_, s) => {
      if (!this.#written.has(s)) this.#broken(`snapshot-kept: the job has completed, and sector ${s} was never stored in the target`);
      else this.#mustBe('snapshot-kept', s, this.#d0![s]!, this.#target[s]!);
    });
  }

  // What must hold.

  /** A step has run. @returns the first property that it broke */
  afterStep(): string | null {
    for (const s of this.#changed) {
      if (this.#d0 !== null) this.#mustBe('snapshot-kept', s, this.#d0[s]!, this.#written.has(s) ? this.#target[s]! : this.source[s]!);
      this.#mustBe('guest-unharmed', s, this.#shadow[s]!, this.source[s]!);
    }
    if (this.#changed.length > 0) this.#changed = [];
    return this.#violation;
  }

  #mustBe(property: string, sector: number, expected: Content, got: Content): void {
    if (got !== expected) this.#broken(`${property}: sector ${sector} should be ${this.#name(expected)} and is ${this.#name(got)}`);
  }
  #broken(what: string): void {
    this.#violation ??= what;
  }
  #name(content: Content): string {
    return this.#contents.print(content, this.#guestNames);
  }
}
