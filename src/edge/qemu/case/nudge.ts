/**
 * QEMU's NBD client, since 7.0, may leave a reply unheeded until the next one comes on the same connection: the
 * coroutine that it is for waits for a mutex that was handed to another, which waits for a reply of its own
 * (block/nbd.c, `nbd_recv_coroutines_wake`; commit a80a9a1c73). So after each reply QEMU is made to read a
 * little behind the end of the same disk, which is answered at once, until nothing new comes of it. The answer of such a nudge may
 * be left unheeded itself, until the next one's: where older requests of the connection wait, it always is.
 */
import type { Daemon } from '../daemon/daemon.ts';
import type { Disk, DiskName } from '../disks/disks.ts';
import type { NbdClient } from '../nbd/client.ts';
import { Command } from '../nbd/wire.ts';
import { BLOCK_BYTES } from '../disks/pattern.ts';

/** One nudge may be left unheeded. Of so many QEMU has read none: it drains. */
const UNHEEDED = 2;

export class Nudges {
  readonly #daemon: Daemon;
  readonly #clients = new Map<DiskName, NbdClient>();
  /** How many nudges QEMU has not answered. */
  readonly #waiting = new Map<DiskName, number>();
  readonly #seen: () => number;

  /** @param seen counts what QEMU does otherwise */
  constructor(daemon: Daemon, seen: () => number) {
    this.#daemon = daemon;
    this.#seen = seen;
  }

  add(disk: Disk, client: NbdClient): void {
    this.#clients.set(disk.name, client);
  }

  /** Waits until QEMU has made all it can of what it was told. @param disk on which it has got a reply; null: none */
  async settle(disk: Disk | null): Promise<void> {
    await this.#daemon.rest();
    const client = disk === null ? undefined : this.#clients.get(disk.name);
    if (disk === null || client === undefined) return;
    for (let before = ''; before !== this.#state(disk) && this.#waitingOn(disk) < UNHEEDED;) {
      before = this.#state(disk);
      this.#send(disk, client);
      await this.#daemon.rest();
    }
  }

  #state = (disk: Disk): string => `${this.#seen()} ${this.#waitingOn(disk)}`;
  #waitingOn = ({ name }: Disk): number => this.#waiting.get(name) ?? 0;

  #send(disk: Disk, client: NbdClient): void {
    this.#waiting.set(disk.name, this.#waitingOn(disk) + 1);
    client.request(Command.read, disk.bytes, BLOCK_BYTES, () => this.#waiting.set(disk.name, this.#waitingOn(disk) - 1));
  }
}
