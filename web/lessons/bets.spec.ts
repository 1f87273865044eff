/** No bet is answered by a person: its answer is asked of the runs that the lesson shows. */
import { describe, expect, it } from 'vitest';
import { searchExhaustively } from '../../src/search/exhaustive/exhaustive.ts';
import { Experiment } from '../../src/search/experiment.ts';
import { settingOf } from '../../src/replay/replay.ts';
import { EDGES, LESSONS, TODAY } from './lessons.ts';
import { QUESTIONS } from './questions.ts';
import { Played, traceNamed } from './testing.ts';

const steps = ({ end }: Played): number[] => Array.from({ length: end }, (_, i) => i + 1);

/** The name of what equals a row at the end. */
function nameOfSame(row: readonly string[], rows: Record<string, readonly string[]>): string | undefined {
  return Object.entries(rows).find(([, other]) => other.join() === row.join())?.[0];
}

function nobodyCanBreak(name: string): boolean {
  const trace = traceNamed(name);
  const { machine, properties } = new Experiment(trace.scenario, settingOf(trace));
  const { broken, complete } = searchExhaustively(machine, properties, { bytesMax: 2 ** 26, shouldStop: () => false });
  return complete && broken === null;
}

/** By lesson, with which words the right option begins. */
const ANSWERS: Record<string, () => string | undefined> = {
  'moving-disk': () => {
    const played = new Played('moving-disk').goOn();
    const copy = played.row('target');
    const disk = (n: number): string[] => played.row('source', n);
    const known = nameOfSame(copy, {
      'At T0': disk(1),
      'Between the two writes': disk(played.first('g1', 'write.done')),
      'After both writes': disk(played.end),
    });
    return known ?? (steps(played).every((n) => disk(n).join() !== copy.join()) ? 'Never' : undefined);
  },
  'old-data-first': () => {
    const played = new Played('old-first');
    const held = played.row('target', played.first('g1', 'write.land c0')).at(0)!;
    return { 's0@0': 'The old data, s0@0', 's0.g1': 'The new data, s0.g1', '··': 'Nothing' }[held];
  },
  'who-pays': () => {
    const played = new Played('who-waits');
    const waited = ['g1', 'g2', 'g3'].filter((who) => played.hasWaited(who));
    return { 'g1,g2,g3': 'All three', 'g1,g2': 'g1 and g2', g2: 'Only g2', '': 'None' }[waited.join()];
  },
  'what-the-bit-says': () => {
    const played = new Played('the-bit');
    expect(played.row('bit', played.first('job', 'sleep c1') - 1)).toEqual(['1', '1']);
    return played.stepsOf('job').some(({ what }) => what.startsWith('copy.read c1')) ? 'It copies' : 'It passes cluster 1 by';
  },
  'two-at-once': () => `${new Played('no-wait').saw('job', 'copy.took c0').split(' ')[0]},`,
  'look-again': () => new Played('one-look').saw('job', 'copy.took c1').split(' ')[0],
  'start-or-end': () => {
    const played = new Played('start-or-end');
    return nameOfSame(played.row('target'), {
      'The disk at the start': played.row('disk at T0'),
      'The disk at the end': played.row('source'),
    });
  },
  top: () => ['None', 'One', 'Two'][new Played('top').clustersInTarget().length],
  none: () => {
    const played = new Played('none');
    expect(played.clustersInTarget()).toEqual([1]);
    const held = played.row('target alone').at(2)!;
    return { 's2@0': 'The old data of cluster 1', 's2.g1': 'The new data', 's2.g2': 'The new data' }[held];
  },
  cancel: () => new Played('cancel').row('backup shows')[2],
  'slow-reader': () => {
    const played = new Played('slow-reader');
    const from = played.saw('r1', 'readT0.look c0') === 'backing' ? 'the disk' : 'the target';
    return `${played.saw('r1', 'readT0.took c0').split(' ')[0]}, from ${from}`;
  },
  'errors-and-endings': () => {
    const played = new Played('early-mark');
    if (played.saw('job', 'close') !== 'COMPLETED') return 'The job ends with an error';
    const copies = played.stepsOf('job').filter(({ what }) => what === 'copy.read c0').length;
    return copies === 1 && played.clustersInTarget().length === 0 ? 'It is never tried again' : 'The job tries again';
  },
  filter: () => {
    const copiers = new Played('filter').run.steps.filter(({ what }) => what === 'copy.read c1').map(({ who }) => who);
    return copiers.join() === 'g1' ? 'g1,' : 'The job';
  },
  'frozen-reads': () => {
    const played = new Played('frozen-read');
    const hasRead = played.first('r1', 'snapshot.disk.took c0');
    return played.first('g1', 'copy.done c0') < hasRead && hasRead < played.first('g1', 'write.send c0') ? 'It waits' : 'It writes';
  },
  tasks: () => (new Played('tasks').hasWaited('g1') ? 'Wait for the task' : 'Write'),
  chain: () => `${/ is (\S+) instead of /.exec(new Played('lost-bits').run.broken!.violation.detail)![1]}:`,
  'break-snapshot': () => new Played('given-up').saw('job.t2', 'copy.took c1').split(' ')[0],
  'unaligned-write': () => {
    const copied = new Played('unaligned-write')
      .stepsOf('g1')
      .filter(({ what }) => what.startsWith('copy.read'))
      .map(({ what }) => what.slice(-2));
    return copied.join() === 'c0' ? 'Cluster 1' : copied.join() === 'c1' ? 'Cluster 0' : 'Neither';
  },
  discard: () => ({ 's0@0': 's0@0', '∅': 'Zeroes' })[new Played('discard').row('backup shows').at(0)!],
  'late-hook': () => new Played('late-hook').row('backup shows')[0],
  'odd-last-cluster': () =>
    /runs forever without yielding/.test(new Played('odd-last-cluster').run.broken!.violation.detail)
      ? 'It asks again, for ever'
      : undefined,
  'larger-target-clusters': () =>
    ({ 's0@0': 's0@0', '∅': 'Zeroes', '··': 'Nothing' })[new Played('larger-target-clusters').row('target').at(0)!],
  'good-day': () => (nobodyCanBreak('good-day') ? 'No' : 'Yes'),
};

