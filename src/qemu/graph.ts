/**
 * QEMU's graph of a case: our disks under a source and a target, and its own exports over them. Names carry the
 * case's number, so that one process can run case after case; nothing that is seen of a case does.
 */
import type { Scenario } from '../../model/scenario.ts';
import type { Daemon } from './daemon.ts';
import type { Disk, DiskName, Disks } from './disks.ts';
import type { NbdClient } from './nbd-client.ts';
import type { NbdRequest } from './nbd-server.ts';
import { capacityOf, writeQcow2 } from './qcow2.ts';

export interface Ears {
  /** A request of QEMU on one of the disks. */
  readonly request: (disk: DiskName, request: NbdRequest) => void;
}

const LOOK_CLUSTER_BYTES = 65_536;

export class Graph {
  readonly #daemon: Daemon;
  readonly #number: number;
  readonly #ears: Ears;
  readonly #nodes: string[] = [];
  readonly #exports: string[] = [];
  readonly #ours: string[] = [];
  readonly #clients: NbdClient[] = [];

  constructor(daemon: Daemon, number: number, ears: Ears) {
    this.#daemon = daemon;
    this.#number = number;
    this.#ears = ears;
  }

  /** A name in this case. */
  named = (what: string): string => `${what}${this.#number}`;

  /** Opens the disks. The target of NONE lies over the live source, that of TOP over what the source lies over. */
  async open(disks: Disks, { mode }: Scenario): Promise<void> {
    if (disks.base !== null) await this.#openDisk(disks.base, null);
    const base = disks.base === null ? null : this.named('base');
    await this.#openDisk(disks.source, base);
    await this.#openDisk(disks.target, mode === 'none' ? this.named('source') : mode === 'top' ? base : null);
  }

  /** A client of one of QEMU's exports, on a node. */
  async client(node: string, writable: boolean): Promise<NbdClient> {
    const name = `on-${node}`;
    await this.#daemon.qmp.call('block-export-add', { 'type': 'nbd', 'id': name, 'node-name': node, name, writable });
    this.#exports.push(name);
    const client = await this.#daemon.connect(name);
    this.#clients.push(client);
    return client;
  }

  /** A client of whatever shows the bytes behind the end of a disk, over the very connection that the disk has. */
  async lookBehind(disk: Disk): Promise<NbdClient> {
    const protocol = this.named(`${disk.name}-p`);
    if (disk.format === 'raw') return this.client(protocol, false);
    // An export does not share the right to resize, which qcow2 wants of its file; the backing file of an overlay does.
    const bytes = disk.image.length;
    const overlay = Buffer.alloc(capacityOf(0, LOOK_CLUSTER_BYTES) + LOOK_CLUSTER_BYTES * Math.ceil(bytes / LOOK_CLUSTER_BYTES / 8192));
    writeQcow2(overlay, { bytes, clusterBytes: LOOK_CLUSTER_BYTES, cluster: () => null });
    const name = this.#serve(`${disk.name}-look`, overlay, true, (request) => request.reply(overlay.subarray(request.offset, request.offset + request.length)));
    const node = this.named(`${disk.name}-look`);
    await this.#add({ 'driver': 'qcow2', 'node-name': node, 'read-only': true, 'file': this.#nbd(name, null), 'backing': protocol });
    return this.client(node, false);
  }

  /** Takes all of it away again. QEMU may still write to the disks while it closes them, and must be answered at once. */
  async close(): Promise<void> {
    const { qmp } = this.#daemon;
    for (const client of this.#clients) this.#daemon.disconnect(client);
    for (const id of this.#exports) await qmp.call('block-export-del', { id, mode: 'hard' });
    for (const name of this.#nodes.toReversed()) await this.#delete(name);
    for (const name of this.#ours) this.#daemon.server.exports.delete(name);
  }

  /** An export that was deleted lets go of its node a little later. */
  async #delete(node: string): Promise<void> {
    const { qmp } = this.#daemon;
    for (let tries = 0; ; tries++) {
      try {
        await qmp.call('blockdev-del', { 'node-name': node });
        return;
      } catch (error) {
        if (tries >= DELETE_TRIES_MAX || this.#daemon.ended !== null) throw error;
        await this.#daemon.rest();
      }
    }
  }

  async #openDisk(disk: Disk, backing: string | null): Promise<void> {
    const [node, protocol] = [this.named(disk.name), this.named(`${disk.name}-p`)];
    const readOnly = disk.name === 'base';
    const name = this.#serve(disk.name, disk.image, readOnly, (request) => this.#ears.request(disk.name, request));
    await this.#add({ ...this.#nbd(name, protocol), ...(readOnly ? { 'read-only': true } : { discard: 'unmap' }) });
    const common = { 'node-name': node, 'file': protocol, ...(readOnly ? { 'read-only': true } : { discard: 'unmap' }) };
    await this.#add(disk.format === 'raw' ? { driver: 'raw', size: disk.bytes, ...common } : { driver: 'qcow2', backing, ...common });
  }

  #nbd(exportName: string, node: string | null): object {
    return { driver: 'nbd', server: { type: 'unix', path: this.#daemon.disks }, export: exportName, ...(node === null ? {} : { 'node-name': node }) };
  }

  #serve(what: string, image: Buffer, readOnly: boolean, request: (request: NbdRequest) => void): string {
    const name = this.named(what);
    this.#daemon.server.exports.set(name, { bytes: image.length, readOnly, request });
    this.#ours.push(name);
    return name;
  }

  async #add(options: object): Promise<void> {
    await this.#daemon.qmp.call('blockdev-add', options);
    this.#nodes.push((options as { 'node-name': string })['node-name']);
  }
}

const DELETE_TRIES_MAX = 1_000;
