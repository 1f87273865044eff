import { describe, expect, it } from 'vitest';
import type { RuleName } from '../../model/machine/job-names.ts';
import type { Errno, Side } from '../../model/block/errors.ts';
import type { Fault, FaultOp } from '../../model/block/faults.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { request, smallScenario } from '../../model/testing.ts';
import { Experiment } from '../search/experiment.ts';
import { settingWithout } from '../testing.ts';
import { observe } from './observe.ts';

/** A run in the words of a trace: the job runs wherever it can, or the coroutine that comes last in the machine, or one after the other. */
function seen(
  scenario: Scenario,
  who: 'jobFirst' | 'guestsFirst' | 'inTurn' = 'jobFirst',
  { without = [], effects = 'cluster' }: { without?: readonly RuleName[]; effects?: 'cluster' | 'sector' } = {},
): string[] {
  const experiment = new Experiment(scenario, settingWithout(without, { effects, requestsMin: 0 }));
  const { machine } = experiment;
  const lines: string[] = [];
  experiment.run({
    name: who,
    start: () => {},
    pick: ({ count }) => (who === 'jobFirst' ? 0 : who === 'guestsFirst' ? count - 1 : lines.length % count),
    done: (id, step) => {
      const coroutine = machine.coroutines.byId(id);
      const saw = observe(machine, coroutine, step);
      lines.push(`${machine.coroutineName(coroutine)}: ${machine.stepName(step)}${saw === '' ? '' : ` -> ${saw}`}`);
    },
  });
  return lines;
}

/** Those of its lines that show something. */
const shown = (...run: Parameters<typeof seen>): string[] => seen(...run).filter((line) => line.includes(' -> '));

const fault = (side: Side, op: FaultOp, cluster: number, errno: Errno, times = 1): Fault => ({ side, op, cluster, errno, times });

/** Two clusters, of which the last sector is zero. */
const DISK = { sectors: 4, zero: [3] };
const FULL = smallScenario('full', [], DISK);
const TOP = smallScenario('top', [], DISK); // cluster 0 is allocated, cluster 1 is not
const WRITE = request('g1', 'write', [0, 2]);

