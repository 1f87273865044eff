/**
 * From the trace of a real run to its log. What is brought into another form on the way, and why it stays the same log:
 *
 *   - An I/O over several clusters takes effect in one of each, in ascending order, as in the model.
 *   - What is read of a format's file is not shown: the format reads in pieces, all at once, and what a copy has read is what it stores.
 *   - In a format's file only data says where it belongs. Zeroes there, and metadata, are not shown; a cluster of the target is, once all
 *     of its data is there.
 *   - QEMU cuts a discard at 4 KiB. It begins with its first piece, is over with its last, and the model may discard
 *     in between whenever it likes.
 *   - A request that a disk denies is shown where that happens, and not where it is asked for: the model knows no time between.
 */
import type { FaultOp } from '../../model/block/faults.ts';
import { type Errno, ERRNOS } from '../../model/block/errors.ts';
import type { GuestOperation, Scenario } from '../../model/scenario/scenario.ts';
import type { Trace, TraceStep } from '../trace/format.ts';
import { type Told, asTheModelRuns, targetClusterSectorsOf } from './comparable.ts';
import { type Stretch, parseStretch } from './contents-text.ts';
import {
  CLUSTER_BYTES,
  type DeniedUnseen,
  EVERYBODY,
  type Failure,
  type LogEvent,
  type Moment,
  type RunLog,
  type Unanswered,
  copyClusterSectors,
  failsText,
  gateOf,
  isAllZero,
  isTold,
  keyOfStore,
  keyOfWrite,
  landText,
  rangeText,
  tookText,
} from './log.ts';
import { isPieceOf } from './pieces.ts';
import type { Start } from './start.ts';

/**
 * @param trace of a real QEMU, which is comparable (comparable.ts)
 * @param start how it was started
 * @param told what the model is to be told beside
 */
export function readLog(
  { scenario, schedule, verdict }: Pick<Trace, 'scenario' | 'schedule' | 'verdict'>,
  start: Start,
  told: Told,
): RunLog {
  return new Reader(scenario, schedule, start, told).read(verdict === null);
}

/** A request of QEMU as a step names it: `read.took 0-65535`. */
interface Named {
  readonly kind: string;
  readonly phase: string;
  readonly bytes: string;
}

/** As NBD has it. */
const ENOSPC = '28';

const OPS: Readonly<Record<string, FaultOp>> = { read: 'read', write: 'write', zero: 'write', status: 'ask' };

class Reader {
  readonly #schedule: readonly TraceStep[];
  readonly #scenario: Scenario;
  readonly #start: Start;
  /** Sectors of a cluster of the backup. */
  readonly #clusterSectors: number;
  readonly #isRaw: Readonly<Record<string, boolean>>;
  readonly #failing: ReadonlySet<string>;
  readonly #moments: Moment[] = [];
  readonly #gates = new Map<string, number>();
  readonly #unanswered = new Map<string, Unanswered[]>();
  readonly #deniedUnseen: DeniedUnseen[] = [];
  readonly #failed = new Map<string, Errno | null>();
  /** Of what has landed and is not answered: by disk and place in its file, what is kept of it in `#unanswered`. */
  readonly #landed = new Map<string, Unanswered[]>();
  /** What a format's file has of clusters of which not all has come, by cluster: names by sector. */
  readonly #parts = new Map<number, Map<number, string>>();
  /** Discards of which the first piece has come to the disk, and those of which the last is over. */
  readonly #sentDiscards = new Set<string>();
  readonly #wroteDiscards = new Set<string>();
  #hasEnded = false;
  #step = 0;

  constructor(scenario: Scenario, schedule: readonly TraceStep[], start: Start, told: Told) {
    this.#scenario = asTheModelRuns(scenario, schedule, start, told);
    this.#clusterSectors = copyClusterSectors(scenario);
    this.#schedule = schedule;
    this.#start = start;
    this.#isRaw = { source: scenario.disk.overlay === undefined, target: targetClusterSectorsOf(scenario, start) === 0, base: true };
    this.#failing = askedInVain(schedule);
  }

