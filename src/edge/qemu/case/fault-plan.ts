/** A scenario's injected errors, as they strike the requests that we hold. */
import type { FaultOp } from '../../../../model/block/faults.ts';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import type { Disks } from '../disks/disks.ts';
import type { Held } from '../disks/held.ts';
import type { RequestKind } from '../nbd/server.ts';
import type { Struck } from '../observe/oracle.ts';

const OPS: Readonly<Record<RequestKind, FaultOp | null>> = {
  read: 'read',
  write: 'write',
  zero: 'write',
  status: 'ask',
  trim: null,
  flush: null,
};

export class FaultPlan {
  readonly #left: { readonly fault: NonNullable<Scenario['faults']>[number]; times: number }[];
  readonly #disks: Disks;
  readonly #clusterSectors: number;

  constructor({ faults = [], disk }: Scenario, disks: Disks) {
    this.#left = faults.map((fault) => ({ fault, times: fault.times }));
    this.#disks = disks;
    this.#clusterSectors = disk.clusterSectors;
  }

  /** Whether a request fails; if so, there is one failure less to come. */
  strike(held: Held): Struck | null {
    const {
      disk,
      request: { kind },
    } = held;
    const found = this.#left.find(
      ({ fault, times }) => times > 0 && fault.side === disk.name && fault.op === OPS[kind] && this.#touches(held, fault.cluster),
    );
    if (found === undefined) return null;
    found.times--;
    return { side: found.fault.side, errno: found.fault.errno, role: held.role };
  }

  #touches(held: Held, cluster: number): boolean {
    const size = this.#clusterSectors;
    for (let s = cluster * size; s < Math.min(this.#disks.contents.sectors, (cluster + 1) * size); s++)
      if (held.isAbout(s, this.#disks)) return true;
    return false;
  }
}
