/** Exhaustive search of a custom job: what the reductions leave out makes no difference. */
import '../../families/custom.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { Machine } from '../../../model/machine/machine.ts';
import { shapeOf } from '../../../model/machine/shape.ts';
import type { CustomJobFile } from '../../../model/families/custom/file-name.ts';
import type { Backup, Copier, Job, Run } from '../../../model/families/custom/job.ts';
import { registerJob } from '../../../model/families/custom/registry.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import { request, smallScenario } from '../../../model/testing.ts';
import { generated } from '../../scenarios/sources.ts';
import { shrink } from '../../shrink/shrink.ts';
import type { FailingRun } from '../diagnose/cause.ts';
import { recordTrace } from '../../replay/record.ts';
import { ContractError } from '../../../model/families/custom/job-error.ts';
import { Properties } from '../../../properties/all.ts';
import { neverStop } from '../../testing.ts';
import { type ExhaustiveResult, searchExhaustively } from './exhaustive.ts';
import { Benches, type CampaignOptions, runUnit } from '../campaign/campaign.ts';
import { ALL_REDUCTIONS, NO_REDUCTION, type Reductions } from './reductions.ts';
import type { Scope } from '../../scenarios/scope/scope.ts';
import { type SweepResult, Sweeper } from './sweep.ts';

const JOBS = ['chunked.mjs', 'forgetful.mjs'] as const;

beforeAll(async () => {
  for (const name of JOBS) {
    const module = (await import(new URL(`../../../examples/own-job/${name}`, import.meta.url).href)) as { default: unknown };
    registerJob(name, module.default);
  }
});

function search(job: CustomJobFile, scenario: Scenario, reductions: Reductions): ExhaustiveResult & { ends: string[] } {
  const machine = new Machine(shapeOf(scenario, { effects: 'cluster', wake: 'any', without: [], requestsMin: 0, customJob: job }));
  const properties = new Properties(machine);
  machine.load(scenario);
  const ends = new Set<string>();
  const {
    target,
    job: { status },
  } = machine;
  const onEnd = (): unknown =>
    ends.add(
      JSON.stringify([
        status.stateSeen,
        status.offsetSeen,
        Array.from({ length: target.sectors }, (_, s) => target.isWrittenAt(s) && machine.contentName(target.contentAt(s))),
      ]),
    );
  return {
    ...searchExhaustively(machine, properties, { bytesMax: 2 ** 28, shouldStop: neverStop, onEnd }, reductions),
    ends: [...ends].toSorted(),
  };
}

const SCENARIOS: readonly Scenario[] = [
  smallScenario('full', [request('g1', 'write', [1, 2])], { sectors: 4, zero: [3], cancel: true }),
  smallScenario('full', [request('g1', 'write', [0, 1]), request('g2', 'discard', [0, 2])], { sectors: 2, zero: [1] }),
  smallScenario('full', [request('g1', 'write', [0, 1]), request('g2', 'write', [0, 1])], { sectors: 2, zero: [1] }),
];

describe('an exhaustive search of a custom job', () => {
  it.each(JOBS)('comes to the same with all reductions as with none: %s', (job) => {
    for (const scenario of SCENARIOS) {
      const [reduced, plain] = [search(job, scenario, ALL_REDUCTIONS), search(job, scenario, NO_REDUCTION)];
      expect(reduced.broken?.violation.property).toBe(plain.broken?.violation.property);
      expect(plain.broken === null).toBe(job === 'chunked.mjs');
      if (plain.broken !== null) continue;
      expect(reduced.ends).toEqual(plain.ends);
      expect(reduced.states).toBeLessThan(plain.states);
    }
  });

  it('takes nothing for held that only the protocol of another job would hold', () => {
    const held = search('chunked.mjs', SCENARIOS[0]!, { ...NO_REDUCTION, ample: true });
    const local = search('chunked.mjs', SCENARIOS[0]!, { ...NO_REDUCTION, local: true });
    expect(held.states).toBe(local.states);
  });
});

/** NONE with a reader of the point in time, which holds the clusters up to `heldUntil` while it reads. */
const withReader = (heldUntil: (me: Copier) => number): Job => ({
  modes: ['none'],
  cells: { copied: 'clusters' },
  locals: ['c'],
  *run(backup) {
    yield* backup.drainGuest();
    backup.begin();
    backup.linkHook();
    while (!backup.isCancelled) yield* backup.park();
    yield* backup.copies.drain();
    backup.unlinkHook();
    yield* backup.closeTarget();
    backup.end();
  },
  *beforeWrite(backup, me) {
    const c = me.locals['c']!;
    for (c.set(me.firstCluster); c.get() < me.endCluster; c.set(c.get() + 1)) yield* copyOnce(backup, me, c.get());
    return 0;
  },
  *readPointInTime({ copies, inFlight, target }, me) {
    copies.begin();
    while (inFlight.overlaps(me, me.firstCluster, heldUntil(me))) yield* inFlight.wait(me, me.firstCluster, heldUntil(me));
    inFlight.begin(me, me.firstCluster, heldUntil(me));
    const error = yield* target.read(me);
    inFlight.end(me);
    inFlight.wake(me);
    copies.end();
    return error;
  },
});

