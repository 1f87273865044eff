/** What the disks hold after a step, as a table: a column for each sector, a row for each disk and for what the oracle says. */
import { type Content, ZERO } from '../../model/block/content.ts';
import type { Image } from '../../model/block/image.ts';
import { Requester } from '../../model/block/requester.ts';
import { roleOf } from '../../model/meaning.ts';
import { CLAIMED, COPIED, FREED, SKIPPED } from '../../model/job/bitmap.ts';
import { JobState } from '../../model/job/job-status.ts';
import { NO_ERROR } from '../../model/block/errors.ts';
import type { Machine } from '../../model/machine/machine.ts';
import type { BackupPlace } from '../../properties/snapshot-kept.ts';
import { type Column, columnsOf } from './columns.ts';
import { type Carried, carriedAt } from './carried.ts';
import type { Run } from './run.ts';

/**
 * old    what the disk showed at T0          new    written since
 * zero   zeroes                              other  what no guest has written and the disk never showed
 * hole   nothing here: it is read from elsewhere       none   there is no such place
 */
export type CellKind = 'old' | 'new' | 'zero' | 'other' | 'hole' | 'none' | 'note';

export interface Cell {
  readonly text: string;
  readonly kind: CellKind;
  /** What should be here; null: it is not wrong. */
  readonly want: string | null;
  /** Where it is read from, if not here. */
  readonly from: string | null;
  /** Of the row `carried`: what is on its way, each by itself. */
  readonly chips?: readonly Chip[];
}

export interface Chip {
  /**
   * `↑ s0.g1`: what g1 writes, on its way to the source above; `g1 ↓ s0@0`: what g1 copies, to the target below; `g1 ↓ …`: what its copy
   * has asked the disk for, and has not got yet.
   */
  readonly text: string;
  readonly to: Carried['to'];
  readonly kind: CellKind;
}

/** Where the backup is read from, but in the target. */
const PLACES: Readonly<Record<Exclude<BackupPlace, 'target'>, string>> = {
  base: 'the backing file',
  previous: 'the backup before',
  source: 'the source',
};

export const ROWS = [
  'source',
  'backing',
  'hook',
  'carried',
  'target',
  'bit',
  'in flight',
  'disk at T0',
  'backup shows',
  'target alone',
] as const;
export type RowName = (typeof ROWS)[number];

export interface GridRow {
  readonly name: RowName;
  /** One for each sector shown; of `bit` and `in flight` one for each cluster; of `hook` one. */
  readonly cells: readonly Cell[];
}

export interface Grid {
  /** The clusters that are shown, with their sectors. */
  readonly columns: readonly Column[];
  /** Of how many sectors. */
  readonly sectors: number;
  readonly rows: readonly GridRow[];
  readonly promise: string;
  /** Whether what the backup shows is promised now. */
  readonly isPromised: boolean;
}

const note = (text: string): Cell => ({ text, kind: 'note', want: null, from: null });
const NOTHING: Cell = { text: 'nothing', kind: 'hole', want: null, from: null };
const NONE: Cell = { text: '', kind: 'none', want: null, from: null };
const BITS: Record<number, string> = { 0: '0', [COPIED]: '1', [SKIPPED]: 'skip', [FREED]: 'freed', [CLAIMED]: 'busy' };

/** Of a run as it was after so many steps. */
export function gridOf(run: Run, n: number): Grid {
  run.show(n);
  const { machine } = run;
  const look = new Look(run);
  const rows: GridRow[] = [
    { name: 'source', cells: look.eachSector((s) => look.layer(machine.source, s)) },
    ...(machine.base === null ? [] : [{ name: 'backing', cells: look.eachSector((s) => look.layer(machine.base!, s)) } as const]),
    { name: 'hook', cells: [note(machine.world.cells[machine.sourceNode.hook.cell] === 1 ? 'on' : 'off')] },
    { name: 'carried', cells: look.eachSector(look.carried()) },
    { name: 'target', cells: look.eachSector((s) => look.target(s)) },
    { name: 'bit', cells: look.eachCluster((c) => note(BITS[machine.world.cells[machine.job.copied.cellOf(c)]!]!)) },
    { name: 'in flight', cells: look.eachCluster((c) => note(inFlight(machine, c))) },
    { name: 'disk at T0', cells: look.eachSector((s) => look.diskAtT0(s)) },
    { name: 'backup shows', cells: look.eachSector((s) => look.backup(s)) },
    { name: 'target alone', cells: look.eachSector((s) => look.alone(s)) },
  ];
  return { columns: look.columns, sectors: machine.shape.sectors, rows, promise: promiseWords(run, n), isPromised: look.isPromised };
}

class Look {
  readonly columns: readonly Column[];
  readonly #machine: Machine;
  readonly #run: Run;
  readonly #hasT0: boolean;
  readonly #isCompleted: boolean;

  constructor(run: Run) {
    this.#run = run;
    this.#machine = run.machine;
    this.columns = columnsOf(run);
    const { stateSeen, errorSeen } = run.machine.job.status;
    this.#hasT0 = stateSeen !== JobState.created && stateSeen !== JobState.refused;
    this.#isCompleted = stateSeen === JobState.completed && errorSeen === NO_ERROR;
  }

