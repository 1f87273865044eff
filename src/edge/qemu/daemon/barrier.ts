/**
 * Quiescence: QEMU has done all that it can do with what it has got, and we have read all that it said.
 * It is told from the outside, by no clock: nothing is left in our sockets, and QEMU's threads sleep and have
 * slept through a whole turn of our event loop. A write to a unix socket wakes its reader before it
 * returns, so a thread that has something to do is never seen asleep; one that ran in between has counted
 * a switch. A loaded machine makes this slow, never wrong.
 *
 * A round trip over QMP would not do: while QEMU drains it serves no monitor.
 */
import { closeSync, openSync, readFileSync, readSync, readdirSync } from 'node:fs';
import { QemuGone } from './gone.ts';

/** QEMU lives, has all that it could wait for, and does not go on. */
export class QemuHangs extends Error {}

/** A turn of the event loop in which all sockets were looked at: the second one begins behind the first's poll. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}

/** QEMU may use so much of a processor, or stand still so long, before it is said to hang. */
export interface Patience {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

export const PATIENCE: Patience = { cpuSeconds: 10, wallSeconds: 60 };

/** `sysconf(_SC_CLK_TCK)`, which is 100 wherever Linux runs. */
const TICKS_IN_SECOND = 100;
/** The clocks are looked at once in so many looks. */
const LOOKS_PER_CLOCK = 256;

const LOOKS_BEFORE_NAP = 4;
const NAP_MS = 0.02;
const NAP_MAX_MS = 0.2;
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** QEMU may need the processor that we run on, the more likely the longer it takes. */
const nap = (times: number): unknown => Atomics.wait(NEVER, 0, 0, Math.min(NAP_MAX_MS, NAP_MS * (1 + times)));

const isAsleep = (status: string): boolean => /^State:\tS/m.test(status);

export class Barrier {
  readonly #pid: number;
  readonly #isOursAtRest: () => boolean;
  readonly #patience: Patience;
  readonly #files = new Map<string, number>();
  readonly #buffer = Buffer.alloc(4096);
  #others: string[] = [];
  /** Bytes that have come from QEMU, in whichever socket. */
  #heard = 0;

  constructor(pid: number, isOursAtRest: () => boolean, patience: Patience) {
    this.#pid = pid;
    this.#isOursAtRest = isOursAtRest;
    this.#patience = patience;
  }

  /** Something came from QEMU. */
  readonly heard = (): void => {
    this.#heard++;
  };

  /** Waits until QEMU is at rest. @throws QemuGone if it has ended, or does not come to rest */
  async wait(): Promise<void> {
    const begin = performance.now();
    let ticksAtBegin: number | null = null; // most often nobody asks
    let before = '';
    for (let looks = 1; ; looks++) {
      const heardBefore = this.#heard;
      await turn();
      if (looks % LOOKS_PER_CLOCK === 0) this.#loseNoPatience(begin, (ticksAtBegin ??= this.#ticks()));
      const now = this.#heard === heardBefore && this.#isOursAtRest() ? this.#asleep() : '';
      if (now !== '' && now === before) return;
      before = now;
      if (looks >= LOOKS_BEFORE_NAP) nap(looks - LOOKS_BEFORE_NAP);
    }
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
  }

  /** How often QEMU's main thread has gone to sleep; it is the one that hears and says. Empty: it, or another one, is awake. */
  #asleep(): string {
    const main = this.#read(String(this.#pid));
    if (main === null) throw new QemuGone('QEMU has ended');
    if (!isAsleep(main)) return '';
    const threads = Number(/^Threads:\t(\d+)/m.exec(main)?.[1]);
    if (threads !== this.#others.length + 1) this.#others = this.#otherThreads();
    for (const thread of this.#others) {
      const status = this.#read(thread);
      if (status === null) this.#others = [];
      if (status === null || !isAsleep(status)) return '';
    }
    return /^voluntary_ctxt_switches:\t(\d+)/m.exec(main)?.[1] ?? '';
  }

  #otherThreads(): string[] {
    try {
      return readdirSync(`/proc/${this.#pid}/task`).filter((thread) => thread !== String(this.#pid));
    } catch {
      throw new QemuGone('QEMU has ended');
    }
  }

  /** A thread's status; null: the thread has ended. */
  #read(thread: string): string | null {
    try {
      let file = this.#files.get(thread);
      if (file === undefined) this.#files.set(thread, (file = openSync(`/proc/${this.#pid}/task/${thread}/status`, 'r')));
      return this.#buffer.toString('latin1', 0, readSync(file, this.#buffer, 0, this.#buffer.length, 0));
    } catch {
      const file = this.#files.get(thread);
      if (file !== undefined) closeSync(file);
      this.#files.delete(thread);
      return null;
    }
  }

  #loseNoPatience(begin: number, ticksAtBegin: number): void {
    const cpu = (this.#ticks() - ticksAtBegin) / TICKS_IN_SECOND;
    const wall = (performance.now() - begin) / 1000;
    if (cpu > this.#patience.cpuSeconds) throw new QemuGone(`QEMU does not become idle: it has run for ${cpu.toFixed(1)} s`);
    if (wall > this.#patience.wallSeconds)
      throw new QemuGone(`QEMU does not become idle: in ${wall.toFixed(0)} s it has run for ${cpu.toFixed(1)} s`);
  }

  /** The time that QEMU has run, in ticks. */
  #ticks(): number {
    try {
      const stat = readFileSync(`/proc/${this.#pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(fields[11]) + Number(fields[12]);
    } catch {
      throw new QemuGone('QEMU has ended');
    }
  }
}
