/**
 * A request of QEMU that we hold. What it does to the image and what QEMU is told are two steps, if it
 * carries data of the disk; metadata of a format, flushes and questions take one.
 */
import { ZERO } from '../../../../model/block/content.ts';
import type { Errno } from '../../../../model/block/errors.ts';
import type { DiscardReads } from '../../../../model/block/image.ts';
import type { Disk, Disks } from './disks.ts';
import type { NbdRequest } from '../nbd/server.ts';
import { HOLE_AND_ZERO, u32 } from '../nbd/wire.ts';
import { BLOCK_BYTES, blockOf } from './pattern.ts';
import type { Role } from './role.ts';

export class Held {
  readonly disk: Disk;
  readonly request: NbdRequest;
  /** Whether it is about data of the disk. */
  readonly isData: boolean;
  /** Of a read: what it took. */
  #taken: Buffer | null = null;
  #hasEffect = false;
  isDone = false;
  hasFailed = false;
  /** Whom it is for (observe/role-of.ts), once the step in which it came is over. */
  role: Role = 'guest';

  constructor(disk: Disk, request: NbdRequest) {
    this.disk = disk;
    this.request = request;
    const { kind, offset, length, data } = request;
    const holds = (bytes: Buffer): boolean => bytes.length >= BLOCK_BYTES && blockOf(bytes, 0) !== null;
    this.isData =
      kind === 'read' || kind === 'write'
        ? disk.format === 'raw' || holds(data ?? disk.image.subarray(offset, offset + length))
        : kind === 'zero' || kind === 'trim';
  }

  /** `write 65536-131071`: what it asks for, in bytes. */
  get what(): string {
    const { kind, offset, length } = this.request;
    return kind === 'flush' ? kind : `${kind} ${offset}-${offset + length - 1}`;
  }

  /** `write.land 65536-131071`: its next step. */
  get next(): string {
    const { kind, offset, length } = this.request;
    const phase = this.#hasEffect || !this.isData ? 'done' : kind === 'read' ? 'took' : 'land';
    return kind === 'flush' ? `${kind}.${phase}` : `${kind}.${phase} ${offset}-${offset + length - 1}`;
  }

  /** Whether its next step is the first. */
  get isNew(): boolean {
    return !this.#hasEffect;
  }

  /** Whether its next step has an effect on the image. */
  get isAboutToLand(): boolean {
    return !this.#hasEffect && this.request.kind !== 'flush' && this.request.kind !== 'status' && this.request.kind !== 'read';
  }

  /** Whether it is about a sector of the disk. In a format's file only data says where on the disk it belongs. */
  isAbout(sector: number, { sectorBytes, contents }: Pick<Disks, 'sectorBytes' | 'contents'>): boolean {
    const { offset, length, data } = this.request;
    if (this.disk.format === 'raw') return offset < (sector + 1) * sectorBytes && sector * sectorBytes < offset + length;
    const bytes = !this.isData ? Buffer.alloc(0) : (data ?? this.disk.image.subarray(offset, offset + length));
    for (let at = 0; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES) {
      const content = blockOf(bytes, at)?.content ?? ZERO;
      if (content !== ZERO && (content - 1) % contents.sectors === sector) return true;
    }
    return false;
  }

  /** The sectors of the disk that it is about; of a format's file those of which it carries data. */
  sectors({ sectorBytes, contents }: Pick<Disks, 'sectorBytes' | 'contents'>): Set<number> {
    const { offset, length, data } = this.request;
    const sectors = new Set<number>();
    if (this.disk.format === 'raw') {
      for (let s = Math.floor(offset / sectorBytes); s * sectorBytes < offset + length; s++) sectors.add(s);
      return sectors;
    }
    const bytes = this.isData ? (data ?? this.disk.image.subarray(offset, offset + length)) : Buffer.alloc(0);
    for (let at = 0; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES) {
      const content = blockOf(bytes, at)?.content ?? ZERO;
      if (content !== ZERO) sectors.add((content - 1) % contents.sectors);
    }
    return sectors;
  }

  /** Whether both are about the same bytes of one file. Of zeroes in a format's file nothing else says where on the disk they belong. */
  meets({ disk, request }: Held): boolean {
    const { offset, length } = this.request;
    return this.disk === disk && offset < request.offset + request.length && request.offset < offset + length;
  }

  /** Whether nobody but QEMU can say what it is for: questions, metadata, and zeroes in a format's file, which may be either. */
  get isAnonymous(): boolean {
    const { offset, length, data, kind } = this.request;
    if (!this.isData || this.disk.name === 'base') return true;
    if (this.disk.format === 'raw') return false;
    const bytes = data ?? this.disk.image.subarray(offset, offset + length);
    return kind === 'zero' || kind === 'trim' || bytes.every((byte) => byte === 0);
  }

  /** Once it has had its effect: the bytes that it took, or that are there now. */
  get payload(): Buffer {
    const { offset, length } = this.request;
    return this.#taken ?? this.disk.image.subarray(offset, offset + length);
  }

  fail(errno: Errno): void {
    this.isDone = true;
    this.hasFailed = true;
    this.request.fail(errno);
  }

  /** Runs its next step. @param lost whether its effect does not happen: sabotage */
  step(discardReads: DiscardReads, lost = false): void {
    if (!this.#hasEffect) {
      if (!lost) this.#take(discardReads);
      this.#hasEffect = true;
      if (this.isData) return;
    }
    this.isDone = true;
    if (this.request.kind === 'status') this.request.reply(this.#status());
    else this.request.reply(this.#taken ?? undefined);
  }

  #take(discardReads: DiscardReads): void {
    const { kind, offset, length, data } = this.request;
    const { image } = this.disk;
    if (kind === 'read') this.#taken = Buffer.from(image.subarray(offset, offset + length));
    if (kind === 'write') data!.copy(image, offset);
    if (kind === 'zero' || (kind === 'trim' && (discardReads === 'zero' || discardReads === 'backing')))
      image.fill(0, offset, offset + length);
  }

  /** One stretch, as QEMU asks for: zeroes that take no place, or data. A format's file has no holes. */
  #status(): Buffer {
    const { offset, length } = this.request;
    if (this.disk.format === 'qcow2') return u32(length, 0);
    const isZero = (at: number): boolean => this.disk.image.compare(ZEROES, 0, BLOCK_BYTES, at, at + BLOCK_BYTES) === 0;
    const first = isZero(offset);
    let bytes = BLOCK_BYTES;
    while (bytes < length && isZero(offset + bytes) === first) bytes += BLOCK_BYTES;
    return u32(Math.min(bytes, length), first ? HOLE_AND_ZERO : 0);
  }
}

const ZEROES = Buffer.alloc(BLOCK_BYTES);
