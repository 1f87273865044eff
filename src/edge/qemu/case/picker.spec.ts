import { expect, it } from 'vitest';
import type { Held } from '../disks/held.ts';
import type { Role } from '../disks/role.ts';
import type { Actor } from './actor.ts';
import { Ranked } from './picker.ts';

const request = (role: Role): Actor => ({ id: 0, who: 'source', what: role, held: { role } as Held, run: () => {} });
const command: Actor = { id: 0, who: 'user', what: 'cancel', run: () => {} };
const THE_LAST = { pick: (ready: readonly Actor[]) => ready.length - 1, done: () => {} };

it('lets requests of one role go ahead of all others or behind them, and has another picker choose among the rest', () => {
  const ready = [command, request('job copy'), request('guest copy'), request('job copy')];
  expect(new Ranked(THE_LAST, 'job copy', 'first').pick(ready)).toBe(3);
  expect(new Ranked(THE_LAST, 'job copy', 'last').pick(ready)).toBe(2);
  expect(new Ranked(THE_LAST, 'reader', 'first').pick(ready)).toBe(3);
  expect(new Ranked(THE_LAST, 'job copy', 'last').pick([ready[1]!, ready[3]!])).toBe(1);
});

it('ends where the other picker picks nobody', () => {
  expect(new Ranked({ pick: () => -1, done: () => {} }, 'job copy', 'first').pick([command])).toBe(-1);
});
