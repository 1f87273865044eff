/**
 * guest-unharmed on a real QEMU: the disk gets what guests wrote and nothing else, each write between its issue
 * and its answer; a read shows what the disk may have shown meanwhile; a guest is told of an error only if
 * one was injected, and a write that failed has had no effect. On an overlay, whose file is a
 * format's, the last part is left out, and the disk is read once QEMU has closed it.
 */
import { type Content, ZERO } from '../../../../model/block/content.ts';
import type { Violation } from '../../../../properties/property.ts';
import type { GuestRun } from '../disks/guest.ts';
import type { Held } from '../disks/held.ts';
import { type CaseView, type Observer, wrongSector } from './oracle.ts';
import { blockOf, contentOf } from '../disks/pattern.ts';
import { mayShow } from './timeline.ts';

const NAME = 'guest-unharmed';

export class GuestUnharmed implements Observer {
  readonly #view: CaseView;
  /** By request: the sectors at which it has had its effect. */
  readonly #landed: Set<number>[];

  constructor(view: CaseView) {
    this.#view = view;
    this.#landed = view.runs.map(() => new Set());
  }

  landed({ disk, request }: Held): Violation | null {
    if (disk.name !== 'source' || disk.format !== 'raw') return null;
    const { kind, offset, length } = request;
    const { disks } = this.#view;
    const [first, count] = [offset / disks.sectorBytes, length / disks.sectorBytes];
    const underWay = this.#view.runs.filter(({ state }) => state === 'under way');
    // QEMU cuts a discard at the alignment of the disk.
    if (
      kind === 'trim' &&
      underWay.some(({ operation: o }) => o.kind === 'discard' && o.first <= first && first + count <= o.first + o.count)
    )
      return null;
    const run = underWay.find(
      (r) => r.operation.first === first && r.operation.count === count && this.#landed[r.index]!.size === 0 && this.#wants(r, request),
    );
    if (run === undefined)
      return { property: NAME, detail: `the source got a ${kind} of ${length} bytes at ${offset} that no guest asked for` };
    for (let s = first; s < first + count; s++) {
      this.#landed[run.index]!.add(s);
      const got = disks.inImage(disk, s) as Content;
      const expected = run.operation.kind === 'write' ? disks.contents.byGuest(run.index, s) : ZERO;
      if (got !== expected) return wrongSector(this.#view, NAME, s, expected, got, `${run.operation.id} has written it`);
    }
    return null;
  }

  answered(run: GuestRun): Violation | null {
    const { kind, id } = run.operation;
    if (kind === 'zero') this.#settleWithTwin(run);
    if (run.hasFailed) return this.#failed(run);
    if (kind === 'read') return this.#read(run);
    if ((kind !== 'write' && kind !== 'zero') || this.#view.disks.source.format !== 'raw') return null;
    const { first, count } = run.operation;
    for (let s = first; s < first + count; s++)
      if (!this.#landed[run.index]!.has(s))
        return { property: NAME, sector: s, detail: `${id} was told that its ${kind} succeeded, but sector ${s} never got it` };
    return null;
  }

  end(): Violation | null {
    const { disks, scenario, now } = this.#view;
    for (let s = 0; s < scenario.disk.sectors; s++) {
      const own = disks.inImage(disks.source, s);
      const got = own === 'below' ? this.#inBase(s) : own;
      const may = mayShow(this.#view, s, now, now);
      if (!may.includes(got)) return wrongSector(this.#view, NAME, s, may[0]!, got, 'so the source has it at the end');
    }
    return null;
  }

  /** Of two write-zeroes of one range nobody can tell which has landed, until one of them is answered. */
  #settleWithTwin(run: GuestRun): void {
    const { first, count } = run.operation;
    const hasLanded = ({ index }: GuestRun): boolean => this.#landed[index]!.size > 0;
    if (hasLanded(run) !== run.hasFailed) return;
    const twin = this.#view.runs.find(
      (other) =>
        other.state === 'under way' &&
        other.operation.kind === 'zero' &&
        other.operation.first === first &&
        other.operation.count === count &&
        hasLanded(other) !== run.hasFailed,
    );
    if (twin !== undefined) [this.#landed[run.index], this.#landed[twin.index]] = [this.#landed[twin.index]!, this.#landed[run.index]!];
  }

  /** On a raw disk QEMU hands a guest's request on as it is. */
  #wants({ index, operation }: GuestRun, { kind, data }: Held['request']): boolean {
    if (operation.kind === 'write')
      return kind === 'write' && blockOf(data!, 0)?.content === this.#view.disks.contents.byGuest(index, operation.first);
    return operation.kind === 'zero' && kind === 'zero';
  }

  #failed(run: GuestRun): Violation | null {
    const { id, kind } = run.operation;
    if (this.#view.struck.length === 0)
      return { property: NAME, detail: `${id} was told of an error ${run.answer!.error}, and none was injected` };
    const [landed] = this.#landed[run.index]!;
    return landed === undefined
      ? null
      : { property: NAME, sector: landed, detail: `${id} was told that its ${kind} failed, but sector ${landed} got it` };
  }

  #read(run: GuestRun): Violation | null {
    const { disks } = this.#view;
    const { first, count } = run.operation;
    for (let i = 0; i < count; i++) {
      const got = contentOf(run.answer!.data.subarray(i * disks.sectorBytes, (i + 1) * disks.sectorBytes));
      const may = mayShow(this.#view, first + i, run.issuedAt, this.#view.now);
      if (!may.includes(got)) return wrongSector(this.#view, NAME, first + i, may[0]!, got, `${run.operation.id} read it`);
    }
    return null;
  }

  #inBase(sector: number): Content {
    const { disks, scenario } = this.#view;
    return disks.base === null || sector >= scenario.disk.overlay!.baseSectors! ? ZERO : (disks.inImage(disks.base, sector) as Content);
  }
}
