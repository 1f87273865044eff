import { describe, expect, it } from 'vitest';
import type { Fault } from '../model/block/faults.ts';
import type { Coroutine } from '../model/kernel/coroutine.ts';
import type { Step } from '../model/kernel/step.ts';
import type { Machine } from '../model/machine/machine.ts';
import type { Scenario } from '../model/scenario/scenario.ts';
import { request, smallScenario, staged } from '../model/testing.ts';
import { Properties } from './all.ts';
import { Marks } from './marks.ts';
import type { Violation } from './property.ts';
import { MARKS, MARK_IDS, type MarkId } from './situations.ts';

/** Marks and properties look on together, as in a campaign. */
class Both {
  readonly marks: Marks;
  readonly #properties: Properties;
  constructor(machine: Machine) {
    this.#properties = new Properties(machine);
    this.marks = new Marks(machine);
  }
  begin(): void {
    this.#properties.begin();
    this.marks.begin();
  }
  after(coroutine: Coroutine, step: Step): Violation | null {
    this.marks.after(coroutine, step);
    return this.#properties.after(coroutine, step);
  }
  end(): Violation | null {
    return this.#properties.end();
  }
}

/** A run: a scenario, and the lines to play. Correct jobs only, and nothing may break. */
type Run = readonly [Scenario, ...string[]];

function hitIn([scenario, ...lines]: Run): MarkId[] {
  const { player, observer } = staged<Violation, Both>(scenario, (machine) => new Both(machine));
  expect(player.play(...lines)).toBeNull();
  const hit = MARK_IDS.filter((_, m) => observer.marks.hit[m] === 1);
  expect(player.finish()).toBeNull();
  return hit;
}

const write = (id: string, first: number, count: number): Scenario['guest'][number] => request(id, 'write', [first, count]);
const early = (first: number, count: number): Scenario['guest'][number] => request('g1', 'write', [first, count], { early: true });
const readT0 = (first: number, count: number): Scenario['guest'][number] => request('r1', 'readT0', [first, count]);
const zero = (first: number, count: number): Scenario['guest'][number] => request('g1', 'zero', [first, count], { early: true });
const discard = (first: number, count: number): Scenario['guest'][number] => request('g1', 'discard', [first, count]);

const full = (guest: Scenario['guest'] = [], more: Partial<Scenario> = {}): Scenario => ({ ...smallScenario('full', guest), ...more });
const top = (guest: Scenario['guest'] = [], more: Partial<Scenario> = {}): Scenario => ({ ...smallScenario('top', guest), ...more });
const none = (guest: Scenario['guest'] = [], more: Partial<Scenario> = {}): Scenario => ({ ...smallScenario('none', guest), ...more });
const onDisk = (scenario: Scenario, disk: Partial<Scenario['disk']>): Scenario => ({ ...scenario, disk: { ...scenario.disk, ...disk } });
const failing = (scenario: Scenario, side: Fault['side'], op: Fault['op'], more: Partial<Fault> = {}): Scenario => ({
  ...scenario,
  faults: [{ side, op, cluster: 0, errno: 'EIO', times: 1, ...more }],
});

const CANCEL = { cancel: true };
const STOP = { onError: { source: 'stop', target: 'stop' } } as const;
const IGNORE = { onError: { source: 'ignore', target: 'ignore' } } as const;
const ENOSPC = { onError: { source: 'enospc', target: 'enospc' } } as const;
const OVERLAY = { clusterSectors: 2, allocated: [0], zeroClusters: [], baseSectors: 6 };
const THROTTLED = { throttled: true };
const COPY_ON_READ = { copyOnRead: true, overlay: OVERLAY };

