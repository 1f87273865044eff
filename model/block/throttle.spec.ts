import { describe, expect, it } from 'vitest';
import { Coroutine, type Run } from '../kernel/coroutine.ts';
import { Coroutines } from '../kernel/coroutines.ts';
import type { WakeOrder } from '../kernel/wake/orders.ts';
import { GeneratorEngine } from '../kernel/engine.ts';
import { type Step, printStep } from '../kernel/step.ts';
import { World } from '../kernel/world.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { NOBODY, cellsNamed, readyNow, request, seeded, smallScenario, staged, stepOfTest } from '../testing.ts';
import type { GuestRequest } from './guest.ts';
import { Throttle } from './throttle.ts';

const START = stepOfTest('start.client', 'nothing');
const STEPS = { queued: stepOfTest('queued', 'sector', { guard: 'woken' }), throttled: stepOfTest('throttled', 'sector') };
const PASSED = stepOfTest('passed', 'nothing');

const SECTOR = 3;

/** Somebody with one request. */
class Client extends Coroutine {
  readonly #throttle: Throttle;
  constructor(coroutines: Coroutines, name: string, throttle: Throttle) {
    super(coroutines, name, 0);
    this.#throttle = throttle;
  }
  override *body(start: Step): Run {
    yield start;
    yield* this.#throttle.admit(this, STEPS, SECTOR);
    yield this.step(PASSED);
  }
}

/** Some clients before one throttle. */
class Queue {
  readonly world = new World(1000);
  /** In the order in which they were let through. */
  readonly passed: string[] = [];
  readonly #coroutines: Coroutines;
  readonly #engine: GeneratorEngine;

