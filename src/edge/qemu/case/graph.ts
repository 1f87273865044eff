/**
 * QEMU's graph of a case: our disks under a source and a target, and its own exports over them. Names carry the
 * case's number, so that one process can run case after case; nothing that is seen of a case does.
 */
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import { syncOf } from '../../../../model/sync.ts';
import type { Daemon } from '../daemon/daemon.ts';
import type { Disk, DiskName, Disks } from '../disks/disks.ts';
import type { NbdClient } from '../nbd/client.ts';
import type { NbdRequest } from '../nbd/server.ts';
import { BITMAP } from './job.ts';
import type { Start } from './start.ts';
import { emptyBytesOf, writeQcow2 } from '../disks/qcow2.ts';

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

const LOOK_CLUSTER_BYTES = 4096;

export class Graph {
  readonly #daemon: Daemon;
  readonly #number: number;
  readonly #callbacks: GraphCallbacks;
  readonly #nodes: string[] = [];
  readonly #exports: string[] = [];
  readonly #ours: string[] = [];
  readonly #clients: NbdClient[] = [];
  /** Commands whose replies nobody has waited for yet. */
  readonly #ordered: Promise<unknown>[] = [];

  constructor(daemon: Daemon, callbacks: GraphCallbacks) {
    this.#daemon = daemon;
    this.#number = daemon.nextCase++;
    this.#callbacks = callbacks;
  }

  /** A name in this case. */
  named = (what: string): string => `${what}${this.#number}`;

  /** Opens the disks, with a filter if there is no job to bring its own. */
  async open(disks: Disks, { mode }: Scenario, { by, reads, onCbwError, bitmapMode, granularity }: Start): Promise<Exports> {
    const { beneath, readableWhileRunning } = syncOf(mode);
    const base = disks.base === null ? null : this.named('base');
    // Commands are carried out in the order in which they are sent; nobody needs to wait for each.
    const opened = [
      ...(disks.base === null ? [] : this.#openDisk(disks.base, null)),
      ...this.#openDisk(disks.source, base),
      ...this.#openDisk(disks.target, { nothing: null, backing: base, source: this.named('source') }[beneath]),
    ];
    if (bitmapMode !== null) opened.push(this.#order('block-dirty-bitmap-add', { node: this.named('source'), name: BITMAP, granularity }));
    if (by === 'filter')
      opened.push(
        this.#add({
          driver: 'copy-before-write',
          'node-name': this.named('filter'),
          file: this.named('source'),
          target: this.named('target'),
          discard: 'unmap',
          ...(onCbwError === 'break-snapshot' ? { 'on-cbw-error': onCbwError } : {}),
        }),
      );
    const snapshot = this.named(reads === 'snapshot-access' ? 'snapshot' : 'target');
    if (reads === 'snapshot-access')
      opened.push(this.#add({ driver: 'snapshot-access', 'node-name': snapshot, file: this.named('filter') }));
    const guest = this.#export(this.named(by === 'filter' ? 'filter' : 'source'), true);
    const reader = readableWhileRunning ? this.#export(snapshot, false) : null;
    const behind = this.#daemon.mayHoldAnswersBack ? disks.all.map((disk) => [disk, this.#exportBehind(disk)] as const) : [];
    await Promise.all([...opened, ...this.#ordered.splice(0)]);
    return {
      guest: await this.#connect(guest),
      reader: reader === null ? null : await this.#connect(reader),
      behind: new Map(await Promise.all(behind.map(async ([disk, name]) => [disk, await this.#connect(name)] as const))),
    };
  }

  async #order(command: string, args: object): Promise<void> {
    await this.#daemon.qmp.call(command, args);
  }

  /** Closes the target, so that its image holds all that it shows. */
  async closeTarget(): Promise<void> {
    await this.#delete(this.named('target'));
  }

  /** Opens it again. */
  async openTarget({ target }: Disks): Promise<void> {
    await this.#openFormat(target, null);
  }

  /** Orders an export of a node. @returns its name */
  #export(node: string, writable: boolean): string {
    const name = `on-${node}`;
    this.#exports.push(name);
    this.#ordered.push(this.#daemon.qmp.call('block-export-add', { type: 'nbd', id: name, 'node-name': node, name, writable }));
    return name;
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

  /** Orders an export of whatever shows the bytes behind the end of a disk, over the very connection that the disk has. */
  #exportBehind(disk: Disk): string {
    const protocol = this.named(`${disk.name}-p`);
    if (disk.format === 'raw') return this.#export(protocol, false);
    // An export does not share the right to resize, which qcow2 wants of its file; the backing file of an overlay does.
    const bytes = disk.image.length;
    const overlay = Buffer.alloc(emptyBytesOf(bytes, LOOK_CLUSTER_BYTES));
    writeQcow2(overlay, { bytes, clusterBytes: LOOK_CLUSTER_BYTES, cluster: () => null });
    const name = this.#serve(`${disk.name}-look`, overlay, true, (request) =>
      request.reply(overlay.subarray(request.offset, request.offset + request.length)),
    );
    const node = this.named(`${disk.name}-look`);
    this.#ordered.push(
      this.#add({ driver: 'qcow2', 'node-name': node, 'read-only': true, file: this.#nbd(name, null), backing: protocol }),
    );
    return this.#export(node, false);
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

  #openDisk(disk: Disk, backing: string | null): Promise<void>[] {
    const protocol = this.named(`${disk.name}-p`);
    const readOnly = disk.name === 'base';
    const name = this.#serve(disk.name, disk.image, readOnly, (request) => this.#callbacks.request(disk.name, request));
    return [this.#add({ ...this.#nbd(name, protocol), ...accessOf(disk) }), this.#openFormat(disk, backing)];
  }

  /** What makes a disk of the bytes. */
  async #openFormat(disk: Disk, backing: string | null): Promise<void> {
    const driver = disk.format === 'raw' ? { driver: 'raw', size: disk.bytes } : { driver: 'qcow2', backing };
    const common = { 'node-name': this.named(disk.name), file: this.named(`${disk.name}-p`) };
    await this.#add({ ...driver, ...common, ...accessOf(disk) });
  }

  #nbd(exportName: string, node: string | null): object {
    return {
      driver: 'nbd',
      server: { type: 'unix', path: this.#daemon.disks },
      export: exportName,
      ...(node === null ? {} : { 'node-name': node }),
    };
  }

  #serve(what: string, image: Buffer, readOnly: boolean, request: (request: NbdRequest) => void): string {
    const name = this.named(what);
    this.#daemon.server.exports.set(name, { bytes: image.length, readOnly, request });
    this.#ours.push(name);
    return name;
  }

  async #add(options: object): Promise<void> {
    this.#nodes.push((options as { 'node-name': string })['node-name']);
    await this.#daemon.qmp.call('blockdev-add', options);
  }
}

const accessOf = ({ name }: Disk): object => (name === 'base' ? { 'read-only': true } : { discard: 'unmap' });

const DELETE_TRIES_MAX = 1_000;
