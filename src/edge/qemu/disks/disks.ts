/**
 * A scenario's disks as bytes, in our memory: what QEMU opens as source, backing file and target. A sector of
 * the scenario is the backup's cluster of 64 KiB divided by `clusterSectors`.
 */
import { type Content, Contents, ZERO } from '../../../../model/block/content.ts';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import { BACKUP_CLUSTER_BYTES, BLOCK_BYTES, contentOf, fillSector } from './pattern.ts';
import { capacityOf, lookUp, writeQcow2 } from './qcow2.ts';

export type DiskName = 'source' | 'base' | 'target';

/** Behind the end of every disk: what QEMU is made to read as a sign of life (nudge.ts). */
export const PAD_BYTES = 65_536;

export interface Disk {
  readonly name: DiskName;
  readonly format: 'raw' | 'qcow2';
  /** What QEMU sees of it, at the end of which there are `PAD_BYTES` more. */
  readonly bytes: number;
  readonly image: Buffer;
}

export const sectorBytesOf = ({ disk }: Scenario): number => BACKUP_CLUSTER_BYTES / disk.clusterSectors;

/** A new image without a backing file that has nothing of its own. @param bytes of the disk */
export function emptyTarget(bytes: number, clusterBytes: number): Disk {
  const capacity = capacityOf(bytes, clusterBytes);
  const image = Buffer.alloc(capacity + PAD_BYTES);
  writeQcow2(image, { bytes, clusterBytes, cluster: () => null });
  return { name: 'target', format: 'qcow2', bytes: capacity, image };
}

/** More would only be slow: all of it lies in our memory. */
const DISK_BYTES_MAX = 2 ** 26;

/** Whether the scenario's sizes are ones that QEMU has. */
export function fits({ disk, targetClusterSectors }: Scenario): boolean {
  const sector = BACKUP_CLUSTER_BYTES / disk.clusterSectors;
  const isClusterSize = (bytes: number): boolean => Number.isInteger(Math.log2(bytes)) && bytes >= 512 && bytes <= 2 ** 21;
  const sizes = [targetClusterSectors, disk.overlay?.clusterSectors ?? 0].filter((sectors) => sectors > 0);
  return (
    disk.sectors > 0 &&
    disk.sectors * sector <= DISK_BYTES_MAX &&
    Number.isInteger(sector / BLOCK_BYTES) &&
    sizes.every((sectors) => isClusterSize(sectors * sector))
  );
}

export class Disks {
  readonly source: Disk;
  /** The source's backing file; null: it has none. */
  readonly base: Disk | null;
  readonly target: Disk;
  readonly contents: Contents;
  readonly sectorBytes: number;
  readonly #scenario: Scenario;
  readonly #hasBackup: boolean;

  /** @param hasBackup whether the target is a backup of what the disk shows before anybody has written to it */
  constructor(scenario: Scenario, hasBackup = false) {
    const { disk, targetClusterSectors } = scenario;
    const { overlay } = disk;
    this.#scenario = scenario;
    this.#hasBackup = hasBackup;
    this.contents = new Contents(disk.sectors);
    this.sectorBytes = sectorBytesOf(scenario);
    this.source =
      overlay === undefined
        ? this.#raw('source', disk.sectors, (s) => this.shownAtBegin(s))
        : this.#overlay(overlay.clusterSectors, (c) => this.#sourceCluster(c));
    this.base =
      overlay === undefined || overlay.baseSectors === null
        ? null
        : this.#raw('base', overlay.baseSectors, (s) => (this.#placeOf(s) === 'base' ? this.shownAtBegin(s) : this.contents.inBase(s)));
    this.target =
      targetClusterSectors === 0
        ? this.#raw('target', disk.sectors, (s) => (hasBackup ? this.shownAtBegin(s) : this.contents.inOldTarget(s)))
        : this.#qcow2('target', targetClusterSectors, (index) => (hasBackup ? this.#clusterAtBegin(index, targetClusterSectors) : null));
  }

