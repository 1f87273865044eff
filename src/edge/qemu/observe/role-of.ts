/**
 * Tells whom a request of QEMU's is for. Nothing on the wire says so. A copy that is under way goes on for whom it began. For whom it
 * began follows from the step in which the request came, and from what
 * guests wait for: a guest write waits for the copy of its clusters, and copies them itself once a copy of the job's has failed there
 * (block/block-copy.c, `block_copy_common`). Where the job copies what a guest waits for, it is the job's until that copy fails. What a
 * format does of its own accord counts for the request that brought it about.
 */
import { changesTheDisk } from '../../../../model/block/guest.ts';
import { syncOf } from '../../../../model/sync.ts';
import type { GuestRun } from '../disks/guest.ts';
import type { Held } from '../disks/held.ts';
import type { Role } from '../disks/role.ts';
import type { CaseView } from './oracle.ts';

/** What ran in the step in which the request came: the user, the operator or a guest by name, or a request that we held. */
export interface Doer {
  readonly who: string;
  readonly held?: Held;
}

/** Whose copies are under way, by sector. */
export class Roles {
  readonly #view: CaseView;
  readonly #copies = new Map<number, Role>();

  constructor(view: CaseView) {
    this.#view = view;
  }

  /** A request has come in a step that is over. @returns whom it is for */
  came(held: Held, doer: Doer): Role {
    const role = roleOf(held, doer, this.#view);
    if (role !== 'guest copy' && role !== 'job copy') return role;
    const sectors = [...held.sectors(this.#view.disks)];
    const before = sectors.map((s) => this.#copies.get(s)).find((one) => one !== undefined);
    for (const s of sectors) this.#copies.set(s, before ?? role);
    return before ?? role;
  }

  /** A request is over, well or not: where the target has got something, or a copy has failed, none is under way. */
  done(held: Held): void {
    if (held.hasFailed || (held.disk.name === 'target' && held.request.kind !== 'read'))
      for (const s of held.sectors(this.#view.disks)) this.#copies.delete(s);
  }
}

/** For whom a copy begins. @param view as it is at the end of that step */
export function roleOf(held: Held, { who, held: before }: Doer, view: CaseView): Role {
  const { disk, request } = held;
  if (disk.name === 'source' && request.kind !== 'read' && request.kind !== 'status') return 'guest';
  const asker = view.runs.find(({ operation }) => operation.id === who);
  if (asker !== undefined) return roleOfAsked(asker, view);
  const isUnderWay = ({ state }: GuestRun): boolean => state === 'under way';
  const isRead = view.runs.some((run) => isUnderWay(run) && run.operation.kind === 'readT0');
  if (before?.role === 'reader' && request.kind === 'read' && isRead) return 'reader';
  const hasCopiesOfItsOwn = syncOf(view.scenario.mode).endsByItself;
  const waiting = view.runs.filter((run) => isUnderWay(run) && changesTheDisk(run.operation.kind) && isInClustersOf(run, held, view));
  const isWaitedFor = waiting.length > (hasLetGo(before, view) ? 1 : 0);
  if (!isWaitedFor && hasCopiesOfItsOwn && view.t0 !== null) return 'job copy';
  if (!isWaitedFor && (disk.name !== 'target' || request.kind === 'read')) return isRead ? 'reader' : 'guest';
  if (!hasCopiesOfItsOwn) return 'guest copy';
  // The drain ends with the last request that a guest had under way, and the job begins before what guests have queued.
  if (before === undefined || (before.role === 'guest' && view.t0At === view.now)) return 'job copy';
  return before.role === 'job copy' && before.hasFailed ? 'guest copy' : before.role;
}

/** A guest's copy has just failed, and its write goes on without one: it waits for no copy any more (block/copy-before-write.c). */
const hasLetGo = (before: Held | undefined, { givesUp }: CaseView): boolean =>
  givesUp && before?.hasFailed === true && before.role === 'guest copy';

function roleOfAsked({ operation: { kind } }: GuestRun, { t0 }: CaseView): Role {
  if (kind === 'readT0') return 'reader';
  return changesTheDisk(kind) && t0 !== null ? 'guest copy' : 'guest';
}

/** Whether it is about one of the clusters that a guest's request touches: what is copied at once, of the backup's or the target's. */
function isInClustersOf({ operation: { first, count } }: GuestRun, held: Held, { disks, scenario }: CaseView): boolean {
  const size = Math.max(scenario.disk.clusterSectors, scenario.targetClusterSectors);
  const end = Math.min(scenario.disk.sectors, Math.ceil((first + count) / size) * size);
  for (let s = Math.floor(first / size) * size; s < end; s++) if (held.isAbout(s, disks)) return true;
  return false;
}