/** By mark: runs that meet it, and runs that lack only what it takes. */
const RUNS: Record<MarkId, { met: readonly Run[]; not: readonly Run[] }> = {
  hookCopied: {
    met: [
      [full([write('g1', 0, 1)]), 'job: start', 'g1: ... copy.done c0'],
      [onDisk(none([write('g1', 0, 2)]), { zero: [0, 1] }), 'job: start', 'g1: ... copy.zero.done c0'],
    ],
    not: [
      [full([write('g1', 0, 1)]), 'job: start', 'g1: ... copy.land c0'],
      [full([write('g1', 0, 1)]), 'job: ... copy.done c0', 'g1: ...'],
    ],
  },
  guestWaited: {
    met: [
      [full([write('g1', 0, 1)]), 'job: ... copy.read c0', 'g1: write.start'],
      [none([write('g1', 0, 1), write('g2', 1, 1)]), 'job: start', 'g1: ... copy.read c0', 'g2: write.start'],
    ],
    not: [
      [full([write('g1', 2, 1)]), 'job: ... copy.read c0', 'g1: write.start'],
      [full([write('g1', 0, 1)]), 'job: start', 'g1: ... copy.read c0', 'job: ...'],
      [none([write('g1', 0, 1), readT0(0, 1)]), 'job: start', 'g1: ... copy.read c0', 'r1: ...'],
    ],
  },
  someoneWaited: {
    met: [
      [full([write('g1', 0, 1)]), 'job: ... copy.read c0', 'g1: ...'],
      [full([write('g1', 0, 1)]), 'job: start', 'g1: ... copy.read c0', 'job: ...'],
      [none([write('g1', 0, 1), readT0(0, 1)]), 'job: start', 'g1: ... copy.read c0', 'r1: ...'],
    ],
    not: [[full([write('g1', 0, 1)]), 'job: ... copy.done c0', 'g1: ...']],
  },
  jobWaited: {
    met: [[full([write('g1', 0, 1)]), 'job: start', 'g1: ... copy.read c0', 'job: ...']],
    not: [
      [full([write('g1', 2, 1)]), 'job: start', 'g1: ... copy.read c1', 'job: ... copy.read c0'],
      [full([write('g1', 0, 1)]), 'job: ... copy.read c0', 'g1: ...'],
    ],
  },
  waitedAgain: {
    met: [
      [
        none([write('g1', 0, 1), write('g2', 0, 4), write('g3', 2, 1)]),
        'job: start',
        'g1: ... copy.read c0',
        'g3: ... copy.read c1',
        'g2: ...',
        'g3: ... copy.done c1',
        'g2: ...',
      ],
    ],
    not: [
      [
        none([write('g1', 0, 1), write('g2', 0, 4), write('g3', 2, 1)]),
        'job: start',
        'g1: ... copy.read c0',
        'g3: ... copy.read c1',
        'g2: ...',
        'g1: ...',
        'g3: ...',
        'g2: ...',
      ],
    ],
  },
  twoWritesOneCluster: {
    met: [
      [full([write('g1', 0, 1), write('g2', 1, 1)]), 'job: start', 'g1: write.start', 'g2: write.start'],
      [full([write('g1', 0, 1), request('g2', 'zero', [1, 2])]), 'job: start', 'g1: ... write.send c0', 'g2: zero.start'],
    ],
    not: [
      [full([write('g1', 0, 1), write('g2', 2, 1)]), 'job: start', 'g1: write.start', 'g2: write.start'],
      [full([write('g1', 0, 1), write('g2', 1, 1)]), 'job: start', 'g1: ...', 'g2: write.start'],
    ],
  },
  writeMeetsJob: {
    met: [
      [full([write('g1', 1, 1)]), 'job: ... sleep c0', 'g1: write.start'],
      [full([request('g1', 'zero', [1, 2])]), 'job: ... copy.land c0', 'g1: zero.start'],
    ],
    not: [
      [full([write('g1', 2, 1)]), 'job: ... sleep c0', 'g1: write.start'],
      [full([write('g1', 1, 1)]), 'job: ... copy.done c0', 'g1: write.start'],
    ],
  },
  wideWrite: {
    met: [
      [full([write('g1', 1, 4)]), 'job: ... copy.read c1', 'g1: ...'],
      [none([write('g1', 0, 6), write('g2', 2, 1)]), 'job: start', 'g2: ... copy.read c1', 'g1: ...'],
    ],
    not: [
      [full([write('g1', 1, 3)]), 'job: ... copy.read c1', 'g1: ...'],
      [full([write('g1', 2, 4)]), 'job: ... copy.read c1', 'g1: ...'],
      [full([write('g1', 1, 4)]), 'job: ... copy.read c0', 'g1: ...'],
    ],
  },
  jobFoundCopied: {
    met: [[full([write('g1', 2, 1)]), 'job: start', 'g1: ... copy.done c1', 'job: ... sleep c1']],
    not: [
      [full([write('g1', 2, 1)]), 'job: start', 'g1: ... copy.land c1', 'job: ... sleep c1'],
      [top(), 'job: ... sleep c2'],
    ],
  },
  discardBeforeJob: {
    met: [
      [full([discard(4, 2)]), 'job: ... sleep c1', 'g1: discard.start'],
      [top([discard(2, 2)]), 'job: ... sleep c0', 'g1: discard.start'],
    ],
    not: [
      [full([discard(0, 2)]), 'job: ... sleep c1', 'g1: discard.start'],
      [onDisk(full([discard(4, 2)]), { discardReads: 'ignored' }), 'job: ... sleep c1', 'g1: discard.start'],
      [full([write('g1', 4, 2)]), 'job: ... sleep c1', 'g1: write.start'],
      [full([{ ...discard(4, 2), early: true }]), 'g1: discard.start'],
      [none([discard(4, 2)]), 'job: start', 'g1: discard.start'],
    ],
  },
  discardWhileReading: {
    met: [
      [full([discard(0, 2)]), 'job: ... copy.read c0', 'g1: discard.start'],
      [full([discard(0, 2)]), 'job: ... copy.took c0', 'g1: discard.start'],
    ],
    not: [
      [full([discard(0, 2)]), 'job: ... copy.data c0', 'g1: discard.start'],
      [full([discard(2, 2)]), 'job: ... copy.read c0', 'g1: discard.start'],
    ],
  },
  discardedData: {
    met: [[none([discard(0, 2)]), 'job: start', 'g1: discard.start']],
    not: [
      [onDisk(none([discard(0, 2)]), { zero: [0, 1] }), 'job: start', 'g1: discard.start'],
      [onDisk(none([discard(0, 2)]), { discardReads: 'ignored' }), 'job: start', 'g1: discard.start'],
    ],
  },
  zeroedCluster: {
    met: [
      [top([zero(0, 2)]), 'g1: ... zero.land c0'],
      [top([zero(1, 5)]), 'g1: ... zero.land c1'],
      [onDisk(top([zero(2, 3)]), { sectors: 5 }), 'g1: ... zero.land c2'],
    ],
    not: [
      [top([zero(0, 2)]), 'g1: ... zero.send c0'],
      [top([zero(1, 5)]), 'g1: ... zero.land s1'],
      [top([early(0, 2)]), 'g1: ... write.land c0'],
      [full([zero(0, 2)]), 'g1: ... zero.land c0'],
      [onDisk(top([zero(0, 2)]), { overlay: { ...OVERLAY, clusterSectors: 1 } }), 'g1: ... zero.land c0'],
    ],
  },
  inFlightAtStart: {
    met: [
      [full([early(0, 1)]), 'g1: write.start', 'job: start'],
      [full([request('g1', 'read', [0, 1], { early: true })]), 'g1: read.start', 'job: start'],
    ],
    not: [
      [full([early(0, 1)]), 'job: start', 'g1: write.start'],
      [full([early(0, 1)]), 'g1: ...', 'job: start'],
    ],
  },
  cancelInSleep: {
    met: [[full([], CANCEL), 'job: start', 'user: cancel']],
    not: [[full([], CANCEL), 'job: ... sleep c0', 'user: cancel']],
  },
  cancelInAsk: {
    met: [[top([], CANCEL), 'job: ... sleep c0', 'user: cancel']],
    not: [[top([], CANCEL), 'job: ... ask c0', 'user: cancel']],
  },
  cancelInWait: {
    met: [[full([write('g1', 0, 1)], CANCEL), 'job: start', 'g1: ... copy.read c0', 'job: ...', 'user: cancel']],
    not: [[full([write('g1', 0, 1)], CANCEL), 'job: ... copy.read c0', 'g1: ...', 'user: cancel']],
  },
  cancelInRead: {
    met: [
      [full([], CANCEL), 'job: ... sleep c0', 'user: cancel'],
      [full([], CANCEL), 'job: ... copy.took c0', 'user: cancel'],
    ],
    not: [
      [full([], CANCEL), 'job: ... copy.data c0', 'user: cancel'],
      [full([write('g1', 2, 1)], CANCEL), 'job: start', 'g1: write.start', 'user: cancel'],
    ],
  },
  cancelInStore: {
    met: [
      [full([], CANCEL), 'job: ... copy.data c0', 'user: cancel'],
      [onDisk(full([], CANCEL), { zero: [0, 1] }), 'job: ... copy.zero.land c0', 'user: cancel'],
    ],
    not: [
      [full([], CANCEL), 'job: ... copy.took c0', 'user: cancel'],
      [full([], CANCEL), 'job: ... copy.done c0', 'user: cancel'],
    ],
  },
  cancelInHook: {
    met: [
      [none([write('g1', 0, 1)]), 'job: start', 'g1: write.start', 'user: cancel'],
      [full([write('g1', 0, 1)], CANCEL), 'job: start', 'g1: ... copy.land c0', 'user: cancel'],
    ],
    not: [
      [none([write('g1', 0, 1)]), 'job: start', 'user: cancel'],
      [none([write('g1', 0, 1)]), 'job: start', 'g1: ... copy.done c0', 'user: cancel'],
    ],
  },
  cancelInDrain: {
    met: [[top([write('g1', 2, 1)], CANCEL), 'job: start', 'g1: ... copy.read c1', 'job: ...', 'user: cancel']],
    not: [[top([write('g1', 2, 1)], CANCEL), 'job: start', 'job: ... copy.done c2', 'user: cancel']],
  },
  cancelParked: {
    met: [[none(), 'job: start', 'user: cancel']],
    not: [[full([], CANCEL), 'job: start', 'user: cancel']],
  },
  resumeParked: {
    met: [[none([], { pause: true }), 'job: start', 'operator: pause', 'operator: resume']],
    not: [
      [none([], { pause: true }), 'job: start', 'operator: pause', 'user: cancel', 'job: ...', 'operator: resume'],
      [full([], { pause: true }), 'job: start', 'operator: pause', 'job: ...', 'operator: resume'],
    ],
  },
  shortTail: {
    met: [
      [onDisk(full(), { sectors: 5 }), 'job: ... copy.done c2'],
      [onDisk(none([write('g1', 4, 1)]), { sectors: 5, zero: [4] }), 'job: start', 'g1: ... copy.zero.done c2'],
    ],
    not: [
      [full(), 'job: ... copy.done c2'],
      [onDisk(full(), { sectors: 5 }), 'job: ... copy.done c1'],
    ],
  },
  lessThanCluster: {
    met: [[onDisk(full(), { sectors: 1 }), 'job: start']],
    not: [
      [onDisk(full(), { sectors: 2 }), 'job: start'],
      [onDisk(full(), { sectors: 0 }), 'job: start'],
      [onDisk(full(), { sectors: 3 }), 'job: start'],
    ],
  },
  emptyDisk: {
    met: [[onDisk(full(), { sectors: 0 }), 'job: start']],
    not: [[onDisk(full(), { sectors: 1 }), 'job: start']],
  },
  zeroes: {
    met: [[onDisk(full(), { zero: [0, 1] }), 'job: ... copy.zero.done c0']],
    not: [
      [onDisk(full(), { zero: [0] }), 'job: ... copy.done c0'],
      [onDisk(full(), { zero: [0, 1] }), 'job: ... copy.zero.land c0'],
    ],
  },
  skippedThenWritten: {
    met: [
      [top([write('g1', 2, 1)]), 'job: ... ask c1', 'g1: write.start'],
      [top([write('g1', 2, 1)]), 'job: ... sleep c2', 'g1: write.start'],
    ],
    not: [
      [top([write('g1', 2, 1)]), 'job: ... sleep c1', 'g1: write.start'],
      [top([write('g1', 0, 1)]), 'job: ... ask c1', 'g1: write.start'],
      [top([write('g1', 2, 1)]), 'job: ... copy.done c2', 'g1: write.start'],
      [
        onDisk(top([write('g1', 4, 1)]), { sectors: 8, clusterSectors: 4, overlay: { ...OVERLAY, allocated: [0, 3] } }),
        'job: ... ask c1',
        'g1: write.start',
      ],
    ],
  },
  partlyAllocated: {
    met: [
      [onDisk(top(), { clusterSectors: 4 }), 'job: ... ask c0'],
      [onDisk(top(), { clusterSectors: 4, overlay: { ...OVERLAY, allocated: [1] } }), 'job: ... ask c0'],
    ],
    not: [
      [top(), 'job: ... ask c1'],
      [onDisk(top(), { clusterSectors: 4, overlay: { ...OVERLAY, allocated: [0, 1] } }), 'job: ... ask c0'],
    ],
  },
  queued: {
    met: [
      [onDisk(full([write('g1', 0, 1), write('g2', 2, 1)]), THROTTLED), 'job: start', 'g1: write.start', 'g2: write.start'],
      [onDisk(full([write('g1', 4, 1)]), THROTTLED), 'job: start', 'g1: write.start', 'job: sleep c0'],
    ],
    not: [
      [onDisk(full([write('g1', 0, 1), write('g2', 2, 1)]), THROTTLED), 'job: start', 'g1: write.start'],
      [full([write('g1', 0, 1), write('g2', 2, 1)]), 'job: start', 'g1: write.start', 'g2: write.start'],
    ],
  },
  copyThrottled: {
    met: [
      [onDisk(full(), THROTTLED), 'job: ... sleep c0', 'job: copy.throttle c0'],
      [onDisk(none([write('g1', 0, 1)]), THROTTLED), 'job: start', 'g1: ... copy.throttle c0'],
    ],
    not: [
      [onDisk(none([write('g1', 0, 1)]), THROTTLED), 'job: start', 'g1: ... throttle'],
      [full(), 'job: ... copy.read c0'],
    ],
  },
  copiedOnRead: {
    met: [[onDisk(full([request('g1', 'read', [2, 1])]), COPY_ON_READ), 'job: start', 'g1: ... cor.put c1']],
    not: [
      [onDisk(full([request('g1', 'read', [2, 1])]), COPY_ON_READ), 'job: start', 'g1: ... cor.took c1'],
      [onDisk(full([request('g1', 'read', [0, 1])]), COPY_ON_READ), 'job: start', 'g1: ...'],
      [onDisk(full([request('g1', 'read', [2, 1])]), { overlay: OVERLAY }), 'job: start', 'g1: ...'],
    ],
  },
  waitedForRead: {
    met: [
      [onDisk(full([request('g1', 'read', [2, 1]), write('g2', 2, 1)]), COPY_ON_READ), 'job: start', 'g1: read.start', 'g2: write.start'],
    ],
    not: [
      [onDisk(full([request('g1', 'read', [2, 1]), write('g2', 4, 1)]), COPY_ON_READ), 'job: start', 'g1: read.start', 'g2: write.start'],
      [
        onDisk(full([request('g1', 'read', [2, 1]), write('g2', 2, 1)]), { overlay: OVERLAY }),
        'job: start',
        'g1: read.start',
        'g2: write.start',
      ],
    ],
  },
  speedLimit: {
    met: [
      [full([], { speed: 2 }), 'job: ... copy.done c0', 'job: sleep.limit c1'],
      [full([write('g1', 2, 1)], { speed: 2 }), 'job: start', 'g1: ... copy.done c1', 'job: ... sleep.limit c1'],
    ],
    not: [
      [full([], { speed: 3 }), 'job: ... copy.done c0', 'job: sleep c1'],
      [full([], { speed: 2 }), 'job: ... copy.done c0'],
    ],
  },
  paused: {
    met: [[full([], { pause: true }), 'job: ... sleep c0', 'operator: pause', 'job: ... copy.done c0']],
    not: [
      [full([], { pause: true }), 'job: ... sleep c0', 'operator: ...', 'job: ... copy.done c0'],
      [full([], { pause: true }), 'job: ... sleep c0', 'operator: pause', 'job: ... copy.land c0'],
    ],
  },
  hookWhilePaused: {
    met: [
      [none([write('g1', 0, 1)], { pause: true }), 'job: start', 'operator: pause', 'g1: ... copy.done c0'],
      [failing(full([write('g1', 2, 1)], STOP), 'target', 'write'), 'job: ... copy.store c0', 'g1: ... copy.done c1'],
    ],
    not: [
      [none([write('g1', 0, 1)], { pause: true }), 'job: start', 'operator: ...', 'g1: ... copy.done c0'],
      [full([], { pause: true }), 'job: ... copy.land c0', 'operator: pause', 'job: ...'],
    ],
  },
  existingTarget: {
    met: [
      [full([], { existingTarget: { sectors: 6, backed: false, data: [1] } }), 'job: start'],
      [none([], { existingTarget: { sectors: 7, backed: true, data: [] } }), 'job: start'],
    ],
    not: [
      [full(), 'job: start'],
      [none(), 'job: start'],
    ],
  },
  refused: {
    met: [
      [none([], { existingTarget: { sectors: 7, backed: true, data: [] } }), 'job: start'],
      [top([], { existingTarget: { sectors: 6, backed: true, data: [0] } }), 'job: start'],
    ],
    not: [
      [none([], { existingTarget: { sectors: 6, backed: true, data: [] } }), 'job: start'],
      [full([], { existingTarget: { sectors: 6, backed: false, data: [0] } }), 'job: start'],
    ],
  },
  topIsFull: {
    met: [[onDisk(top(), { overlay: { ...OVERLAY, baseSectors: null } }), 'job: start']],
    not: [
      [onDisk(top(), { overlay: OVERLAY }), 'job: start'],
      [onDisk(full(), { overlay: { ...OVERLAY, baseSectors: null } }), 'job: start'],
    ],
  },
  readFromTarget: {
    met: [
      [none([write('g1', 0, 1), readT0(0, 1)]), 'job: start', 'g1: ...', 'r1: ... readT0.took c0'],
      [onDisk(none([write('g1', 0, 1), readT0(0, 1)]), { zero: [0, 1] }), 'job: start', 'g1: ...', 'r1: ... readT0.took c0'],
    ],
    not: [
      [none([write('g1', 2, 1), readT0(0, 1)]), 'job: start', 'g1: ...', 'r1: ... readT0.took c0'],
      [none([write('g1', 0, 1), readT0(0, 1)]), 'job: start', 'g1: ...', 'r1: ... readT0.look c0'],
    ],
  },
  readFromSource: {
    met: [[none([readT0(0, 1)]), 'job: start', 'r1: ... readT0.took c0']],
    not: [
      [none([write('g1', 0, 1), readT0(0, 1)]), 'job: start', 'g1: ...', 'r1: ... readT0.took c0'],
      [none([request('g1', 'read', [0, 1])]), 'job: start', 'g1: ...'],
      [none([readT0(0, 1)]), 'job: start', 'r1: ... readT0.look c0'],
    ],
  },
  readerWaited: {
    met: [[none([write('g1', 0, 1), readT0(1, 1)]), 'job: start', 'g1: ... copy.read c0', 'r1: readT0.start']],
    not: [
      [none([write('g1', 0, 1), readT0(2, 1)]), 'job: start', 'g1: ... copy.read c0', 'r1: readT0.start'],
      [none([write('g1', 0, 1), write('g2', 1, 1)]), 'job: start', 'g1: ... copy.read c0', 'g2: ...'],
      [none([write('g1', 0, 1), readT0(1, 1)]), 'job: start', 'r1: readT0.start', 'g1: ...'],
    ],
  },
  copyWaitedForReader: {
    met: [[none([readT0(1, 1), write('g1', 0, 1)]), 'job: start', 'r1: readT0.start', 'g1: write.start']],
    not: [
      [none([readT0(2, 1), write('g1', 0, 1)]), 'job: start', 'r1: readT0.start', 'g1: write.start'],
      [none([readT0(1, 1), write('g1', 0, 1)]), 'job: start', 'r1: ...', 'g1: write.start'],
      [
        none([readT0(1, 1), write('g1', 0, 1), write('g2', 0, 1)]),
        'job: start',
        'g1: ... copy.read c0',
        'r1: readT0.start',
        'g2: write.start',
      ], // for g1: the reader waits as well
    ],
  },
  writeAfterCancel: {
    met: [
      [none([write('g1', 0, 1)]), 'job: start', 'user: cancel', 'g1: write.start'],
      [full([write('g1', 0, 1)], CANCEL), 'job: start', 'user: cancel', 'job: sleep c0', 'g1: write.start'],
    ],
    not: [
      [none([write('g1', 0, 1)]), 'job: start', 'g1: write.start', 'user: cancel'],
      [none([write('g1', 0, 1)]), 'job: start', 'user: cancel', 'job: ...', 'g1: write.start'],
    ],
  },
  jobReadFailed: {
    met: [[failing(full(), 'source', 'read'), 'job: ... copy.read c0']],
    not: [
      [failing(full(), 'target', 'write'), 'job: ... copy.store c0'],
      [failing(full([write('g1', 0, 1)]), 'source', 'read'), 'job: start', 'g1: ... copy.read c0'],
      [failing(full(), 'source', 'read', { cluster: 1 }), 'job: ... copy.read c0'],
    ],
  },
  jobStoreFailed: {
    met: [
      [failing(full(), 'target', 'write'), 'job: ... copy.store c0'],
      [failing(onDisk(full(), { zero: [0, 1] }), 'target', 'write'), 'job: ... copy.zero c0'],
    ],
    not: [
      [failing(full(), 'source', 'read'), 'job: ... copy.read c0'],
      [failing(full([write('g1', 0, 1)]), 'target', 'write'), 'job: start', 'g1: ... copy.store c0'],
    ],
  },
  hookReadFailed: {
    met: [[failing(none([write('g1', 0, 1)]), 'source', 'read'), 'job: start', 'g1: ... copy.read c0']],
    not: [
      [failing(none([request('g1', 'read', [0, 1])]), 'source', 'read'), 'job: start', 'g1: ... read.look c0'],
      [failing(full(), 'source', 'read'), 'job: ... copy.read c0'],
    ],
  },
  hookStoreFailed: {
    met: [
      [failing(none([write('g1', 0, 1)]), 'target', 'write'), 'job: start', 'g1: ... copy.store c0'],
      [failing(onDisk(none([discard(0, 2)]), { zero: [0, 1] }), 'target', 'write'), 'job: start', 'g1: ... copy.zero c0'],
    ],
    not: [
      [failing(none([write('g1', 0, 1)]), 'source', 'write'), 'job: start', 'g1: ... write.send c0'],
      [failing(full(), 'target', 'write'), 'job: ... copy.store c0'],
    ],
  },
  askFailed: {
    met: [[failing(top(), 'source', 'ask'), 'job: ... ask c0']],
    not: [
      [failing(top(), 'source', 'ask', { cluster: 1 }), 'job: ... ask c0'],
      [failing(top(), 'source', 'read'), 'job: ... copy.read c0'],
    ],
  },
  guestIoFailed: {
    met: [
      [failing(none([write('g1', 0, 1)]), 'source', 'write'), 'job: start', 'g1: ... write.send c0'],
      [failing(none([request('g1', 'read', [0, 1])]), 'source', 'read'), 'job: start', 'g1: ... read.look c0'],
    ],
    not: [
      [failing(none([write('g1', 0, 1)]), 'target', 'write'), 'job: start', 'g1: ...'],
      [failing(none([readT0(0, 1)]), 'target', 'read'), 'job: start', 'r1: ...'],
    ],
  },
  readerFailed: {
    met: [
      [failing(none([readT0(0, 1)]), 'target', 'read'), 'job: start', 'r1: ...'],
      [failing(none([write('g1', 0, 1), readT0(0, 1)]), 'target', 'read'), 'job: start', 'g1: ...', 'r1: ...'],
    ],
    not: [
      [failing(none([request('g1', 'read', [0, 1]), readT0(0, 1)]), 'source', 'read'), 'job: start', 'g1: ...', 'r1: ...'],
      [failing(none([readT0(2, 1)]), 'target', 'read'), 'job: start', 'r1: ...'],
    ],
  },
  errorReported: {
    met: [
      [failing(full(), 'target', 'write'), 'job: ... copy.store c0'],
      [failing(full([], ENOSPC), 'target', 'write'), 'job: ... copy.store c0'],
    ],
    not: [
      [failing(full([], IGNORE), 'target', 'write'), 'job: ... copy.store c0'],
      [failing(none([write('g1', 0, 1)]), 'target', 'write'), 'job: start', 'g1: ...'],
    ],
  },
  errorIgnored: {
    met: [[failing(full([], IGNORE), 'target', 'write'), 'job: ... copy.store c0']],
    not: [
      [failing(full([], STOP), 'target', 'write'), 'job: ... copy.store c0'],
      [failing(full([write('g1', 0, 1)], IGNORE), 'target', 'write'), 'job: start', 'g1: ...'],
    ],
  },
  errorStopped: {
    met: [[failing(full([], STOP), 'target', 'write'), 'job: ... copy.store c0']],
    not: [
      [failing(full([], IGNORE), 'target', 'write'), 'job: ... copy.store c0'],
      [full([], { pause: true }), 'job: start', 'operator: pause'],
    ],
  },
  noSpaceStopped: {
    met: [
      [failing(full([], ENOSPC), 'target', 'write', { errno: 'ENOSPC' }), 'job: ... copy.store c0'],
      [failing(full([], ENOSPC), 'source', 'read', { errno: 'ENOSPC' }), 'job: ... copy.read c0'],
    ],
    not: [
      [failing(full([], STOP), 'target', 'write', { errno: 'ENOSPC' }), 'job: ... copy.store c0'],
      [failing(full([], ENOSPC), 'target', 'write'), 'job: ... copy.store c0'],
      [
        failing(full([], { onError: { source: 'enospc', target: 'stop' } }), 'target', 'write', { errno: 'ENOSPC' }),
        'job: ... copy.store c0',
      ],
    ],
  },
  resumed: {
    met: [[failing(full([], { ...STOP, resume: true }), 'target', 'write'), 'job: ... copy.store c0', 'operator: resume.stopped']],
    not: [
      [failing(full([], { ...STOP, resume: true }), 'target', 'write'), 'job: ... copy.store c0'],
      [full([], { pause: true }), 'job: start', 'operator: ...'],
    ],
  },
  cancelStopped: {
    met: [[failing(full([], { ...STOP, ...CANCEL }), 'target', 'write'), 'job: ... copy.store c0', 'user: cancel']],
    not: [
      [failing(full([], { ...IGNORE, ...CANCEL }), 'target', 'write'), 'job: ... copy.store c0', 'user: cancel'],
      [full([], { pause: true, ...CANCEL }), 'job: ... sleep c0', 'operator: pause', 'job: ... copy.done c0', 'user: cancel'],
      [
        failing(full([], { ...STOP, ...CANCEL, resume: true }), 'target', 'write'),
        'job: ... copy.store c0',
        'operator: ...',
        'job: paused c0',
        'user: cancel',
      ],
    ],
  },
  writeAfterHook: {
    met: [
      [full([write('g1', 0, 1)]), 'job: ... copy.done c2', 'g1: write.start'],
      [none([write('g1', 0, 1)]), 'job: start', 'user: cancel', 'job: park', 'g1: write.start'],
    ],
    not: [
      [full([write('g1', 0, 1)]), 'job: ... copy.land c2', 'g1: write.start'],
      [full([write('g1', 0, 1)]), 'job: ...', 'g1: write.start'],
      [full([early(0, 1)]), 'g1: write.start'],
    ],
  },
};

