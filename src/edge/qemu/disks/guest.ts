/** The guest, and the readers of the point in time: requests of a scenario as NBD requests on QEMU's exports. */
import type { GuestKind } from '../../../../model/block/guest.ts';
import type { Contents } from '../../../../model/block/content.ts';
import type { GuestOperation } from '../../../../model/scenario/scenario.ts';
import type { NbdAnswer, NbdClient } from '../nbd/client.ts';
import { Command } from '../nbd/wire.ts';
import { fillSector } from './pattern.ts';

const COMMANDS: Readonly<Record<Exclude<GuestKind, 'savevm'>, number>> = {
  write: Command.write,
  zero: Command.writeZeroes,
  discard: Command.trim,
  read: Command.read,
  readT0: Command.read,
  flush: Command.flush,
};

/** A request of the guest on its way. */
export class GuestRun {
  readonly operation: GuestOperation;
  readonly index: number;
  state: 'waiting' | 'under way' | 'ended' | 'left out' = 'waiting';
  /** By the case's count of steps. */
  issuedAt = Infinity;
  endedAt = Infinity;
  answer: NbdAnswer | null = null;

  constructor(operation: GuestOperation, index: number) {
    this.operation = operation;
    this.index = index;
  }

  get hasEnded(): boolean {
    return this.state === 'ended' || this.state === 'left out';
  }

  get hasFailed(): boolean {
    return this.answer !== null && this.answer.error !== 0;
  }

  covers(sector: number): boolean {
    const { first, count } = this.operation;
    return sector >= first && sector < first + count;
  }

  issue(client: NbdClient, contents: Contents, sectorBytes: number, answered: () => void): void {
    const { kind, first, count } = this.operation;
    if (kind === 'savevm') throw new Error('there is no machine whose state could be saved'); // draw.ts leaves it out
    const data = kind === 'write' ? this.dataOf(contents, sectorBytes) : null;
    this.state = 'under way';
    client.request(
      COMMANDS[kind],
      first * sectorBytes,
      count * sectorBytes,
      (answer) => {
        this.answer = answer;
        answered();
      },
      data,
    );
  }

  /** What a write writes. */
  dataOf(contents: Contents, sectorBytes: number): Buffer {
    const { first, count } = this.operation;
    const data = Buffer.alloc(count * sectorBytes);
    for (let i = 0; i < count; i++)
      fillSector(data.subarray(i * sectorBytes, (i + 1) * sectorBytes), contents.byGuest(this.index, first + i));
    return data;
  }
}
