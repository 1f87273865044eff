/** A requester, as a custom job sees it. */
import { GuestRequest } from '../../block/guest.ts';
import type { Requester } from '../../block/requester.ts';
import { OwnLocal } from './cells.ts';
import type { Copier, Local } from './job.ts';
import type { Verbs } from './verbs.ts';

export class CopyingRequester implements Copier {
  readonly requester: Requester;
  readonly locals: Readonly<Record<string, Local>>;
  readonly #guest: GuestRequest | null;
  readonly #clusterSectors: number;
  readonly #verbs: Verbs;

  constructor(requester: Requester, clusterSectors: number, locals: readonly string[], verbs: Verbs) {
    this.requester = requester;
    this.#guest = requester instanceof GuestRequest ? requester : null;
    this.#clusterSectors = clusterSectors;
    this.#verbs = verbs;
    this.locals = Object.fromEntries(locals.map((name, i) => [name, new OwnLocal(requester.world, requester.localCell(i))]));
  }

  get firstSector(): number {
    return this.#guest?.first ?? 0;
  }
  get endSector(): number {
    return this.#guest?.end ?? 0;
  }
  get firstCluster(): number {
    return Math.floor(this.firstSector / this.#clusterSectors);
  }
  get endCluster(): number {
    return Math.ceil(this.endSector / this.#clusterSectors);
  }
  bufferIsZero(cluster: number): boolean {
    this.#verbs.checkRuns(this.requester);
    const first = cluster * this.#clusterSectors;
    return this.requester.bufferIsZero({ first, end: first + this.#clusterSectors }); // past the disk's end there is nothing in it
  }
}
