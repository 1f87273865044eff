import { expect, it } from 'vitest';
import { type Scenario, whatIsWrong } from '../../../../model/scenario/scenario.ts';
import type { Actor } from '../case/actor.ts';
import type { CaseResult } from '../case/case.ts';
import type { Host } from '../case/host.ts';
import type { Picker } from '../case/picker.ts';
import type { Held } from '../disks/held.ts';
import type { Role } from '../disks/role.ts';
import { PLAIN } from '../../../validate/start.ts';
import { shrinkOnQemu } from './shrink.ts';

const scenario: Scenario = {
  mode: 'top',
  disk: {
    sectors: 32,
    clusterSectors: 8,
    zero: [1, 20],
    discardReads: 'zero',
    overlay: { clusterSectors: 4, allocated: [0, 3, 7], zeroClusters: [6], baseSectors: 32 },
  },
  targetClusterSectors: 2,
  guest: [
    { id: 'g1', kind: 'write', first: 9, count: 2, after: [], early: false },
    { id: 'g2', kind: 'write', first: 30, count: 2, after: ['g1'], early: false },
  ],
  cancel: true,
  faults: [{ side: 'source', op: 'read', cluster: 3, errno: 'EIO', times: 1 }],
};

/** A QEMU that fails in some scenarios. @param tried gets all of them */
const failing = (fails: (scenario: Scenario) => boolean, tried: Scenario[] = []): Host =>
  ({
    run: (given: Scenario) =>
      Promise.resolve(
        tried.push(given) > 0 && { ...resultOf(given), violation: fails(given) ? { property: 'snapshot-kept', detail: '' } : null },
      ),
  }) as unknown as Host;

const resultOf = (given: Scenario): CaseResult => ({
  scenario: given,
  start: PLAIN,
  steps: [],
  violation: { property: 'snapshot-kept', detail: '' },
  cutOff: false,
  preemptions: 0,
  ending: null,
  struck: [],
  overtaken: new Set(),
  situations: new Set(),
  shown: null,
  shownNext: null,
});

it('leaves out what the failure does not need, and cuts the disk behind what is asked for', async () => {
  const tried: Scenario[] = [];
  const { result } = await shrinkOnQemu(
    failing(({ guest }) => guest.some(({ id }) => id === 'g1'), tried),
    resultOf(scenario),
    new AbortController().signal,
  );
  expect(result.scenario).toMatchObject({
    disk: { sectors: 11, zero: [] },
    mode: 'full',
    targetClusterSectors: 0,
    cancel: false,
    faults: [],
  });
  expect(result.scenario.guest.map(({ id }) => id)).toEqual(['g1']);
  expect(tried.map(whatIsWrong).filter((wrong) => wrong !== null)).toEqual([]);
});

it('makes one of failures that differ in where a copy fails, in what the guest asks for and in the sync mode', async () => {
  const start = { ...PLAIN, bitmapMode: 'always', granularity: 65_536 } as const;
  const [write, ...others] = scenario.guest;
  const small = async (side: 'source' | 'target', kind: 'write' | 'zero', sync: 'bitmap' | 'mode'): Promise<object> => {
    const guest = [{ ...write!, kind }, ...others];
    const faults = [{ side, op: side === 'source' ? ('read' as const) : ('write' as const), cluster: 1, errno: 'EIO' as const, times: 1 }];
    const host = failing((given) => given.faults?.length === 1 && given.guest.some(({ id }) => id === 'g1'));
    const found = { ...resultOf({ ...scenario, guest, faults }), start: { ...start, sync } };
    const { result } = await shrinkOnQemu(host, found, new AbortController().signal);
    return result.scenario;
  };
  expect(await small('source', 'zero', 'bitmap')).toEqual(await small('target', 'write', 'mode'));
});

it('keeps a disk that the failure needs', async () => {
  const { result } = await shrinkOnQemu(
    failing(({ disk }) => disk.sectors > 16 && disk.zero.includes(20)),
    resultOf(scenario),
    new AbortController().signal,
  );
  expect(result.scenario.disk).toMatchObject({ sectors: 24, zero: [1, 20] });
});

const held = (role: Role): Actor => ({ id: 0, who: 'source', what: role, held: { role } as Held, run: () => {} });

/** A QEMU that fails whatever happens, in which a guest's write overtakes each role that is not picked ahead of it. */
const overtaking = (...needed: Role[]): Host =>
  ({
    run: (given: Scenario, start: typeof PLAIN, picker: Picker) => {
      const isHeld = (role: Role): boolean => needed.includes(role) || picker.pick([held('guest'), held(role)]) === 0;
      const overtaken = new Set((['guest copy', 'job copy'] as const).filter(isHeld));
      return Promise.resolve({ ...resultOf(given), start, overtaken });
    },
  }) as unknown as Host;

it('lets no request wait that need not wait', async () => {
  const found = { ...resultOf(scenario), overtaken: new Set<Role>(['guest copy', 'job copy']) };
  const left = async (...needed: Role[]): Promise<Role[]> =>
    [...(await shrinkOnQemu(overtaking(...needed), found, new AbortController().signal)).result.overtaken].toSorted();
  expect(await left('guest copy', 'job copy')).toEqual(['guest copy', 'job copy']);
  expect(await left('job copy')).toEqual(['job copy']);
});

it('tells of a failure in TOP as one in FULL, if it is one, and has no copy of the job fail that need not fail', async () => {
  const faults = [0, 2].map((cluster) => ({ side: 'source' as const, op: 'read' as const, cluster, errno: 'EIO' as const, times: 1 }));
  const start = { ...PLAIN, workers: 64, chunk: 0 };
  const host = failing(
    (given) =>
      given.guest.some(({ id }) => id === 'g1') && (given.faults?.length === 2 ? given.mode === 'top' : given.faults?.[0]?.cluster === 1),
  );
  const { result } = await shrinkOnQemu(host, { ...resultOf({ ...scenario, faults }), start }, new AbortController().signal);
  expect(result.scenario).toMatchObject({ mode: 'full', targetClusterSectors: 0, faults: [{ cluster: 1, times: 1 }] });
  const inTop = await shrinkOnQemu(
    failing(({ mode }) => mode === 'top'),
    resultOf(scenario),
    new AbortController().signal,
  );
  expect(inTop.result.scenario.mode).toBe('top');
});
