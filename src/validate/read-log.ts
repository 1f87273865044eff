/**
 * From the trace of a real run to its log. What is brought into another form on the way, and why it stays the same log:
 *
 *   - An I/O over several clusters is one I/O of each, in ascending order: the model copies a cluster at a time. Of
 *     a copy's read the later clusters are taken just before they are stored: nobody may change them meanwhile,
 *     and what was taken is compared all the same.
 *   - A cluster of zeroes is not read but told by its block status: what a copy takes of such a one is not shown.
 *   - QEMU cuts a discard at 4 KiB. It begins with its first piece, is over with its last, and the model may discard
 *     in between whenever it likes.
 *   - In a format's file only data says where it belongs. Zeroes there, and metadata, are not shown.
 */
import type { Scenario } from '../../model/scenario/scenario.ts';
import type { Trace, TraceStep } from '../trace/format.ts';
import { FILTER, asTheModelRuns } from './comparable.ts';
import { type Stretch, parseStretch } from './contents-text.ts';
import {
  CLUSTER_BYTES,
  EVERYBODY,
  type LogEvent,
  type Moment,
  type RunLog,
  gateOf,
  isAllZero,
  landText,
  rangeText,
  tookText,
} from './log.ts';

/** @param trace of a real QEMU, which is comparable (comparable.ts) */
export function readLog({ scenario, schedule, verdict }: Pick<Trace, 'scenario' | 'schedule' | 'verdict'>): RunLog {
  return new Reader(scenario, schedule).read(verdict === null);
}

/** A request of QEMU as a step names it: `read.took 0-65535`. */
interface Named {
  readonly kind: string;
  readonly phase: string;
  readonly bytes: string;
}

class Reader {
  readonly #schedule: readonly TraceStep[];
  readonly #scenario: Scenario;
  readonly #isFiltered: boolean;
  readonly #isRaw: Readonly<Record<string, boolean>>;
  readonly #moments: Moment[] = [];
  readonly #gates = new Map<string, number>();
  /** Clusters that a copy has taken together with an earlier one, and what it took. */
  readonly #deferred = new Map<number, string>();
  /** Of data in a format's file: by disk and place in the file, what was put there. */
  readonly #placed = new Map<string, Stretch>();
  /** Discards of which the first piece has come to the disk, and those of which the last is over. */
  readonly #sentDiscards = new Set<string>();
  readonly #wroteDiscards = new Set<string>();
  /** T0 has been. */
  #hasBegun = false;
  #step = 0;

  constructor(scenario: Scenario, schedule: readonly TraceStep[]) {
    this.#scenario = asTheModelRuns(scenario, schedule);
    this.#schedule = schedule;
    this.#isFiltered = schedule.some(({ who, what }) => who === 'user' && what === FILTER);
    this.#isRaw = { source: scenario.disk.overlay === undefined, target: scenario.targetClusterSectors === 0, base: true };
  }