describe('a mark', () => {
  const MET = MARK_IDS.flatMap((id) => RUNS[id].met.map((run, i) => ({ id, i, run })));
  const NOT = MARK_IDS.flatMap((id) => RUNS[id].not.map((run, i) => ({ id, i, run })));

  it.each(MET)('is met: $id, run $i', ({ id, run }) => {
    expect(hitIn(run)).toContain(id);
  });

  it.each(NOT)('is not met without what it takes: $id, run $i', ({ id, run }) => {
    expect(hitIn(run)).not.toContain(id);
  });

  it('is not met by one write and a read: twoWritesOneCluster', () => {
    expect(
      hitIn([full([request('g1', 'read', [0, 1]), write('g2', 1, 1)]), 'job: start', 'g1: read.start', 'g2: write.start']),
    ).not.toContain('twoWritesOneCluster');
  });

  it('is met in the modes that it is listed for, and takes faults where it says so', () => {
    for (const { id, run } of MET) {
      const [{ mode, faults = [] }] = run;
      const { modes, ...more } = MARKS[id];
      expect({ id, listed: modes.includes(mode) }).toEqual({ id, listed: true });
      expect({ id, faults: 'faults' in more && faults.length === 0 }).toEqual({ id, faults: false });
    }
  });

  it('is forgotten when the next run begins', () => {
    const { player, observer, machine } = staged<Violation, Both>(onDisk(full(), { zero: [0, 1] }), (on) => new Both(on));
    const count = (): number => observer.marks.hit.filter((hit) => hit === 1).length;
    player.play('job: ... copy.zero.done c0');
    expect(count()).toBe(1);
    machine.begin();
    observer.begin();
    expect(count()).toBe(0);
  });

  it('has a name of its own', () => {
    expect(new Set(MARK_IDS.map((id) => MARKS[id].name)).size).toBe(MARK_IDS.length);
  });
});
