/** A scenario's injected errors, as they strike the requests that we hold. */
import { ZERO } from '../../model/block/content.ts';
import type { FaultOp } from '../../model/block/faults.ts';
import type { Scenario } from '../../model/scenario.ts';
import type { Disks } from './disks.ts';
import type { Held } from './held.ts';
import type { RequestKind } from './nbd-server.ts';
import { BLOCK_BYTES, blockOf } from './pattern.ts';
import type { Struck } from './oracle.ts';

const OPS: Readonly<Record<RequestKind, FaultOp | null>> = { read: 'read', write: 'write', zero: 'write', status: 'ask', trim: null, flush: null };

export class FaultPlan {
  readonly #left: { readonly fault: NonNullable<Scenario['faults']>[number]; times: number }[];
  readonly #sectors: number;
  readonly #clusterSectors: number;
  readonly #clusterBytes: number;

  constructor({ faults = [], disk }: Scenario, { sectorBytes }: Disks) {
    this.#left = faults.map((fault) => ({ fault, times: fault.times }));
    this.#sectors = disk.sectors;
    this.#clusterSectors = disk.clusterSectors;
    this.#clusterBytes = disk.clusterSectors * sectorBytes;
  }

  /** Whether a request fails; if so, there is one failure less to come. */
  strike(held: Held): Struck | null {
    const { disk, request: { kind } } = held;
    const touches = this.#toucher(held);
    const found = this.#left.find(({ fault, times }) => times > 0 && fault.side === disk.name && fault.op === OPS[kind] && touches(fault.cluster));
    if (found === undefined) return null;
    found.times--;
    return { side: found.fault.side, errno: found.fault.errno };
  }

  /** Whether a request is about a cluster. In a format's file only data says where on the disk it belongs. */
  #toucher({ disk, isData, request: { offset, length, data } }: Held): (cluster: number) => boolean {
    if (disk.format === 'raw') return (cluster) => offset < (cluster + 1) * this.#clusterBytes && cluster * this.#clusterBytes < offset + length;
    const bytes = !isData ? Buffer.alloc(0) : (data ?? disk.image.subarray(offset, offset + length));
    const clusters = new Set<number>();
    for (let at = 0; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES) {
      const content = blockOf(bytes, at)?.content ?? ZERO;
      if (content !== ZERO) clusters.add(Math.floor(((content - 1) % this.#sectors) / this.#clusterSectors));
    }
    return (cluster) => clusters.has(cluster);
  }
}
