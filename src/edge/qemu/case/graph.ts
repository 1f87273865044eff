/**
 * QEMU's graph of a case: carries out what `set-up.ts` says, and takes it away again. Names carry the case's number, so that one
 * process can run case after case; nothing that is seen of a case does.
 */
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import type { Daemon } from '../daemon/daemon.ts';
import type { Disk, DiskName, Disks } from '../disks/disks.ts';
import type { NbdClient } from '../nbd/client.ts';
import type { NbdRequest } from '../nbd/server.ts';
import { type Names, type QmpCommand, type Served, type SetUp, formatOf, setUpOf } from './set-up.ts';
import type { Start } from '../../../validate/start.ts';

export interface GraphCallbacks {
  /** A request of QEMU on one of the disks. */
  readonly request: (disk: DiskName, request: NbdRequest) => void;
}

/** Our clients of QEMU's exports. */
export interface Exports {
  readonly guest: NbdClient;
  /** Of the point in time; null: it can't be read yet. */
  readonly reader: NbdClient | null;
  /** By disk: whatever shows the bytes behind its end; none where QEMU takes up every answer at once. */
  readonly behind: ReadonlyMap<Disk, NbdClient>;
}

export class Graph {
  readonly #daemon: Daemon;
  readonly #number: number;
  readonly #callbacks: GraphCallbacks;
  readonly #nodes: string[] = [];
  readonly #exports: string[] = [];
  readonly #ours: string[] = [];
  readonly #clients: NbdClient[] = [];

  constructor(daemon: Daemon, callbacks: GraphCallbacks) {
    this.#daemon = daemon;
    this.#number = daemon.nextCase++;
    this.#callbacks = callbacks;
  }

  /** A name in this case. */
  named = (what: string): string => `${what}${this.#number}`;

  /** Opens the disks, with a filter if there is no job to bring its own. */
  async open(disks: Disks, scenario: Scenario, start: Start): Promise<Exports> {
    return this.carryOut(setUpOf(disks, scenario, start, this.names, this.#daemon.mayHoldAnswersBack));
  }

  /** Opens what a set-up says. */
  async carryOut({ served, commands, guest, reader, behind }: SetUp): Promise<Exports> {
    for (const one of served) this.#serve(one);
    await Promise.all(commands.map((command) => this.#order(command)));
    return {
      guest: await this.#connect(guest),
      reader: reader === null ? null : await this.#connect(reader),
      behind: new Map(await Promise.all([...behind].map(async ([disk, name]) => [disk, await this.#connect(name)] as const))),
    };
  }

  /** Closes the target, so that its image holds all that it shows. */
  async closeTarget(): Promise<void> {
    await this.#delete(this.named('target'));
  }

  /** Opens it again. */
  async openTarget({ target }: Disks): Promise<void> {
    await this.#order(formatOf(target, null, this.names));
  }

  get names(): Names {
    return { named: this.named, socket: this.#daemon.disks };
  }

  /**
   * A client of one of QEMU's exports, once all that was ordered is there: one that connects while a node is drained, as `blockdev-add`
   * does, is not told to be quiet, and the drain waits for it for ever (nbd/server.c, `nbd_drained_poll`; seen on 11.1.3: QEMU
   * runs in a circle and hears no command).
   */
  async #connect(name: string): Promise<NbdClient> {
    const client = await this.#daemon.connect(name);
    this.#clients.push(client);
    return client;
  }

  /** Takes all of it away again. QEMU may still write to the disks while it closes them, and must be answered at once. */
  async close(): Promise<void> {
    const { qmp } = this.#daemon;
    for (const client of this.#clients) this.#daemon.disconnect(client);
    await Promise.all(this.#exports.map((id) => qmp.call('block-export-del', { id, mode: 'hard' })));
    await this.#deleteNodes();
    for (const name of this.#ours) this.#daemon.server.exports.delete(name);
  }

  /** An export that was deleted lets go of its node a little later, and a node of what lies below it. */
  async #deleteNodes(): Promise<void> {
    for (let tries = 0; this.#nodes.length > 0; tries++) {
      const left = await Promise.allSettled(this.#nodes.toReversed().map(async (name) => this.#delete(name)));
      const failed = left.find((one) => one.status === 'rejected');
      if (failed !== undefined && (tries >= DELETE_TRIES_MAX || this.#daemon.ended !== null)) throw failed.reason;
      if (failed !== undefined) await this.#daemon.rest();
    }
  }

  async #delete(name: string): Promise<void> {
    await this.#daemon.qmp.call('blockdev-del', { 'node-name': name });
    this.#nodes.splice(this.#nodes.indexOf(name), 1);
  }

  #serve({ name, image, readOnly, disk }: Served): void {
    const atOnce = (request: NbdRequest): void => request.reply(image.subarray(request.offset, request.offset + request.length));
    const request = disk === null ? atOnce : (one: NbdRequest): void => this.#callbacks.request(disk, one);
    this.#daemon.server.exports.set(name, { bytes: image.length, readOnly, request });
    this.#ours.push(name);
  }

  async #order({ execute, arguments: args }: QmpCommand): Promise<void> {
    if (execute === 'blockdev-add') this.#nodes.push(args['node-name'] as string);
    if (execute === 'block-export-add') this.#exports.push(args['id'] as string);
    await this.#daemon.qmp.call(execute, args);
  }
}

const DELETE_TRIES_MAX = 1_000;
