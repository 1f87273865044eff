import { expect, it } from 'vitest';
import { stepNamed } from './kernel/step.ts';
import './machine/machine.ts';
import { type Role, allMeanings, ioOf, meaningOf, roleOf } from './meaning.ts';

const named = (label: string) => meaningOf(stepNamed(label)!.index);

it('says who does an I/O, of which kind, and how far it is', () => {
  expect(named('copy.land').io).toEqual({ by: 'copy', kind: 'write', phase: 'effect' });
  expect(named('readT0.look').io).toEqual({ by: 'reader', kind: 'read', phase: 'submit' });
  expect(named('zero.ENOSPC').io).toEqual({ by: 'guest', kind: 'zero', phase: 'fail', errno: 'ENOSPC' });
  expect(named('savevm.start').io).toBeNull();
});

it('gives steps of different labels one role, and tells those of a copy from others', () => {
  const waiting: [label: string, role: Role | null, inCopy: boolean][] = [
    ['wait', 'waitsForCopy', true],
    ['overlap', 'waitsForRequest', false],
    ['copy.overlap', 'waitsForRequest', true],
    ['ask', 'asksAllocation', false],
    ['copy.ask', 'asksAllocation', true],
    ['copy.read', null, true],
    ['readT0.took', null, false],
  ];
  for (const [label, role, inCopy] of waiting) expect(named(label), label).toMatchObject({ role, inCopy });
});

it('is refused for a step of which nobody has said what it means', () => {
  for (const ask of [meaningOf, ioOf, roleOf]) expect(() => ask(255)).toThrow('nobody has said what the step');
});

it('is known of all steps by their index', () => {
  const { index } = stepNamed('copy.land')!;
  expect(allMeanings()[index]).toBe(meaningOf(index));
});