  /** Puts a disk's bytes back to what they were before QEMU opened it. */
  asInTheBeginning(name: DiskName): void {
    const fresh = new Disks(this.#scenario, this.#hasBackup).all.find((disk) => disk.name === name)!;
    fresh.image.copy(this.all.find((disk) => disk.name === name)!.image);
  }

  get all(): Disk[] {
    return [this.source, ...(this.base === null ? [] : [this.base]), this.target];
  }

  /** What the disk shows before anybody has written to it. */
  shownAtBegin(sector: number): Content {
    const { disk } = this.#scenario;
    const place = this.#placeOf(sector);
    if (place === 'zero' || disk.zero.includes(sector)) return ZERO;
    return place === 'base' && sector >= (disk.overlay!.baseSectors ?? 0) ? ZERO : this.contents.atT0(sector);
  }

  /** What an image holds at a sector: `below` where it has nothing of its own. */
  inImage({ format, image }: Disk, sector: number): Content | 'below' {
    const offset = sector * this.sectorBytes;
    if (format === 'raw') return contentOf(image.subarray(offset, offset + this.sectorBytes));
    const clusterBytes = 2 ** image.readUInt32BE(20);
    if (clusterBytes >= this.sectorBytes) return this.#inCluster(image, offset, this.sectorBytes);
    return this.#inSmallClusters(image, offset, clusterBytes);
  }

  #inCluster(image: Buffer, offset: number, bytes: number): Content | 'below' {
    const { state, at } = lookUp(image, offset);
    if (state !== 'data') return state === 'zero' ? ZERO : 'below';
    return contentOf(image.subarray(at, at + bytes));
  }

  /** A sector that lies in several clusters: put together, if all of them have something. */
  #inSmallClusters(image: Buffer, offset: number, clusterBytes: number): Content | 'below' {
    const sector = Buffer.alloc(this.sectorBytes);
    let below = 0;
    for (let at = 0; at < this.sectorBytes; at += clusterBytes) {
      const found = lookUp(image, offset + at);
      if (found.state === 'below') below++;
      if (found.state === 'data') image.copy(sector, at, found.at, found.at + clusterBytes);
    }
    return below * clusterBytes === this.sectorBytes ? 'below' : contentOf(sector);
  }

  #placeOf(sector: number): 'own' | 'zero' | 'base' {
    const { overlay } = this.#scenario.disk;
    if (overlay === undefined) return 'own';
    const cluster = Math.floor(sector / overlay.clusterSectors);
    return overlay.zeroClusters.includes(cluster) ? 'zero' : overlay.allocated.includes(cluster) ? 'own' : 'base';
  }

  #raw(name: DiskName, sectors: number, content: (sector: number) => Content): Disk {
    const bytes = sectors * this.sectorBytes;
    const image = Buffer.alloc(bytes + PAD_BYTES);
    for (let s = 0; s < sectors; s++) fillSector(image.subarray(s * this.sectorBytes, (s + 1) * this.sectorBytes), content(s));
    return { name, format: 'raw', bytes, image };
  }

  #overlay(clusterSectors: number, cluster: (index: number) => Buffer | 'zero' | null): Disk {
    return this.#qcow2('source', clusterSectors, cluster);
  }

  #qcow2(name: DiskName, clusterSectors: number, cluster: (index: number) => Buffer | 'zero' | null): Disk {
    const [bytes, clusterBytes] = [this.#scenario.disk.sectors * this.sectorBytes, clusterSectors * this.sectorBytes];
    const capacity = capacityOf(bytes, clusterBytes);
    const image = Buffer.alloc(capacity + PAD_BYTES);
    writeQcow2(image, { bytes, clusterBytes, cluster });
    return { name, format: 'qcow2', bytes: capacity, image };
  }

  #sourceCluster(index: number): Buffer | 'zero' | null {
    const { disk } = this.#scenario;
    const { clusterSectors } = disk.overlay!;
    const first = index * clusterSectors;
    const place = this.#placeOf(first);
    if (place !== 'own') return place === 'zero' ? 'zero' : null;
    return this.#clusterAtBegin(index, clusterSectors);
  }

  #clusterAtBegin(index: number, clusterSectors: number): Buffer {
    const { disk } = this.#scenario;
    const first = index * clusterSectors;
    const data = Buffer.alloc(clusterSectors * this.sectorBytes);
    for (let s = first; s < Math.min(disk.sectors, first + clusterSectors); s++)
      fillSector(data.subarray((s - first) * this.sectorBytes, (s - first + 1) * this.sectorBytes), this.shownAtBegin(s));
    return data;
  }
}
