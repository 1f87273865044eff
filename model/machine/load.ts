/** Puts a scenario into the cells in which its runs begin. */
import { ZERO } from '../block/content.ts';
import { Place } from '../block/image.ts';
import { NOBODY } from '../kernel/slot.ts';
import { ENDED } from '../kernel/step.ts';
import { type Scenario, policiesOf } from '../scenario/scenario.ts';
import { START_APART } from '../job/start-apart.ts';
import type { Assembly } from './assembly.ts';
import { blockersOf, isBlockedInOrder } from './guest-waits-for.ts';
import type { DiskImages } from './disk-images.ts';

/** @param cells all zero @param scenario of the assembly's shape */
export function loadScenario(assembly: Assembly, cells: Int32Array, scenario: Scenario): void {
  const { guests, sourceFaults, targetFaults } = assembly;
  for (const { images, sourceNode } of assembly.backups) {
    loadDisk(images, cells, scenario);
    loadTarget(images, cells, scenario);
    if (scenario.bitmap !== undefined) sourceNode.dirty!.loadInto(cells, dirtyClustersOf(images, scenario));
  }
  for (const fault of scenario.faults ?? []) (fault.side === 'source' ? sourceFaults : targetFaults)!.loadInto(cells, fault);
  loadRequests(assembly, cells, scenario);
  assembly.coroutines.blockedInOrderFrom =
    scenario.transaction === undefined && isBlockedInOrder(scenario) ? (guests[0]?.id ?? NOBODY) : NOBODY;
}

/** The backup before shows the disk as it is when the run begins, but for the clusters that have been dirty since. */
function loadDisk({ source, target, base, previous, contents }: DiskImages, cells: Int32Array, scenario: Scenario): void {
  const { disk, bitmap } = scenario;
  for (const image of [source, target, base, previous]) image?.loadInto(cells);
  const isZero = new Uint8Array(disk.sectors);
  for (const s of disk.zero) isZero[s] = 1;
  for (const c of disk.overlay?.allocated ?? []) cells[source.placeCell + c] = Place.own;
  for (const c of disk.overlay?.zeroClusters ?? []) cells[source.placeCell + c] = Place.zero;
  for (let s = 0; s < disk.sectors; s++) {
    const place = source.isRaw ? Place.own : cells[source.placeCell + Math.floor(s / source.clusterSectors)];
    const isInBase = base !== null && s < base.sectors;
    const isNowhere = place === Place.zero || (place === Place.backing && !isInBase);
    const shown = isZero[s] === 1 || isNowhere ? ZERO : contents.atT0(s);
    if (place === Place.own) cells[source.dataCell + s] = shown;
    if (isInBase) cells[base.dataCell + s] = place === Place.backing ? shown : contents.inBase(s);
    if (previous === null) continue;
    cells[previous.dataCell + s] = bitmap!.dirty.includes(Math.floor(s / disk.clusterSectors)) ? contents.inOldTarget(s) : shown;
  }
}

/** A cluster of the backup may be several of the scenario's: the target's may be larger. */
const dirtyClustersOf = ({ clusterSectors }: DiskImages, { bitmap, disk }: Scenario): number[] =>
  bitmap!.dirty.map((c) => Math.floor((c * disk.clusterSectors) / clusterSectors));

function loadTarget({ target, contents }: DiskImages, cells: Int32Array, { existingTarget }: Scenario): void {
  for (const s of existingTarget?.data ?? []) {
    cells[target.dataCell + s] = contents.inOldTarget(s);
    if (!target.isRaw) cells[target.placeCell + Math.floor(s / target.clusterSectors)] = Place.own;
  }
}

/** A cancel waits for the point in time, and for whatever else it comes after; so does a pause. */
function loadRequests(assembly: Assembly, cells: Int32Array, scenario: Scenario): void {
  const { backups, dependents, guests, operator, quit, shape, user } = assembly;
  const { guest, cancel, cancelAfter = [], pause = false, restart = false, resume = false, speed = 0, transaction } = scenario;
  const jobs = backups.map(({ job }) => job.name);
  const [firstJob, secondJob] = [backups[0]!.job, backups[1]?.job];
  const isApart = transaction?.start === 'apart';
  const startsAfter = transaction?.startsAfter ?? [];
  const dependentsOf = new Map([...jobs, ...guest.map((g) => g.id)].map((id): [string, number[]] => [id, []]));
  const started = isApart ? firstJob : backups.at(-1)!.job; // the command of the start is over
  if (cancel) for (const id of [started.name, ...cancelAfter]) dependentsOf.get(id)!.push(user.id);
  if (restart) dependentsOf.get(started.name)!.push(quit!.id);
  for (const id of startsAfter) dependentsOf.get(id)!.push(secondJob!.id);
  if (pause) dependentsOf.get('job')!.push(operator!.id);
  const blockers = blockersOf(scenario);
  const diskOf = (request: number): number => (shape.onSecondDisk.includes(request) ? 1 : 0);
  blockers.forEach((ids, i) => ids.forEach((id) => dependentsOf.get(id === 'job' ? jobs[diskOf(i)]! : id)!.push(guests[i]!.id)));
  let used = 0;
  const listDependents = (id: string): { first: number; end: number } => {
    const first = used;
    for (const dependent of dependentsOf.get(id)!) cells[dependents.cell + used++] = dependent;
    return used === first ? { first: 0, end: 0 } : { first, end: used };
  };
  for (const { job } of backups)
    job.loadJob(cells, {
      unblocks: listDependents(job.name),
      onError: policiesOf(scenario),
      speed,
      operator: resume ? operator!.id : NOBODY,
    });
  if (isApart) secondJob!.loadInto(cells, secondJob!.step(START_APART), startsAfter.length);
  operator?.loadOperator(cells, pause);
  quit?.loadQuit(cells, restart, 1);
  user.loadCancel(cells, cancel, 1 + cancelAfter.length);
  guest.forEach((g, i) =>
    guests[i]!.loadRequest(cells, {
      kind: g.kind,
      first: g.first,
      end: g.first + g.count,
      origin: backups[diskOf(i)]!.images.contents.byGuest(i, 0),
      blockers: blockers[i]!.length,
      unblocks: listDependents(g.id),
    }),
  );
  guest.forEach((_, i) => backups[diskOf(i)]!.job.loadCopier?.(cells, guests[i]!, i));
  if (used > shape.dependents) throw new Error(`${used} dependents in room for ${shape.dependents}: the scenario is not of this shape`);
  for (const unused of guests.slice(guest.length)) unused.loadInto(cells, ENDED);
}
