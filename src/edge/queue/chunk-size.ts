/** How many units go to a worker at once: about so many that it takes ten seconds, fewer where little is left. */
import { CHUNK_MAX } from './payload.ts';

/** Long enough that the way to a worker costs nothing, short enough that little is lost with one. */
const SECONDS = 10;
/** So many chunks a thread are left at least, so that none waits long for the last one. */
const CHUNKS_LEFT = 4;

export class ChunkSize {
  #left: number;
  #secondsPerUnit: number | null = null;

  /** @param units of the whole search */
  constructor(units: number) {
    this.#left = units;
  }

  /** @param threads of all workers together @returns units */
  now(threads: number): number {
    if (this.#secondsPerUnit === null) return 1;
    const fair = Math.ceil(this.#left / (threads * CHUNKS_LEFT));
    return Math.max(1, Math.min(CHUNK_MAX, Math.round(SECONDS / this.#secondsPerUnit), fair));
  }

  handedOut(units: number): void {
    this.#left = Math.max(0, this.#left - units);
  }

  took(seconds: number, units: number): void {
    const per = Math.max(seconds / units, 1e-6);
    this.#secondsPerUnit = this.#secondsPerUnit === null ? per : (this.#secondsPerUnit + per) / 2;
  }
}
