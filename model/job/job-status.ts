/** What the job tells the world: its state, its progress, its error events. Observers watch these cells. */
import { type BlockError, NO_ERROR } from '../block/errors.ts';
import type { World } from '../kernel/world.ts';

/**
 * Where the job stands, as its events tell. `active`: the point in time has been taken. `refused`:
 * the command said no, and there is no job.
 */
export const JobState = { created: 0, active: 1, completed: 2, cancelled: 3, refused: 4 } as const;
export type JobState = (typeof JobState)[keyof typeof JobState];

/** What the job did about an error (QEMU: BlockErrorAction, in the event BLOCK_JOB_ERROR). */
export const ErrorAction = { none: 0, report: 1, ignore: 2, stop: 3 } as const;
export type ErrorAction = (typeof ErrorAction)[keyof typeof ErrorAction];

/** QEMU: BlockDeviceIoStatus. */
export const IoStatus = { ok: 0, failed: 1, nospace: 2 } as const;
export type IoStatus = (typeof IoStatus)[keyof typeof IoStatus];

const STATE = 0;
const ERROR = 1; // in the event COMPLETED
const OFFSET = 2; // sectors done
const EVENTS = 3; // how many BLOCK_JOB_ERROR so far, and the latest: ...
const EVENT_ACTION = 4;
const EVENT_ERROR = 5;
const IO_STATUS = 6;
const GIVEN_UP = 7; // 1 once the job has declared that the backup does not show its point in time any more
const STATUS_CELLS = 8;

export class JobStatus {
  /** The first of its cells, all of them watched. */
  readonly cell: number;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    this.cell = world.alloc('job.status', STATUS_CELLS, 'restart'); // told to who is at the monitor, who remembers it
  }

  get stateCell(): number {
    return this.cell + STATE;
  }
  get offsetCell(): number {
    return this.cell + OFFSET;
  }
  get eventsCell(): number {
    return this.cell + EVENTS;
  }
  /** The cells whose change an observer of errors must see. */
  get errorCells(): readonly number[] {
    return [this.cell + ERROR, this.cell + EVENTS, this.cell + EVENT_ACTION, this.cell + EVENT_ERROR, this.cell + IO_STATUS];
  }

  get state(): JobState {
    return this.#world.read(this.cell + STATE) as JobState;
  }
  setState(state: JobState): void {
    this.#world.write(this.cell + STATE, state);
  }

  /** So many sectors more are done. */
  advance(sectors: number): void {
    this.#world.move(this.cell + OFFSET, this.cell + OFFSET, sectors);
  }

  /** COMPLETED will tell of the error in this cell, if there is one. */
  setErrorFrom(cell: number): void {
    this.#world.move(this.cell + ERROR, cell);
  }

  /** BLOCK_JOB_ERROR. */
  tell(action: ErrorAction, error: BlockError): void {
    this.#world.move(this.cell + EVENTS, this.cell + EVENTS, 1);
    this.#world.write(this.cell + EVENT_ACTION, action);
    this.#world.write(this.cell + EVENT_ERROR, error);
  }

  setIoStatus(status: IoStatus): void {
    this.#world.write(this.cell + IO_STATUS, status);
  }

  /** The backup does not show its point in time any more, and never will again (QEMU: `on-cbw-error=break-snapshot`). */
  giveUp(): void {
    this.#world.write(this.givenUpCell, 1);
  }
  get isGivenUp(): boolean {
    return !this.#world.isZero(this.givenUpCell);
  }
  get givenUpCell(): number {
    return this.cell + GIVEN_UP;
  }

  // For observers.

  get isGivenUpSeen(): boolean {
    return this.#world.cells[this.givenUpCell] === 1;
  }
  get stateSeen(): JobState {
    return this.#world.cells[this.cell + STATE] as JobState;
  }
  get errorSeen(): BlockError {
    return this.#world.cells[this.cell + ERROR]!;
  }
  get offsetSeen(): number {
    return this.#world.cells[this.cell + OFFSET]!;
  }
  get eventsSeen(): number {
    return this.#world.cells[this.cell + EVENTS]!;
  }
  get ioStatusSeen(): IoStatus {
    return this.#world.cells[this.cell + IO_STATUS] as IoStatus;
  }
  /** The latest error event; `error` is NO_ERROR if there was none. */
  get eventSeen(): { action: ErrorAction; error: BlockError } {
    const { cells } = this.#world;
    return { action: cells[this.cell + EVENT_ACTION] as ErrorAction, error: cells[this.cell + EVENT_ERROR] ?? NO_ERROR };
  }
}