  /** @param isWhole whether the run came to its end, at which all have ended */
  read(isWhole: boolean): RunLog {
    for (const step of this.#schedule) {
      this.#step++;
      this.#did(step);
      const made = step.saw.split(', ').flatMap((text) => this.#made(text));
      if (made.length > 0) this.#moments.push(made);
    }
    if (isWhole) this.#moments.push([{ text: 'all is over', step: this.#step, ended: EVERYBODY }]);
    return { scenario: this.#scenario, moments: this.#moments, gates: this.#gates, isFiltered: this.#isFiltered };
  }

  // What we did.

  #did({ who, what, saw }: TraceStep): void {
    if (who === 'user' || who === 'operator') {
      this.#hasBegun ||= what === FILTER;
      if (what === FILTER) this.#show('T0');
      else if (!what.startsWith('start ')) this.#gates.set(gateOf(who, what === 'stop' ? 'cancel' : what), this.#moments.length);
      return;
    }
    const named = parseNamed(what);
    if (named === null) return void this.#gates.set(gateOf(who, 'start'), this.#moments.length);
    const stretch = saw
      .split(', ')
      .map(parseStretch)
      .find((found) => found !== null);
    if (named.phase === 'took' && stretch !== undefined && who !== 'base') this.#took(who, named, stretch);
    if (named.kind === 'trim') this.#trimmed(who, named);
    else if (named.phase === 'land' && stretch !== undefined) this.#landed(who, named, stretch);
    else if (named.phase === 'done') this.#replied(who, named);
  }

  #took(disk: string, named: Named, stretch: Stretch): void {
    const isCopys = disk === 'source' && !this.#isForGuest(disk, named, stretch);
    this.#clustersOf(stretch).forEach((part, i) => {
      const isShown = !isAllZero(part.names) || (disk === 'source' && this.#isRaw[disk] === true && !isCopys);
      const text = tookText(disk, part.first, part.names);
      if (!isShown) return;
      if (isCopys && i > 0) this.#deferred.set(this.#clusterOf(part.first), text);
      else this.#show(text);
    });
  }

  /**
   * Whether a read is one of the guest, or of a reader. A copy reads whole clusters; where both could be, it is the
   * guest's or the reader's if their request ends when the reply has come.
   */
  #isForGuest(disk: string, { kind, bytes }: Named, { first, names }: Stretch): boolean {
    const end = first + names.length;
    const before = this.#schedule.slice(0, this.#step);
    const told = (steps: readonly TraceStep[], id: string): boolean => steps.some(({ saw }) => saw.split(', ').includes(`${id} ok`));
    const mayBe = this.#scenario.guest.filter(
      (g) =>
        (g.kind === 'read' || g.kind === 'readT0') &&
        g.first <= first &&
        end <= g.first + g.count &&
        before.some(({ who }) => who === g.id) &&
        !told(before, g.id),
    );
    if (mayBe.length === 0) return false;
    const { clusterSectors, sectors } = this.#scenario.disk;
    const isOfClusters = first % clusterSectors === 0 && (end % clusterSectors === 0 || end === sectors);
    if (!isOfClusters || !this.#hasBegun) return true;
    const reply = this.#schedule.slice(this.#step).find(({ who, what }) => who === disk && what === `${kind}.done ${bytes}`);
    return reply !== undefined && mayBe.some(({ id }) => told([reply], id));
  }

  #landed(disk: string, { bytes }: Named, stretch: Stretch): void {
    this.#placed.set(`${disk} ${bytes}`, stretch);
    if (disk === 'source' && this.#isRaw[disk] !== true) return this.#landedOnOverlay(stretch);
    this.#shownParts(disk, stretch).forEach((part, i, parts) => {
      if (disk === 'target') this.#beforeStored(part, i === 0 ? null : parts[i - 1]!);
      this.#show(landText(disk, part.first, part.names));
    });
  }

  /** The cluster before it has been stored, this one taken, and the target was asked to keep it. */
  #beforeStored(part: Stretch, before: Stretch | null): void {
    if (before !== null) this.#show(`stored target ${rangeText(before.first, before.first + before.names.length)}`);
    this.#takeDeferred(part.first).forEach((text) => this.#show(text));
    if (before !== null && this.#isRaw['target'] === true)
      this.#show(`store target ${rangeText(part.first, part.first + part.names.length)}`);
  }

  /** A stretch by clusters, without those that nobody can see. */
  #shownParts(disk: string, stretch: Stretch): Stretch[] {
    return this.#clustersOf(stretch).filter(({ names }) => this.#isRaw[disk] === true || !isAllZero(names));
  }

  #takeDeferred(sector: number): string[] {
    const cluster = this.#clusterOf(sector);
    const text = this.#deferred.get(cluster);
    this.#deferred.delete(cluster);
    return text === undefined ? [] : [text];
  }

  /**
   * The guest's write has passed the hook, at the latest. From here on, until the guest is told, nobody can say what the
   * overlay shows: the model may let it land at any time.
   */
  #landedOnOverlay({ names }: Stretch): void {
    for (const { id, first, count } of this.#scenario.guest) {
      const gate = gateOf(id, 'write.land');
      if (this.#gates.has(gate) || !names.some((name) => name.endsWith(`.${id}`))) continue;
      this.#show(`write source ${rangeText(first, first + count)}`);
      this.#gates.set(gate, this.#moments.length);
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
    for (const { id } of phase === 'land' ? mayBe : [])
      if (!this.#gates.has(gateOf(id, 'discard.land'))) this.#gates.set(gateOf(id, 'discard.land'), this.#moments.length);
    if (phase !== 'done' || end !== whole.first + whole.count) return;
    this.#wroteDiscards.add(whole.id);
    this.#show(`wrote source ${rangeText(whole.first, end)}`);
  }

  #replied(disk: string, { kind, bytes }: Named): void {
    if (kind !== 'write' && kind !== 'zero') return;
    if (disk === 'source') {
      if (this.#isRaw[disk] === true) this.#show(`wrote source ${rangeText(...this.#sectorsOf(bytes))}`);
      return;
    }
    const placed = this.#placed.get(`${disk} ${bytes}`);
    this.#placed.delete(`${disk} ${bytes}`);
    const last = placed === undefined ? undefined : this.#shownParts(disk, placed).at(-1);
    if (last !== undefined) this.#show(`stored target ${rangeText(last.first, last.first + last.names.length)}`);
  }

  // What QEMU made of it.

  #made(text: string): LogEvent[] {
    const shown = (what: string): LogEvent => ({ text: what, step: this.#step });
    if (text === 'started') {
      this.#hasBegun = true;
      return [shown('T0')];
    }
    if (text.startsWith('BLOCK_JOB_COMPLETED')) return [shown(text.replace('BLOCK_JOB_', ''))];
    if (text === 'BLOCK_JOB_CANCELLED') return [shown('CANCELLED')];
    const [who = '', kind = '', bytes = ''] = text.split(' ');
    if (kind === 'ok' && this.#scenario.guest.some(({ id }) => id === who)) return [{ ...shown(text), ended: who }];
    if (this.#isRaw[who] !== true || who === 'base') return [];
    if (kind !== 'write' && kind !== 'zero' && kind !== 'trim') return [];
    const [first, end] = this.#sectorsOf(bytes);
    if (who === 'target') return this.#asked(first, end).map(shown);
    if (kind !== 'trim') return [shown(`${kind} source ${rangeText(first, end)}`)];
    const whole = this.#scenario.guest.find((g) => g.kind === 'discard' && g.first === first && !this.#sentDiscards.has(g.id));
    if (whole === undefined) return [];
    this.#sentDiscards.add(whole.id);
    return [shown(`trim source ${rangeText(first, first + whole.count)}`)];
  }

  /** A raw target is asked to keep some clusters, of which the first comes first. */
  #asked(first: number, end: number): string[] {
    const [part] = this.#clustersOf({ first, names: Array<string>(end - first).fill('') });
    return [...this.#takeDeferred(first), `store target ${rangeText(first, first + part!.names.length)}`];
  }

  // Places.

  /** The end is exclusive. */
  #sectorsOf(bytes: string): [first: number, end: number] {
    const [from, to] = bytes.split('-').map(Number) as [number, number];
    const size = CLUSTER_BYTES / this.#scenario.disk.clusterSectors;
    return [from / size, (to + 1) / size];
  }

  #clusterOf(sector: number): number {
    return Math.floor(sector / this.#scenario.disk.clusterSectors);
  }

  #clustersOf({ first, names }: Stretch): Stretch[] {
    const parts: Stretch[] = [];
    const { clusterSectors } = this.#scenario.disk;
    for (let s = first; s < first + names.length;) {
      const end = Math.min(first + names.length, (this.#clusterOf(s) + 1) * clusterSectors);
      parts.push({ first: s, names: names.slice(s - first, end - first) });
      s = end;
    }
    return parts;
  }

  #show(text: string): void {
    this.#moments.push([{ text, step: this.#step }]);
  }
}

/** Null: it is no request that we hold. */
function parseNamed(what: string): Named | null {
  const [, kind, phase, bytes = ''] = /^(read|write|zero|trim|flush|status)\.(took|land|done)(?: (\d+-\d+))?$/.exec(what) ?? [];
  return kind === undefined || phase === undefined ? null : { kind, phase, bytes };
}