  /** @param isWhole whether the run came to its end */
  read(isWhole: boolean): RunLog {
    if (this.#start.finalize === 'auto' || this.#hasFailed) this.#gates.set(gateOf('job', 'finalize'), 0);
    for (const step of this.#schedule) {
      this.#step++;
      this.#did(step);
      const made = step.saw.split(', ').flatMap((text, i) => this.#made(text, i));
      if (made.length > 0) this.#moments.push(made);
    }
    const isFiltered = this.#start.by === 'filter';
    // A job that an error has stopped, and that nobody resumes, is all that may be left.
    if (isWhole && (this.#hasEnded || isFiltered)) this.#moments.push([{ text: 'all is over', step: this.#step, ended: EVERYBODY }]);
    const { gates, failed, unanswered } = { gates: this.#gates, failed: this.#failed, unanswered: this.#unanswered };
    return { scenario: this.#scenario, moments: this.#moments, gates, failed, unanswered, deniedUnseen: this.#deniedUnseen, isFiltered };
  }

  // What we did.

  #did({ who, what, saw }: TraceStep): void {
    if (who === 'user' || who === 'operator') return this.#asked(who, what);
    const named = parseNamed(what);
    if (named === null) {
      for (const { id } of this.#piecesOf(who)) this.#gate(id, 'start');
      return;
    }
    const shows = saw.split(', ');
    const errno = ERRNOS.find((one) => shows.includes(one));
    if (errno !== undefined && OPS[named.kind] !== undefined) {
      const fails: Failure = { side: who === 'target' ? 'target' : 'source', op: OPS[named.kind]!, errno };
      if (who === 'source' && this.#isRaw[who] !== true) return void this.#deniedUnseen.push({ ...fails, from: this.#moments.length });
      return void this.#moments.push([{ text: failsText(fails), step: this.#step, fails }]);
    }
    const stretch = shows.map(parseStretch).find((found) => found !== null);
    if (named.phase === 'took' && stretch !== undefined && who === 'source' && this.#isRaw[who] === true)
      for (const part of this.#clustersOf(stretch)) this.#show(tookText(who, part.first, part.names));
    if (named.kind === 'trim') this.#trimmed(who, named);
    else if (named.phase === 'land' && stretch !== undefined) this.#lands(who, named, stretch);
    else if (named.phase === 'done')
      for (const one of this.#landed.get(`${who} ${named.bytes}`)?.splice(0) ?? []) one.to = this.#moments.length;
  }

  #asked(who: string, what: string): void {
    if (what.startsWith('start')) {
      this.#gate('job', 'start');
      if (this.#start.by === 'filter') this.#show('T0');
      return;
    }
    this.#gate(who, what === 'stop' ? 'cancel' : what);
    if (what === 'finalize' || what === 'cancel') this.#gate('job', 'finalize');
  }

  #lands(disk: string, { bytes }: Named, stretch: Stretch): void {
    if (disk === 'target') return this.#stored(bytes, stretch);
    if (disk !== 'source') return;
    if (this.#isRaw[disk] !== true) return this.#landedOnOverlay(stretch);
    for (const part of this.#clustersOf(stretch)) this.#show(landText(disk, part.first, part.names));
    this.#waitsForReply(`${disk} ${bytes}`, keyOfWrite(...this.#sectorsOf(bytes)));
  }

  #stored(bytes: string, stretch: Stretch): void {
    for (const part of this.#clustersOf(stretch)) {
      const cluster = this.#clusterOf(part.first);
      if (this.#isRaw['target'] !== true && isAllZero(part.names)) continue;
      const whole = this.#completed(cluster, part);
      if (whole !== null) this.#show(landText('target', whole.first, whole.names));
      this.#waitsForReply(`target ${bytes}`, keyOfStore(cluster));
    }
  }

  /** A cluster with what has come of it before; null: there is more to come. */
  #completed(cluster: number, { first, names }: Stretch): Stretch | null {
    const begin = cluster * this.#clusterSectors;
    const count = Math.min(this.#clusterSectors, this.#scenario.disk.sectors - begin);
    if (names.length === count) return { first, names };
    const known = this.#parts.get(cluster) ?? new Map<number, string>();
    names.forEach((name, i) => known.set(first + i, name));
    this.#parts.set(cluster, known);
    if (known.size < count) return null;
    this.#parts.delete(cluster);
    return { first: begin, names: Array.from({ length: count }, (_, i) => known.get(begin + i)!) };
  }

  /** The disk has not said yet that it has what it was asked to keep. */
  #waitsForReply(request: string, key: string): void {
    const one: Unanswered = { from: this.#moments.length - 1, to: Infinity };
    this.#unanswered.set(key, [...(this.#unanswered.get(key) ?? []), one]);
    this.#landed.set(request, [...(this.#landed.get(request) ?? []), one]);
  }

  /**
   * The guest's write has passed the filter, at the latest. From here on, until the guest is told, nobody can say what the
   * overlay shows: the model may let it land at any time.
   */
  #landedOnOverlay({ names }: Stretch): void {
    for (const { id, first, count } of this.#scenario.guest) {
      if (this.#gates.has(gateOf(id, 'write.land')) || !names.some((name) => name.endsWith(`.${id}`))) continue;
      // Of one that fails the model lets no part land.
      if (!isTold(this.#schedule, id, 'error')) this.#show(`write source ${rangeText(first, first + count)}`);
      this.#gate(id, 'write.land');
    }
  }

  #trimmed(disk: string, { phase, bytes }: Named): void {
    if (disk !== 'source' || this.#isRaw[disk] !== true) return;
    const [first, end] = this.#sectorsOf(bytes);
    const mayBe = this.#scenario.guest.filter(
      (g) => g.first <= first && end <= g.first + g.count && this.#sentDiscards.has(g.id) && !this.#wroteDiscards.has(g.id),
    );
    const whole = mayBe.toSorted((a, b) => a.count - b.count)[0];
    if (whole === undefined) return;
    // Which of several it is the log does not say: from here on the model may choose.
    for (const { id } of phase === 'land' ? mayBe : []) this.#gate(id, 'discard.land');
    if (phase !== 'done' || end !== whole.first + whole.count) return;
    this.#wroteDiscards.add(whole.id);
    for (const { id, first: begin, count } of mayBe) if (begin === whole.first && count === whole.count) this.#gate(id, 'discard.done');
  }

  // What QEMU made of it.

  /** @param at among what it made in this step, from 0 */
  #made(text: string, at: number): LogEvent[] {
    const shown = (what: string): LogEvent => ({ text: what, step: this.#step });
    if (text === 'created') return [shown('T0')];
    if (text.startsWith('BLOCK_JOB_')) return this.#told(text.replace('BLOCK_JOB_', '')).map(shown);
    const [who = '', kind = '', bytes = ''] = text.split(' ');
    const pieces = this.#piecesOf(who);
    if (pieces.length > 0 && (kind === 'ok' || kind === 'error')) {
      const errno = kind === 'ok' ? null : bytes === ENOSPC ? 'ENOSPC' : 'EIO';
      // Of a discard the last piece failed; of a read, whose pieces are under way at once, any number may have.
      for (const [i, { id, kind: asks }] of pieces.entries())
        this.#failed.set(id, i === pieces.length - 1 || asks === 'readT0' ? errno : null);
      return [{ ...shown(text), ended: pieces.map(({ id }) => id) }];
    }
    if (this.#isRaw[who] !== true || who === 'base' || this.#failing.has(`${this.#step} ${at}`)) return [];
    if (kind !== 'write' && kind !== 'zero' && kind !== 'trim') return [];
    const [first, end] = this.#sectorsOf(bytes);
    if (who === 'target') return [shown(`store target ${rangeText(first, end)}`)];
    if (kind !== 'trim') return [shown(`${kind} source ${rangeText(first, end)}`)];
    const asked = this.#scenario.guest.filter(
      (g) => g.kind === 'discard' && g.first === first && this.#isUnderWay(g.id) && !this.#sentDiscards.has(g.id),
    );
    const whole = asked.find(({ count }) => first + count === end) ?? asked[0];
    if (whole === undefined) return [];
    this.#sentDiscards.add(whole.id);
    return [shown(`trim source ${rangeText(first, first + whole.count)}`)];
  }

  #told(text: string): string[] {
    const [event = '', ...words] = text.split(' ');
    if (event === 'ERROR') return [text];
    if (event !== 'COMPLETED' && event !== 'CANCELLED') return [];
    this.#hasEnded = true;
    if (event === 'CANCELLED' || words.length === 0) return [event];
    return [`COMPLETED ${words.join(' ') === 'No space left on device' ? 'ENOSPC' : 'EIO'}`];
  }

  /** A job that has failed is not finalized. */
  get #hasFailed(): boolean {
    return this.#schedule.some(({ saw }) => saw.split(', ').some((text) => text.startsWith('BLOCK_JOB_COMPLETED ')));
  }

  /** A request that has failed asks for nothing more: what comes to the disk where it was to go is another one's. */
  #isUnderWay(id: string): boolean {
    return this.#gates.has(gateOf(id, 'start')) && !this.#failed.has(id);
  }

  /** The requests of the model that are this one of the log's. */
  #piecesOf(id: string): GuestOperation[] {
    return this.#scenario.guest.filter((g) => isPieceOf(g.id, { id }));
  }

  // Places.

  /** The end is exclusive. */
  #sectorsOf(bytes: string): [first: number, end: number] {
    const [from, to] = bytes.split('-').map(Number) as [number, number];
    const size = CLUSTER_BYTES / this.#scenario.disk.clusterSectors;
    return [from / size, (to + 1) / size];
  }

  #clusterOf(sector: number): number {
    return Math.floor(sector / this.#clusterSectors);
  }

  #clustersOf({ first, names }: Stretch): Stretch[] {
    const parts: Stretch[] = [];
    for (let s = first; s < first + names.length;) {
      const end = Math.min(first + names.length, (this.#clusterOf(s) + 1) * this.#clusterSectors);
      parts.push({ first: s, names: names.slice(s - first, end - first) });
      s = end;
    }
    return parts;
  }

  #show(text: string): void {
    this.#moments.push([{ text, step: this.#step }]);
  }

  /** From now on the model may do it, unless it might before. */
  #gate(who: string, step: string): void {
    const gate = gateOf(who, step);
    if (!this.#gates.has(gate)) this.#gates.set(gate, this.#moments.length);
  }
}

/** What QEMU asked of a disk and was denied: by the step in which it asked, from 1, and its place there. Of equal ones the oldest. */
function askedInVain(schedule: readonly TraceStep[]): Set<string> {
  const open = new Map<string, string[]>();
  const failing = new Set<string>();
  schedule.forEach(({ who, what, saw }, i) => {
    const named = parseNamed(what);
    const texts = saw.split(', ');
    if (named !== null && named.phase !== 'done') {
      const asked = open.get(`${who} ${named.kind} ${named.bytes}`)?.shift();
      if (asked !== undefined && ERRNOS.some((errno) => texts.includes(errno))) failing.add(asked);
    }
    texts.forEach((text, at) => open.set(text, [...(open.get(text) ?? []), `${i + 1} ${at}`]));
  });
  return failing;
}

/** Null: it is no request that we hold. */
function parseNamed(what: string): Named | null {
  const [, kind, phase, bytes = ''] = /^(read|write|zero|trim|flush|status)\.(took|land|done)(?: (\d+-\d+))?$/.exec(what) ?? [];
  return kind === undefined || phase === undefined ? null : { kind, phase, bytes };
}