describe('what a step shows', () => {
  it('is T0, what was read and stored, and the end', () => {
    expect(seen(FULL)).toEqual([
      'job: start -> T0, hook linked',
      'job: sleep c0',
      'job: copy.read c0',
      'job: copy.took c0 -> s0@0 s1@0',
      'job: copy.data c0',
      'job: copy.store c0',
      'job: copy.land c0 -> s0@0 s1@0',
      'job: copy.done c0',
      'job: sleep c1',
      'job: copy.read c1',
      'job: copy.took c1 -> s2@0 zero',
      'job: copy.data c1',
      'job: copy.store c1',
      'job: copy.land c1 -> s2@0', // the zero was there before
      'job: copy.done c1 -> hook unlinked',
      'job: close -> COMPLETED',
    ]);
  });

  it('is what a guest has read and written, sector by sector where I/O takes effect so', () => {
    const scenario = smallScenario('full', [WRITE, request('g2', 'read', [1, 2], { after: ['g1'] })], DISK);
    const guests = shown(scenario, 'guestsFirst', { effects: 'sector' }).filter((line) => line.startsWith('g'));
    expect(guests).toEqual([
      ...['took s0 -> s0@0', 'took s1 -> s1@0', 'land s0 -> s0@0', 'land s1 -> s1@0'].map((line) => `g1: copy.${line}`),
      'g1: write.land s0 -> s0.g1',
      'g1: write.land s1 -> s1.g1',
      'g2: read.took s1 -> s1.g1',
      'g2: read.took s2 -> s2@0',
    ]);
  });

  it('is where an overlay has it', () => {
    expect(shown(TOP).filter((line) => /ask|copy.read/.test(line))).toEqual([
      'job: ask c0 -> allocated',
      'job: copy.read c0 -> own',
      'job: ask c1 -> unallocated, hook unlinked',
    ]);
    const nowhere: Scenario = {
      ...TOP,
      disk: { ...TOP.disk, overlay: { clusterSectors: 2, allocated: [0], zeroClusters: [], baseSectors: null } },
    };
    expect(shown(nowhere).filter((line) => line.includes('c1'))).toEqual([
      'job: copy.read c1 -> backing',
      'job: copy.took c1 -> zero zero',
      'job: copy.zero.done c1 -> hook unlinked',
    ]); // FULL in fact
  });

  it('is the end of a NONE job', () => {
    expect(shown(smallScenario('none', [], DISK), 'guestsFirst')).toEqual([
      'job: start -> T0, hook linked',
      'job: park -> hook unlinked',
      'job: close -> CANCELLED',
    ]);
  });

  it('is where a reader finds the point in time, and what it reads', () => {
    const read = { ...request('g2', 'readT0', [0, 4], { after: ['g1'] }) };
    const scenario = { ...smallScenario('none', [WRITE, read], DISK), cancelAfter: ['g2'] };
    expect(seen(scenario, 'guestsFirst').filter((line) => line.startsWith('g2'))).toEqual([
      'g2: readT0.start',
      'g2: readT0.look c0 -> own',
      'g2: readT0.took c0 -> s0@0 s1@0',
      'g2: readT0.look c1 -> backing',
      'g2: readT0.took c1 -> s2@0 zero',
      'g2: readT0.done c0',
    ]);
  });

  it('is what a read copies up', () => {
    const overlay = { clusterSectors: 2, allocated: [0], zeroClusters: [], baseSectors: 4 };
    const scenario = { ...smallScenario('full', [request('g1', 'read', [0, 4])], DISK), disk: { ...FULL.disk, overlay, copyOnRead: true } };
    expect(seen(scenario, 'guestsFirst').filter((line) => line.startsWith('g1: cor'))).toEqual([
      'g1: cor.look c0 -> own',
      'g1: cor.look c1 -> backing',
      'g1: cor.took c1 -> s2@0',
      'g1: cor.put c1',
    ]);
  });

  it('is nothing where somebody waits, sleeps, pauses or resumes', () => {
    const scenario: Scenario = {
      ...FULL,
      guest: [request('g1', 'write', [0, 2]), request('g2', 'write', [2, 2])],
      disk: { ...FULL.disk, throttled: true },
      pause: true,
      speed: 2,
    };
    const quiet = [...seen(scenario, 'inTurn'), ...seen(scenario)].filter((line) =>
      /sleep|limit|pause|resume|queue|throttle|wait/.test(line),
    );
    expect(new Set(quiet.map((line) => line.split(' ')[1]))).toEqual(
      new Set(['pause', 'resume', 'throttle', 'queue', 'copy.throttle', 'copy.queue', 'sleep', 'sleep.limit', 'wait']),
    );
    // the last sleep may end in this
    expect(quiet.filter((line) => line.includes('->') && !line.endsWith(' -> hook unlinked'))).toEqual([]);
  });

  it('is what a target had before', () => {
    const held = {
      ...smallScenario('none', [request('g1', 'readT0', [0, 2])], DISK),
      existingTarget: { sectors: 4, backed: true, data: [1] },
    };
    expect(shown(held, 'guestsFirst', { without: ['existingTargetIsEmpty', 'noneTargetGetsLiveSource'] })[0]).toBe(
      'job: start -> T0, hook linked',
    );
    // over s3@old
    expect(shown({ ...FULL, existingTarget: { sectors: 4, backed: false, data: [3] } })).toContain('job: copy.land c1 -> s2@0 zero');
  });
});

