/**
 * Tells guest-unharmed what a real QEMU does for its guests. On a raw disk every effect shows, and is the request's that asks
 * for it: QEMU hands requests on as they are. What an overlay holds is read once QEMU has closed it; until then it may show
 * what some request has made of it that may have been the last (timeline.ts).
 */
import { ZERO } from '../../../../model/block/content.ts';
import { ERRNOS, blockError } from '../../../../model/block/errors.ts';
import { GuestUnharmed } from '../../../../properties/guest-unharmed.ts';
import type { Violation } from '../../../../properties/property.ts';
import type { GuestRun } from '../disks/guest.ts';
import type { Held } from '../disks/held.ts';
import { blockOf, contentOf } from '../disks/pattern.ts';
import { ERRNO_NUMBERS } from '../nbd/wire.ts';
import { SourceSeen, diskViewOf } from './backup-view.ts';
import { ArrayMemory } from './memory.ts';
import { type CaseView, type Observer, mayBeGivenUp } from './oracle.ts';
import { mayShow } from './timeline.ts';

/** NBD's EINVAL, which QEMU's server says for the filter's EACCES (nbd/server.c, `system_errno_to_nbd_errno`). */
const REFUSED = 22;

export class GuestsOnQemu implements Observer {
  readonly #run: CaseView;
  readonly #source: SourceSeen;
  readonly #unharmed: GuestUnharmed;
  /** Requests that have had their effect. */
  readonly #landed = new Set<GuestRun>();

  constructor(run: CaseView) {
    this.#run = run;
    this.#source = new SourceSeen(run);
    this.#unharmed = new GuestUnharmed(diskViewOf(run, this.#source), new ArrayMemory());
    this.#unharmed.begin();
  }

  issued(run: GuestRun): void {
    this.#unharmed.submitted(run.index);
  }

  landed({ disk, request }: Held): Violation | null {
    if (disk.name !== 'source' || disk.format !== 'raw') return null;
    const { sectorBytes } = this.#run.disks;
    const [first, count] = [request.offset / sectorBytes, request.length / sectorBytes];
    const underWay = this.#run.runs.filter(({ state }) => state === 'under way');
    if (request.kind === 'trim') return this.#trimmed(underWay, first, count);
    const run = underWay.find((r) => r.operation.first === first && r.operation.count === count && this.#wants(r, request));
    return run === undefined ? this.#unharmed.unasked(Math.floor(first)) : this.#changes(run);
  }

  answered(run: GuestRun): Violation | null {
    const { kind, count } = run.operation;
    if (kind === 'zero') this.#settleWithTwin(run);
    const violation = this.#landed.has(run) ? this.#unharmed.tookEffect(run.index, count) : null;
    if (violation !== null) return violation;
    if (run.hasFailed) return this.#isRefused(run) ? null : this.#failed(run);
    if (kind === 'read') return this.#read(run);
    const isSeen = (kind === 'write' || kind === 'zero') && this.#run.disks.source.format === 'raw';
    return isSeen ? this.#unharmed.completed(run.index, count) : null;
  }

  /** On an overlay it is not seen what comes last. */
  end(): Violation | null {
    const { now, disks } = this.#run;
    this.#source.closed();
    for (let s = 0; s < this.#source.sectors; s++) {
      const violation = this.#unharmed.changed(s, disks.source.format === 'raw' ? undefined : mayShow(this.#run, s, now, now));
      if (violation !== null) return violation;
    }
    return null;
  }

  /** That it had its effect is told with its answer, for until then it may be another's. */
  #changes(run: GuestRun): Violation | null {
    const { kind, first, count } = run.operation;
    const { contents } = this.#run.disks;
    this.#landed.add(run);
    for (let s = first; s < first + count; s++) {
      const violation = this.#unharmed.changes(run.index, s, kind === 'write' ? contents.byGuest(run.index, s) : ZERO);
      if (violation !== null) return violation;
    }
    return null;
  }

  /** QEMU cuts a discard at the alignment of the disk; and what a discarded sector shows is for the disk to say. */
  #trimmed(underWay: readonly GuestRun[], first: number, count: number): Violation | null {
    const run = underWay.find(({ operation: o }) => o.kind === 'discard' && o.first <= first && first + count <= o.first + o.count);
    if (run === undefined) return this.#unharmed.unasked(Math.floor(first));
    const { now } = this.#run;
    for (let s = Math.floor(first); s < first + count; s++) {
      const violation = this.#unharmed.changed(s, mayShow(this.#run, s, now, now));
      if (violation !== null) return violation;
      this.#unharmed.changes(run.index, s, this.#source.contentAt(s));
    }
    return null;
  }

  /** Of two write-zeroes of one range nobody can tell which has landed, until one of them is answered. */
  #settleWithTwin(run: GuestRun): void {
    const { first, count } = run.operation;
    if (this.#landed.has(run) !== run.hasFailed) return;
    const twin = this.#run.runs.find(
      (other) =>
        other.state === 'under way' &&
        other.operation.kind === 'zero' &&
        other.operation.first === first &&
        other.operation.count === count &&
        this.#landed.has(other) !== run.hasFailed,
    );
    if (twin === undefined) return;
    const [had, lacked] = run.hasFailed ? [run, twin] : [twin, run];
    this.#landed.delete(had);
    this.#landed.add(lacked);
  }

  /** On a raw disk QEMU hands a guest's request on as it is, once. */
  #wants(run: GuestRun, { kind, data }: Held['request']): boolean {
    const { index, operation } = run;
    if (this.#landed.has(run) || operation.kind !== kind) return false;
    return kind === 'zero' || (kind === 'write' && blockOf(data!, 0)?.content === this.#run.disks.contents.byGuest(index, operation.first));
  }

  /** A read of a snapshot that has been given up fails, whatever it reads. */
  #isRefused({ operation, answer }: GuestRun): boolean {
    return operation.kind === 'readT0' && this.#run.readsThroughFilter && mayBeGivenUp(this.#run) && answer!.error === REFUSED;
  }

  #failed(run: GuestRun): Violation | null {
    const { error } = run.answer!;
    const errno = ERRNOS.find((name) => ERRNO_NUMBERS[name] === error) ?? `error ${error}`;
    const met = new Set(this.#run.struck.map((fault) => blockError(fault.side, fault.errno)));
    return this.#unharmed.failed(run.index, errno, [...met], run.operation.kind === 'read');
  }

  #read(run: GuestRun): Violation | null {
    const { sectorBytes } = this.#run.disks;
    const { first, count } = run.operation;
    for (let i = 0; i < count; i++) {
      const got = contentOf(run.answer!.data.subarray(i * sectorBytes, (i + 1) * sectorBytes));
      const may = mayShow(this.#run, first + i, run.issuedAt, this.#run.now);
      const violation = this.#unharmed.reads(run.index, first + i, got, may);
      if (violation !== null) return violation;
    }
    return null;
  }
}