  constructor(names: readonly string[], wake: WakeOrder = 'any') {
    this.#coroutines = new Coroutines(this.world, wake);
    const throttle = new Throttle(this.#coroutines, 'disk');
    const clients = names.map((name) => new Client(this.#coroutines, name, throttle));
    this.world.seal();
    const cells = this.world.cells.slice();
    for (const client of clients) client.loadInto(cells, client.step(START));
    this.world.load(cells);
    this.#engine = new GeneratorEngine(this.#coroutines);
    this.#engine.begin();
  }

  at(name: string): string {
    return printStep(this.#named(name).pending, 2, false);
  }
  run(...names: string[]): this {
    for (const name of names) {
      if (!this.ready.includes(name)) throw new Error(`${name} can't run ${this.at(name)}`);
      this.#engine.step(this.#named(name));
      if (this.at(name) === 'passed') this.passed.push(name);
    }
    return this;
  }
  get ready(): string[] {
    const ids = new Int32Array(this.#coroutines.all.length);
    return [...ids.subarray(0, this.#coroutines.ready(ids))].map((id) => this.#coroutines.byId(id).name);
  }

  #named(name: string): Coroutine {
    return this.#coroutines.all.find((c) => c.name === name)!;
  }
}

describe('a throttle', () => {
  it('lets the first wait for the limits, and the others for those before them', () => {
    const queue = new Queue(['a', 'b', 'c']).run('a', 'b', 'c');
    expect(['a', 'b', 'c'].map((name) => queue.at(name))).toEqual(['throttled s3', 'queued s3', 'queued s3']);
    expect(queue.ready).toEqual(['a']);
    queue.run('a');
    expect([queue.at('a'), queue.ready]).toEqual(['passed', ['a', 'b']]);
    queue.run('b');
    expect([queue.at('b'), queue.ready]).toEqual(['throttled s3', ['a', 'b']]); // at the head now; c still waits
    queue.run('b', 'c', 'c');
    expect(queue.passed).toEqual(['a', 'b', 'c']);
  });

  it('always yields, even where nobody is before', () => {
    expect(new Queue(['a']).run('a').at('a')).toBe('throttled s3');
  });

  it('lets nobody overtake one who was woken and has not run yet', () => {
    const queue = new Queue(['a', 'b', 'c']).run('a', 'b', 'a'); // b is woken: the way to the head of the queue is its own
    queue.run('c');
    expect(queue.at('c')).toBe('queued s3');
    expect(queue.run('b', 'b', 'c', 'c').passed).toEqual(['a', 'b', 'c']);
  });

  it('starts anew once all have passed', () => {
    const queue = new Queue(['a', 'b']).run('a', 'a', 'b');
    expect(queue.at('b')).toBe('throttled s3');
  });

  it.each<WakeOrder>(['any', 'qemu'])(
    'lets them through in the order in which they came, however they are scheduled, and keeps nothing (wake order %s)',
    (wake) => {
      const names = ['a', 'b', 'c', 'd', 'e'];
      const pick = seeded(`throttle ${wake}`);
      const orders = new Set<string>();
      for (let run = 0; run < 200; run++) {
        const queue = new Queue(names, wake);
        const came: string[] = [];
        for (let { ready } = queue; ready.length > 0; ready = queue.ready) {
          const next = ready[pick(ready.length)]!;
          if (queue.at(next) === 'start.client') came.push(next);
          queue.run(next);
        }
        expect(queue.passed).toEqual(came);
        for (const name of ['disk.busy', 'disk.queue'])
          expect(cellsNamed(queue.world, name).map((cell) => queue.world.cells[cell])).toEqual([0]);
        orders.add(came.join());
      }
      expect(orders.size).toBeGreaterThan(50);
    },
  );
});

describe('a throttled disk', () => {
  const throttled = (scenario: Scenario): Scenario => ({ ...scenario, disk: { ...scenario.disk, throttled: true } });

  it('has one queue for reads, writes and zeroes, of the guest and of the backup', () => {
    const guest = [request('w', 'write', [4, 1]), request('r', 'read', [2, 1]), request('z', 'zero', [3, 1])];
    const { machine, player } = staged(throttled(smallScenario('full', guest)), () => NOBODY);
    player.play('job: start', 'w: write.start', 'r: read.start', 'job: sleep c0', 'z: zero.start');
    const at = (): string[] => [machine.job, ...machine.guests].map((c) => machine.stepName(c.pending));
    expect(at()).toEqual(['copy.queue c0', 'throttle', 'queue', 'queue']);
    player.play('w: throttle', 'r: queue', 'r: throttle', 'job: copy.queue c0', 'job: copy.throttle c0', 'z: queue', 'z: throttle');
    expect(at()).toEqual(['copy.read c0', 'copy.queue c2', 'read.look c1', 'copy.queue c1']); // for their copies they queue again
  });

  it('lets discards, flushes and the question what is allocated pass by, and what goes to the target', () => {
    const guest = [request('w', 'write', [0, 1]), request('d', 'discard', [4, 2]), request('f', 'flush', [0, 0])];
    const { machine, player } = staged(throttled(smallScenario('top', guest)), () => NOBODY);
    const [w, d, f] = machine.guests as [GuestRequest, GuestRequest, GuestRequest];
    player.play('job: start', 'w: write.start', 'd: discard.start', 'f: ... flush.done', 'job: sleep c0', 'job: ask c0');
    expect(f.hasEnded).toBe(true);
    // only copies read
    expect([w, d, machine.job].map((c) => machine.stepName(c.pending))).toEqual(['throttle', 'copy.queue c2', 'copy.queue c0']);
    player.play(
      'w: throttle',
      'd: copy.queue c2',
      'd: copy.throttle c2',
      'd: ... discard.done',
      'job: copy.queue c0',
      'job: copy.throttle c0',
      'job: copy.read c0',
    );
    const queue = (): (number | undefined)[] =>
      ['source.throttle.busy', 'source.throttle.queue'].map((name) => machine.world.cells[cellsNamed(machine.world, name)[0]!]);
    expect(queue()).toEqual([0, 0]);
    player.play('job: ... copy.done c0');
    expect(queue()).toEqual([0, 0]);
  });

  it("is not asked by a reader of the point in time, whose driver is the target's", () => {
    const scenario = throttled(smallScenario('none', [request('w', 'write', [4, 1]), request('r', 'readT0', [0, 2])]));
    const { machine, player } = staged(scenario, () => NOBODY);
    player.play('job: start', 'w: write.start', 'r: ... readT0.done c0');
    expect(machine.guests[1]!.hasEnded).toBe(true);
    expect(readyNow(machine)).toContain(machine.guests[0]!.id);
  });
});
