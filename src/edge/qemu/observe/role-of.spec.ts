import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import type { Held } from '../disks/held.ts';
import type { Role } from '../disks/role.ts';
import { type Doer, Roles, roleOf } from './role-of.ts';
import { HandMade, guestAsks, scenarioOf } from './testing.ts';

/** g1 writes to the first cluster, and is under way; T0 has been. */
class Begun extends HandMade {
  constructor(more: Partial<Scenario> = {}) {
    super(scenarioOf({ guest: [guestAsks('g1', 'write', [0, 1]), guestAsks('g2', 'read', [0, 1])], ...more }));
    this.pointInTime();
  }

  /** Whose a request is that comes after somebody has run. */
  role(held: Held, doer: Doer): Role {
    return roleOf(held, doer, this.view);
  }

  /** A read of the source: of the first cluster, or of the second. */
  read(cluster: 0 | 1): Held {
    return this.lands('source', 'read', 2 * cluster, [0, 0]);
  }
}

const after = (role: Role, hasFailed = false): Doer => ({ who: 'source', held: { role, hasFailed } as Held });
const NONE: Partial<Scenario> = {
  mode: 'none',
  targetClusterSectors: 2,
  guest: [guestAsks('g1', 'write', [0, 1]), guestAsks('r1', 'readT0', [0, 2])],
};

describe('a request of QEMU is', () => {
  it("a guest's own, if it changes the source, or a guest's read brought it about", () => {
    const on = new Begun();
    expect(on.role(on.lands('source', 'write', 0, [1]), after('job copy'))).toBe('guest');
    expect(on.role(on.read(0), { who: 'g2' })).toBe('guest');
  });

  it("a guest's copy, if its write brought it about, or a copy of the job's has failed that it waited for", () => {
    const on = new Begun();
    on.issues('g1');
    expect(on.role(on.read(0), { who: 'g1' })).toBe('guest copy');
    expect(on.role(on.lands('target', 'write', 0, [0, 0]), after('guest copy'))).toBe('guest copy');
    expect(on.role(on.read(0), after('job copy', true))).toBe('guest copy');
  });

  it("the job's copy in all other cases, though a guest may wait for it", () => {
    const on = new Begun();
    expect(on.role(on.read(0), { who: 'user' })).toBe('job copy');
    on.issues('g1');
    expect(on.role(on.lands('target', 'write', 0, [0, 0]), after('job copy'))).toBe('job copy');
    expect(on.role(on.read(1), after('guest copy'))).toBe('job copy');
  });

  it("the job's, if it comes as the drain at the start ends with a guest's own request, though another guest waits there", () => {
    const on = new Begun();
    on.issues('g1');
    const read = on.read(0);
    on.view.t0At = on.view.now;
    expect(on.role(read, after('guest'))).toBe('job copy');
    on.view.now++;
    expect(on.role(read, after('guest'))).toBe('guest');
  });

  it("the job's once a guest's copy has failed under break-snapshot: that write waits for none any more, another one does", () => {
    const on = new HandMade(scenarioOf({ guest: [guestAsks('g1', 'write', [0, 1]), guestAsks('g2', 'write', [1, 1])] }), { givesUp: true });
    on.pointInTime();
    on.issues('g1');
    const next = (): Role => roleOf(on.lands('source', 'read', 0, [0, 0]), after('guest copy', true), on.view);
    expect(next()).toBe('job copy');
    on.issues('g2');
    expect(next()).toBe('guest copy');
  });

  it("a reader's, if a reader brought it about; and where the job copies nothing itself, no copy is the job's", () => {
    const on = new Begun(NONE);
    const { contents } = on.view.disks;
    on.issues('r1');
    expect(on.role(on.read(0), { who: 'r1' })).toBe('reader');
    expect(on.role(on.read(1), after('reader'))).toBe('reader');
    expect(on.role(on.lands('target', 'write', 0, [0, 0]), after('guest copy'))).toBe('guest copy'); // metadata, while a reader waits
    on.issues('g1');
    expect(on.role(on.lands('target', 'write', 0, [contents.atT0(0), contents.atT0(1)]), { who: 'user' })).toBe('guest copy');
  });
});

describe('a copy goes on for whom it began', () => {
  it('though other requests came in between, until the target has got it or it has failed', () => {
    const on = new Begun();
    const roles = new Roles(on.view);
    const { contents } = on.view.disks;
    const store = (): Held => on.lands('target', 'write', 0, [contents.atT0(0), contents.atT0(1)]);
    on.issues('g1');
    expect(roles.came(on.read(0), { who: 'g1' })).toBe('guest copy');
    expect(roles.came(store(), after('job copy'))).toBe('guest copy');
    roles.done(store());
    expect(roles.came(store(), after('job copy'))).toBe('job copy');
    roles.done(Object.assign(on.read(0), { hasFailed: true }));
    expect(roles.came(on.read(0), after('job copy', true))).toBe('guest copy');
  });
});
