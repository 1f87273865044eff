import { describe, expect, it } from 'vitest';
import type { Held } from '../disks/held.ts';
import type { Role } from '../disks/role.ts';
import type { Actor } from './actor.ts';
import { type Hold, HoldBack } from './hold-back.ts';

const command = (who: string, what: string): Actor => ({ id: 0, who, what, run: () => {} });
const request = (role: Role, kind: 'read' | 'write', isNew = true): Actor => ({
  id: 0,
  who: 'source',
  what: kind,
  held: { role, isNew, isData: true, request: { kind } } as unknown as Held,
  run: () => {},
});
const THE_FIRST = { pick: () => 0, done: () => {} };
const picks = (holds: readonly Hold[], ...ready: readonly Actor[]): number => new HoldBack(THE_FIRST, holds).pick(ready);

describe('what is held back', () => {
  const read = request('reader', 'read');
  const copy = request('guest copy', 'read');

  it('runs when nothing else can, and from then on as any other', () => {
    const picker = new HoldBack(THE_FIRST, [{ role: 'reader', op: 'read', nth: 0, before: 'effect' }]);
    expect(picker.pick([read, copy])).toBe(1);
    expect(picker.pick([read])).toBe(0);
    expect(picker.pick([read, copy])).toBe(0);
  });

  it('is let go one after the other, in the order in which it is named', () => {
    const picker = new HoldBack(THE_FIRST, [{ who: 'g1' }, { role: 'reader', op: 'read', nth: 0, before: 'effect' }]);
    const write = command('g1', 'write');
    expect(picker.pick([read, write])).toBe(1);
    expect(picker.pick([read, copy])).toBe(1);
    expect(picker.pick([read])).toBe(0);
  });

  it('is named by whom it is for, what it does, its place among those that came, and what it comes to next', () => {
    const other = request('reader', 'read');
    expect(picks([{ role: 'reader', op: 'read', nth: 1, before: 'effect' }], other, read)).toBe(0);
    expect(picks([{ role: 'reader', op: 'read', nth: 0, before: 'effect' }], other, read)).toBe(1);
    expect(picks([{ role: 'reader', op: 'read', nth: 0, before: 'answer' }], read, copy)).toBe(0);
    expect(picks([{ role: 'guest copy', op: 'write', nth: 0, before: 'effect' }], copy, read)).toBe(0);
    expect(picks([{ role: 'reader', op: 'read', nth: 0, before: 'answer' }], request('reader', 'read', false), copy)).toBe(1);
  });

  it('may be a command by its first word', () => {
    const [start, cancel] = [command('user', 'start workers 1'), command('user', 'cancel')];
    expect(picks([{ who: 'user', what: 'start' }], start, copy)).toBe(1);
    expect(picks([{ who: 'user', what: 'start' }], cancel, copy)).toBe(0);
  });

  it('is nothing where the others pick nobody: the run is over', () => {
    expect(new HoldBack({ pick: () => -1, done: () => {} }, []).pick([read])).toBe(-1);
  });
});