describe('the bet of', () => {
  it.each([...LESSONS, ...TODAY, ...EDGES])('$id is won with what its run shows', ({ id, bet: { options, answer } }) => {
    const begins = ANSWERS[id]?.();
    expect(begins).toBeTruthy();
    expect(options.flatMap((option, i) => (option.startsWith(begins!) ? [i] : []))).toEqual([answer]);
  });

  it('each lesson is asked of a run, and no others', () => {
    expect(Object.keys(ANSWERS)).toEqual([...LESSONS, ...TODAY, ...EDGES].map(({ id }) => id));
  });

  it('it is not always the same option', () => {
    for (const bets of [LESSONS.map(({ bet }) => bet), TODAY.map(({ bet }) => bet), EDGES.map(({ bet }) => bet), QUESTIONS]) {
      const counts = [0, 1, 2, 3].map((n) => bets.filter(({ answer }) => answer === n).length);
      expect(Math.max(...counts)).toBeLessThanOrEqual(bets.length / 2);
    }
  });
});

describe('the three questions', () => {
  const right = QUESTIONS.map(({ options, answer }) => options.at(answer)!);

  it('what NONE copies', () => {
    const { rows } = new Played('none').grid();
    const kinds = rows.find(({ name }) => name === 'target')!.cells.map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['old', 'hole']));
    expect(right[0]).toMatch(/^The old data/);
  });

  it('as of when a backup shows the disk', () => {
    const played = new Played('start-or-end');
    expect(played.row('backup shows')).toEqual(played.row('disk at T0'));
    expect(played.row('backup shows')).not.toEqual(played.row('source'));
    expect(right[1]).toBe('Its start');
  });

  it('what a cancel means, and until when the image is good', () => {
    const played = new Played('cancel');
    const cancelled = played.first('user', 'cancel');
    expect(played.run.broken).toBeNull();
    expect(played.saw('job', 'close')).toBe('CANCELLED');
    for (let n = 1; n <= cancelled; n++) expect(played.row('backup shows', n)).toEqual(played.row('disk at T0', n));
    expect(played.run.promise.closed).toBe(cancelled + 1);
    expect(played.row('backup shows')).not.toEqual(played.row('disk at T0'));
    expect(right[2]).toMatch(/did not fail: the image was good until the cancel/);
  });
});
