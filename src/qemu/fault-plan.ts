/** A scenario's injected errors, as they strike the requests that we hold. Only a raw disk says by its offsets what it is asked for. */
import type { FaultOp } from '../../model/block/faults.ts';
import type { Scenario } from '../../model/scenario.ts';
import type { Disks } from './disks.ts';
import type { Held } from './held.ts';
import type { RequestKind } from './nbd-server.ts';
import type { Struck } from './oracle.ts';

const OPS: Readonly<Record<RequestKind, FaultOp | null>> = { read: 'read', write: 'write', zero: 'write', status: 'ask', trim: null, flush: null };

export class FaultPlan {
  readonly #left: { readonly fault: NonNullable<Scenario['faults']>[number]; times: number }[];
  readonly #clusterBytes: number;

  constructor({ faults = [], disk }: Scenario, { sectorBytes }: Disks) {
    this.#left = faults.map((fault) => ({ fault, times: fault.times }));
    this.#clusterBytes = disk.clusterSectors * sectorBytes;
  }

  /** Whether a request fails; if so, there is one failure less to come. */
  strike({ disk, request: { kind, offset, length } }: Held): Struck | null {
    if (disk.format !== 'raw' || disk.name === 'base') return null;
    const touches = (cluster: number): boolean => offset < (cluster + 1) * this.#clusterBytes && cluster * this.#clusterBytes < offset + length;
    const found = this.#left.find(({ fault, times }) => times > 0 && fault.side === disk.name && fault.op === OPS[kind] && touches(fault.cluster));
    if (found === undefined) return null;
    found.times--;
    return { side: found.fault.side, errno: found.fault.errno };
  }
}
