/**
 * Two disks in one QEMU, each with a guest, a target and a job, which one `transaction` starts. Each is judged as a disk alone; and both
 * together by one-cut, and by group-all-or-nothing if they are grouped.
 */
import { type Outcome, judgeGroup } from '../../../../properties/group-all-or-nothing.ts';
import { OneCut } from '../../../../properties/one-cut.ts';
import type { Violation } from '../../../../properties/property.ts';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import type { Daemon } from '../daemon/daemon.ts';
import type { GuestRun } from '../disks/guest.ts';
import { ArrayMemory } from '../observe/memory.ts';
import type { CaseView } from '../observe/oracle.ts';
import type { Actor } from './actor.ts';
import { Actors } from './actors.ts';
import type { Start } from '../../../validate/start.ts';

const NAMES = ['disk', 'disk2'] as const;

export class TwoDisks {
  /** The first disk, and the second. */
  readonly both: readonly [Actors, Actors];
  violation: Violation | null = null;
  readonly #daemon: Daemon;
  readonly #scenario: Scenario;
  readonly #start: Start;
  readonly #isGroup: boolean;
  readonly #cut: OneCut;
  /** By disk. */
  readonly #hasCut = [false, false];

  /**
   * @param start says which requests go to the second disk
   * @param judgedAs what is asked of the jobs together: of specs
   */
  constructor(daemon: Daemon, scenario: Scenario, start: Start, judgedAs: Start['transaction'] = start.transaction) {
    this.#isGroup = judgedAs === 'grouped';
    this.#daemon = daemon;
    this.#scenario = scenario;
    this.#start = start;
    const first: Actors = new Actors(
      daemon,
      scenario,
      start,
      {},
      {
        seen: () => second.seen,
        begin: (backup, replied) => {
          second.job.begins();
          const actions = [backup, second.job.backup].map((data) => ({ type: 'blockdev-backup', data }));
          const args = { actions, properties: { 'completion-mode': start.transaction } };
          daemon.qmp.send('transaction', args, (reply) => {
            replied(reply);
            second.job.hasBegun(reply);
          });
        },
      },
    );
    const { faults: _faults, ...unharmed } = scenario;
    const second: Actors = new Actors(daemon, { ...unharmed, cancel: false, cancelAfter: [] }, start, {}, { seen: () => first.seen });
    for (const [i, { view }] of [first, second].entries())
      for (const run of view.runs) if (start.second.includes(run.operation.id) !== (i === 1)) run.state = 'left out';
    this.both = [first, second];
    const requests = scenario.guest.map(({ id, after }) => ({ id, disk: start.second.includes(id) ? 1 : 0, after }));
    this.#cut = new OneCut(requests.length, new ArrayMemory(), () => ({ requests, diskName: (disk) => NAMES[disk]! }));
  }

  /** Makes QEMU ready. */
  async open(): Promise<void> {
    for (const disk of this.both) await disk.open();
    this.#daemon.qmp.onEvent = (event) => {
      const job = event.data['id'] ?? event.data['device'];
      this.both.find((disk) => disk.named('job') === job)?.happened(event);
    };
  }

  /** Those that can do something now, ascending by id; of the second disk's `source2`, `target2`, and no start of its own. */
  ready(): Actor[] {
    return this.both
      .flatMap((disk, i) =>
        disk
          .ready()
          .filter(({ who, held, what }) => held !== undefined || (!this.#waitsForOther(who) && (i === 0 || !what.startsWith('start'))))
          .map((actor) => ({ ...actor, id: 2 * actor.id + i, who: actor.held === undefined || i === 0 ? actor.who : `${actor.who}2` })),
      )
      .toSorted((a, b) => a.id - b.id);
  }

  /** Lets somebody go on, and waits until QEMU is at rest. @returns what was seen, disk by disk */
  async run(actor: Actor): Promise<string> {
    const at = actor.id % 2;
    const seen: string[] = [];
    seen[at] = await this.both[at]!.run(actor);
    seen[1 - at] = this.both[1 - at]!.takeIn({ who: NAMES[at]! });
    for (const [i, disk] of this.both.entries()) if (disk.view.t0 !== null && !this.#hasCut[i]) this.#pointInTime(i);
    for (const { violation } of this.both) this.violation ??= violation;
    return seen.filter((text) => text !== '').join('; disk2: ');
  }

  /** No actor can do anything any more. */
  unfinished(): Violation | null {
    return this.both[0].unfinished() ?? this.both[1].unfinished();
  }

  /** Ends what is left of the case. */
  async close(): Promise<void> {
    const outcomes = this.both.map(({ view }): Outcome => view.end ?? 'running');
    for (const disk of this.both) disk.letGo();
    for (const disk of this.both) await disk.job.end();
    for (const disk of this.both) await disk.close();
    if (this.#isGroup) this.violation ??= judgeGroup(outcomes.map((outcome, i) => ({ name: `the job of ${NAMES[i]}`, outcome })));
  }

  /** What the disks say after QEMU has closed them. */
  atEnd(): Violation | null {
    for (const disk of this.both) this.violation ??= disk.atEnd();
    return this.violation;
  }

  /** What a good campaign must meet. */
  get situations(): string[] {
    const [first, second] = this.ends;
    const isGroup = this.#isGroup;
    return [
      ...(first === 'completed' && second === 'completed' ? ['both jobs of a transaction completed'] : []),
      ...(isGroup && first !== 'completed' && second === 'cancelled' ? ['a job took the other one of its group with it'] : []),
      ...(!isGroup && first !== 'completed' && second === 'completed'
        ? ['a job completed, and the other one of its transaction did not']
        : []),
    ];
  }

  /** How the jobs have ended. */
  get ends(): readonly CaseView['end'][] {
    return this.both.map(({ view }) => view.end);
  }

  /** A request comes after one of the other disk that has not ended. */
  #waitsForOther(id: string): boolean {
    const after = this.#scenario.guest.find((request) => request.id === id)?.after ?? [];
    return after.some((other) => this.#run(other)?.hasEnded === false);
  }

  #run(id: string): GuestRun | undefined {
    const disk = this.#start.second.includes(id) ? 1 : 0;
    return this.both[disk].view.runs.find(({ operation }) => operation.id === id);
  }

  #pointInTime(disk: number): void {
    this.#hasCut[disk] = true;
    const { view } = this.both[disk]!;
    const run = (request: number): GuestRun => view.runs[request]!;
    const shows = ({ index, operation: { kind, first, count } }: GuestRun): boolean =>
      kind === 'write' &&
      Array.from({ length: count }, (_, i) => first + i).some((s) => view.t0![s] === view.disks.contents.byGuest(index, s));
    this.violation ??= this.#cut.pointInTime(
      disk,
      (request) => shows(run(request)),
      (request) => run(request).state === 'ended' && !run(request).hasFailed,
    );
  }
}