describe('what a step shows where something fails', () => {
  it('is the errno, and that the job ends with it', () => {
    expect(seen({ ...FULL, faults: [fault('target', 'write', 1, 'EIO')] }).slice(-3)).toEqual([
      'job: copy.data c1',
      'job: copy.store c1 -> EIO, reported, hook unlinked',
      'job: close -> COMPLETED with EIO from the target',
    ]);
    expect(seen({ ...FULL, faults: [fault('source', 'read', 0, 'ENOSPC')] }).slice(-2)).toEqual([
      'job: copy.read c0 -> ENOSPC, reported, hook unlinked',
      'job: close -> COMPLETED with ENOSPC from the source',
    ]);
  });

  it('is that the job goes on after it, and tries again', () => {
    const lines = seen({ ...FULL, faults: [fault('source', 'read', 1, 'EIO', 2)], onError: { source: 'ignore', target: 'report' } });
    expect(lines.filter((line) => /c1/.test(line)).slice(0, 6)).toEqual([
      'job: sleep c1',
      'job: copy.read c1 -> EIO, ignored',
      'job: sleep c1',
      'job: copy.read c1 -> EIO, ignored',
      'job: sleep c1',
      'job: copy.read c1',
    ]);
    expect(lines.at(-1)).toBe('job: close -> COMPLETED');
  });

  it('is that it has stopped the job, until somebody resumes it', () => {
    const lines = seen({
      ...FULL,
      faults: [fault('target', 'write', 0, 'ENOSPC')],
      onError: { source: 'report', target: 'enospc' },
      resume: true,
    });
    expect(lines.slice(5, 9)).toEqual([
      'job: copy.store c0 -> ENOSPC, stopped',
      'operator: resume.stopped',
      'job: paused c0',
      'job: copy.read c0',
    ]);
    expect(lines.at(-1)).toBe('job: close -> COMPLETED');
  });

  it('is an answer to the question what is allocated, too', () => {
    const lines = shown({
      ...TOP,
      faults: [fault('source', 'ask', 0, 'EIO'), fault('source', 'ask', 1, 'ENOSPC')],
      onError: { source: 'enospc', target: 'report' },
    });
    expect(lines.filter((line) => line.includes('ask'))).toEqual(['job: ask c0 -> EIO, reported, hook unlinked']);
    const onward = shown({ ...TOP, faults: [fault('source', 'ask', 0, 'EIO', 2)], onError: { source: 'ignore', target: 'report' } });
    expect(onward.filter((line) => line.includes('ask c0'))).toEqual([
      'job: ask c0 -> EIO, ignored',
      'job: ask c0 -> EIO, ignored',
      'job: ask c0 -> allocated',
    ]);
  });

  it('is the errno alone where it is a guest that meets it, for the job is not concerned', () => {
    const own = seen(smallScenarioWith([WRITE], fault('source', 'write', 0, 'EIO')), 'guestsFirst');
    expect(own.filter((line) => line.startsWith('g1')).slice(-2)).toEqual(['g1: write.send c0 -> EIO', 'g1: write.EIO']);
    const copy = seen(smallScenarioWith([WRITE], fault('target', 'write', 0, 'ENOSPC')), 'guestsFirst');
    expect(copy.filter((line) => line.startsWith('g1')).slice(-2)).toEqual(['g1: copy.store c0 -> ENOSPC', 'g1: write.ENOSPC']);
    const read = seen(smallScenarioWith([request('g1', 'read', [0, 4])], fault('source', 'read', 1, 'EIO')), 'guestsFirst');
    expect(read.filter((line) => line.startsWith('g1'))).toEqual(['g1: read.start', 'g1: read.look c0 -> EIO', 'g1: read.EIO']);
    for (const lines of [own, copy, read]) expect(lines.at(-1)).toBe('job: close -> COMPLETED');
  });

  it('is the errno in place of where it lies', () => {
    const overlay = { clusterSectors: 2, allocated: [0], zeroClusters: [], baseSectors: 4 };
    const lines = shown({
      ...FULL,
      disk: { ...FULL.disk, overlay },
      faults: [fault('source', 'read', 0, 'EIO')],
      onError: { source: 'ignore', target: 'report' },
    });
    expect(lines.filter((line) => line.includes('copy.read c0'))).toEqual([
      'job: copy.read c0 -> EIO, ignored',
      'job: copy.read c0 -> own',
    ]);
  });

  it('is nothing but "refused" where the command says no', () => {
    expect(seen({ ...FULL, existingTarget: { sectors: 3, backed: false, data: [] } })).toEqual(['job: start -> refused']);
    expect(seen({ ...smallScenario('none', [], DISK), existingTarget: { sectors: 4, backed: true, data: [1] } }, 'guestsFirst')).toEqual([
      'job: start -> refused',
      'user: cancel',
    ]);
  });

  it('is what the event of the end says, whatever the truth', () => {
    const lines = shown({ ...FULL, faults: [fault('target', 'write', 1, 'EIO')] }, 'jobFirst', { without: ['completedTellsError'] });
    expect(lines.at(-1)).toBe('job: close -> COMPLETED');
  });
});

function smallScenarioWith(guest: Scenario['guest'], ...faults: Fault[]): Scenario {
  return { ...smallScenario('full', guest, DISK), faults };
}

// A cell that changes twice in a step is told twice, both times with what it holds in the end.
describe('what a step changes twice', () => {
  it('is told in the order of sectors, each once', () => {
    // Storing the first sector of a cluster fills in the rest from beneath, before the second one is stored.
    expect(shown(TOP)).toContain('job: copy.land c0 -> s0@0 s1@0');
  });

  it('is told as it came: the hook of an empty disk is linked, and unlinked', () => {
    expect(shown(smallScenario('full', [], { sectors: 0 }))).toEqual([
      'job: start -> T0, hook linked, hook unlinked',
      'job: close -> COMPLETED',
    ]);
  });
});
