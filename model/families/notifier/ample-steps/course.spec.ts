import { expect, it } from 'vitest';
import { nameOf } from '../../../kernel/step.ts';
import { machineFor, readyNow, request, smallScenario } from '../../../testing.ts';
import { hasPassed, isHooked, isPastCopies, isPastDrains } from './course.ts';

/** What is so before each step of the job, by its label: `passed` are the clusters that its loop is past. */
function courseOf(mode: 'full' | 'none', last: 'job' | 'guest') {
  const scenario = smallScenario(mode, [{ ...request('g1', 'write', [0, 2]), early: true }]);
  const machine = machineFor(scenario);
  machine.load(scenario);
  machine.begin();
  const { job, guests } = machine;
  const course: Record<string, object> = {};
  for (let ready = readyNow(machine); ready.length > 0; ready = readyNow(machine)) {
    const clusters = Array.from({ length: job.clusters }, (_, c) => c);
    course[nameOf(job.pending).label] = {
      passed: clusters.filter((c) => hasPassed(job, c)),
      hooked: isHooked(job),
      pastCopies: isPastCopies(job),
      pastDrains: isPastDrains(job),
    };
    const guest = guests[0]!.id;
    const others = ready.filter((id) => id !== guest);
    machine.step(last === 'guest' && others.length > 0 ? others[0]! : ready.includes(guest) ? guest : ready[0]!);
  }
  return { course, job };
}

it('knows where the job is by its pending step, from the start to the end', () => {
  const { course } = courseOf('full', 'guest');
  const all = [0, 1, 2];
  const running = { hooked: true, pastCopies: false, pastDrains: false };
  expect(course).toMatchObject({
    start: { passed: [], hooked: false, pastCopies: false, pastDrains: false },
    sleep: { passed: [0, 1], ...running },
    'copy.read': { passed: [0, 1], ...running },
    close: { passed: all, hooked: false, pastCopies: true, pastDrains: true },
  });
});

it('is past everything once it has ended', () => {
  const { job } = courseOf('full', 'job');
  expect(job.hasEnded).toBe(true);
  expect([hasPassed(job, 2), isPastCopies(job), isPastDrains(job)]).toEqual([true, true, true]);
});

it('has passed all clusters of a NONE job, which parks', () => {
  const { course } = courseOf('none', 'guest');
  expect(course['park']).toMatchObject({ passed: [0, 1, 2], pastCopies: false, pastDrains: false });
});