  get isPromised(): boolean {
    return this.#run.properties.snapshotKept.isOpen;
  }

  eachSector(cell: (sector: number) => Cell): Cell[] {
    return this.columns.flatMap(({ sectors }) => sectors.map(cell));
  }
  eachCluster(cell: (cluster: number) => Cell): Cell[] {
    return this.columns.map(({ cluster }) => cell(cluster));
  }

  /** What an image holds itself. */
  layer(image: Image, s: number): Cell {
    if (s >= image.sectors) return NONE;
    return image.isAllocatedAt(s)
      ? this.#content(s, image.contentAt(s))
      : { text: '··', kind: 'hole', want: null, from: image.backing === null ? 'zeroes' : 'the backing file' };
  }

  /** Data that has left one disk and not reached the other. */
  carried(): (sector: number) => Cell {
    const at = carriedAt(this.#run);
    return (s) => {
      const chips = at(s).map(({ who, to, content }): Chip => {
        const arrow = to === 'source' ? '↑' : '↓';
        if (content === null) return { text: `${who} ${arrow} …`, to, kind: 'hole' };
        // Its writer's name is in it.
        if (typeof content === 'string')
          return { text: `${content.endsWith(`.${who}`) ? '' : `${who} `}${arrow} ${content}`, to, kind: 'new' };
        return { text: `${who} ${arrow} ${this.#name(content)}`, to, kind: this.#kind(s, content) };
      });
      // What is only asked for changes nothing that a step has to be stopped at.
      return {
        ...note(
          chips
            .filter(({ kind }) => kind !== 'hole')
            .map(({ text }) => text)
            .join(' '),
        ),
        chips,
      };
    };
  }

  target(s: number): Cell {
    const { target } = this.#machine;
    if (s >= target.sectors) return NONE;
    if (target.isAllocatedAt(s) && (!target.isRaw || target.isWrittenAt(s))) return this.#content(s, target.contentAt(s));
    return {
      text: '··',
      kind: 'hole',
      want: null,
      from: target.backing === null ? null : target.backing === this.#machine.source ? 'the source' : 'the backing file',
    };
  }

  diskAtT0(s: number): Cell {
    return this.#hasT0 ? this.#content(s, this.#d0(s)) : note('?');
  }

  /** What a reader of the backup gets. After FULL's end there is only the target. */
  backup(s: number): Cell {
    if (!this.#hasT0) return note('?');
    const { snapshotKept } = this.#run.properties;
    const { content, place } = snapshotKept.shows(s);
    const shown = this.#isCompleted ? snapshotKept.showsAtEnd(s) : content;
    const cell = shown === null ? NOTHING : this.#content(s, shown);
    const from = this.#isCompleted || place === 'target' ? null : PLACES[place];
    return { ...cell, from, want: this.isPromised && shown !== this.#d0(s) ? this.#name(this.#d0(s)) : null };
  }

  /** What the target shows with nothing beneath it. */
  alone(s: number): Cell {
    const cell = this.target(s);
    return cell.kind === 'hole' ? NOTHING : cell;
  }

  #d0(s: number): Content {
    return this.#run.properties.snapshotKept.d0(s);
  }

  #name(content: Content): string {
    return content === ZERO ? '∅' : this.#machine.contentName(content);
  }

  #content(s: number, content: Content): Cell {
    return { text: this.#name(content), kind: this.#kind(s, content), want: null, from: null };
  }

  #kind(s: number, content: Content): CellKind {
    const { contents } = this.#machine;
    if (content === ZERO) return 'zero';
    if (this.#hasT0 ? content === this.#d0(s) : content === contents.atT0(s)) return 'old';
    return content >= contents.byGuest(0, 0) ? 'new' : 'other';
  }
}

/** Who copies a cluster, and who waits for that. */
function inFlight(machine: Machine, cluster: number): string {
  const copying: string[] = [];
  const waiting: string[] = [];
  for (const coroutine of machine.coroutines.alive()) {
    if (!(coroutine instanceof Requester) || coroutine.cowSeen.first > cluster || coroutine.cowSeen.end <= cluster) continue;
    (roleOf(coroutine.pending) === 'waitsForCopy' ? waiting : copying).push(machine.coroutineName(coroutine));
  }
  return [...copying, ...waiting.map((who) => `${who} waits`)].join(', ');
}

function promiseWords({ promise: { opened, closed }, machine }: Run, n: number): string {
  if (opened === null || n < opened) return 'the promise starts at T0';
  if (closed !== null && n >= closed) return `ended at step ${closed}: the backup need not show T0 any longer`;
  const { stateSeen, errorSeen } = machine.job.status;
  const isKept = stateSeen === JobState.completed && errorSeen === NO_ERROR;
  return isKept
    ? `the job has completed: the backup must keep showing T0`
    : `open since step ${opened}: the backup must show the disk at T0`;
}