function* copyOnce(backup: Backup, me: Copier, c: number): Run {
  const { source, target, copies, inFlight, cells } = backup;
  copies.begin();
  while (inFlight.overlaps(me, c, c + 1)) yield* inFlight.wait(me, c, c + 1);
  if (cells['copied']!.get(c) === 0) {
    inFlight.begin(me, c, c + 1);
    yield* source.read(me, c);
    yield* target.write(me, c);
    cells['copied']!.set(c, 1);
    backup.count(c);
    inFlight.end(me);
    inFlight.wake(me);
  }
  copies.end();
}

function proofOf(name: CustomJobFile, job: Job, scope: Scope): SweepResult[] {
  registerJob(name, job);
  const sweeper = new Sweeper({
    scopes: [scope],
    setting: { effects: 'cluster', wake: 'any', without: [], requestsMin: 2, customJob: name },
    keepGoing: false,
  });
  return Array.from({ length: sweeper.units }, (_, unit) => sweeper.run(unit, 2 ** 28, neverStop));
}

/** One machine serves all scenarios of a shape: a reader of one sector comes before a reader of two. */
const READ: Scope = { mode: 'none', clusters: 2, clusterSectors: 1, requests: 2, kinds: ['write'], variant: 'reader' };

describe('a proof of a job with a reader', () => {
  it('is none if the reader holds only the first of the clusters that it reads', () => {
    const found = proofOf(
      'first-held.mjs',
      withReader((me) => me.firstCluster + 1),
      READ,
    ).flatMap((result) => result.found);
    expect(found.map(({ violation }) => violation.property)).toContain('stable-reader');
  });

  it('holds if the reader holds them all', () => {
    expect(
      proofOf(
        'all-held.mjs',
        withReader((me) => me.endCluster),
        READ,
      ),
    ).toMatchObject([
      { found: [], cut: null },
      { found: [], cut: null },
    ]);
  });
});

describe('a variable outside of the functions that begins to matter late', () => {
  /** From so many calls on the hook copies nothing. */
  function late(soMany: number): Job {
    const job = withReader((me) => me.endCluster);
    let calls = 0;
    return {
      ...job,
      *beforeWrite(backup, me) {
        return ++calls > soMany ? 0 : yield* job.beforeWrite(backup, me);
      },
    };
  }

  it('is told of by an exhaustive search, although its table hardly runs the job', () => {
    expect(() => proofOf('late.mjs', late(9_000), { mode: 'none', clusters: 1, clusterSectors: 1, requests: 1, kinds: ['write'] })).toThrow(
      /^late\.mjs: from the step "write\.start" it continues now in one way and now in another/,
    );
  });

  /** Searches twice, by one table; in between a variable outside of the functions changes, after which the hook copies or does not. */
  function secondSearch(copiesAtFirst: boolean): ExhaustiveResult {
    let copies = copiesAtFirst;
    const right = withReader((me) => me.endCluster);
    const turns: Job = {
      ...right,
      *beforeWrite(backup, me) {
        return copies ? yield* right.beforeWrite(backup, me) : 0;
      },
    };
    registerJob('turns.mjs', turns);
    const scenario = smallScenario('none', [request('g1', 'write', [0, 1]), request('g2', 'write', [0, 1])], { sectors: 1, cancel: true });
    const machine = new Machine(
      shapeOf(scenario, { effects: 'cluster', wake: 'any', without: [], requestsMin: 0, customJob: 'turns.mjs' }),
    );
    const properties = new Properties(machine);
    machine.load(scenario);
    machine.useTable(true);
    const searched = (): ExhaustiveResult => searchExhaustively(machine, properties, { bytesMax: 2 ** 26, shouldStop: neverStop });
    expect(searched()).toMatchObject({ complete: true, broken: copiesAtFirst ? null : { violation: { property: 'snapshot-kept' } } });
    copies = !copies;
    return searched();
  }

  it('is told of where all steps come from the table: some ways are gone again', () => {
    expect(() => secondSearch(true)).toThrow(/^turns\.mjs: from the step "write\.start" it continues now in one way and now in another/);
  });

  it('is told of in place of a failure that the table remembers', () => {
    expect(() => secondSearch(false)).toThrow(/^turns\.mjs: from the step "write\.start" it continues now in one way and now in another/);
  });

  it('is told of by a random search', () => {
    const job = late(2_000);
    registerJob('late.mjs', job);
    const source = { ...generated({ clusters: 1, clusterSectors: 1, writes: 2 }), scenariosPerUnit: Infinity };
    const options: CampaignOptions = {
      seed: 'late',
      strategy: 'random',
      setting: { effects: 'cluster', wake: 'any', without: [], requestsMin: 2, customJob: 'late.mjs' },
      keepGoing: true,
    };
    expect(() => runUnit(options, source, { mode: 'none', number: 0, schedules: 20_000 }, new Benches(), neverStop)).toThrow(
      /^late\.mjs: from the step "\S+( c0)?" it continues now in one way and now in another/,
    );
  });

  it('is told of where a failure does not come again', () => {
    registerJob(
      'late.mjs',
      withReader((me) => me.endCluster),
    );
    const scenario = smallScenario('none', [request('g1', 'write', [0, 1])], { sectors: 1, cancel: true });
    const run: FailingRun = {
      scenario,
      setting: { effects: 'cluster', wake: 'any', without: [], requestsMin: 0, customJob: 'late.mjs' },
      steps: [],
    };
    const says = 'late.mjs: a run that broke a property broke none when it was run again: something outside of the cells changes';
    expect(() => recordTrace(run, { minimal: 'not tried' })).toThrow(new ContractError(says));
    expect(() => shrink(run, neverStop)).toThrow(new ContractError(says));
  });
});
