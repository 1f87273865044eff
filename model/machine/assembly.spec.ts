/** For whom coroutines work, by what a machine says of them. */
import { expect, it } from 'vitest';
import { Coroutine, type Run } from '../kernel/coroutine.ts';
import { ENDED, type Step, defineStep } from '../kernel/step.ts';
import { machineFor, request, smallScenario } from '../testing.ts';

const WORK = defineStep('work', 'nothing');

class Task extends Coroutine {
  override *body(start: Step): Run {
    yield start;
  }
}

it('a coroutine works for a guest if the task is at work for its request, and is called after it', () => {
  const scenario = smallScenario('full', [request('first', 'write', [0, 2]), request('second', 'write', [2, 2])]);
  const machine = machineFor(scenario);
  const { coroutines, guests, job, user } = machine;
  const task = new Task(coroutines, 't1', 0, { isTask: true });
  machine.load(scenario);
  machine.begin();
  task.loadInto(machine.world.cells, ENDED);
  const seen = (one: Coroutine) => [machine.coroutineName(one), machine.guestOf(one)?.id ?? null];

  expect([job, user, ...guests].map(seen)).toEqual([
    ['job', null],
    ['user', null],
    ['first', guests[0]!.id],
    ['second', guests[1]!.id],
    ['g3', guests[2]!.id], // no request of this scenario's
  ]);
  expect(seen(task)).toEqual(['t1', null]);

  coroutines.spawn(task.id, task.step(WORK), guests[1]!.principalCell);
  expect(seen(task)).toEqual(['second.t1', guests[1]!.id]);
  machine.step(task.id);
  expect(task.hasEnded).toBe(true);
  expect(seen(task)).toEqual(['second.t1', guests[1]!.id]); // for whom it made its last step
  machine.step(job.id);
  expect(seen(task)).toEqual(['t1', null]);
  coroutines.spawn(task.id, task.step(WORK), job.principalCell);
  expect(seen(task)).toEqual(['job.t1', null]);
});
