/** The runs of the lessons end as the lessons say, and show what their captions tell people to look at. */
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/explain/explanation.ts';
import { randomNumbers } from '../../src/search/strategies/random-numbers.ts';
import { replay } from '../../src/replay/replay.ts';
import { EDGES, LESSONS, TODAY } from './lessons.ts';
import type { RowName } from '../../src/run/grid.ts';
import { Played, TRACES, traceNamed } from './testing.ts';

/** What breaks in each, and in which shape of failure; null: nothing. */
const ENDS: Record<string, readonly [property: string, shape: string] | null> = {
  'moving-disk': ['snapshot-kept', 'too early'],
  'old-first': null,
  'write-first': ['snapshot-kept', 'too early'],
  'who-waits': null,
  'the-bit': null,
  'no-wait': ['snapshot-kept', 'too late'],
  wait: null,
  'stale-bit': ['copies-no-more', 'copied twice'],
  'one-look': ['snapshot-kept', 'too late'],
  'look-again': null,
  'start-or-end': null,
  top: null,
  'top-shortcut': ['snapshot-kept', 'too late'],
  none: null,
  cancel: null,
  'slow-reader': ['stable-reader', 'decided, slept, then read'],
  'reader-in-turn': null,
  'early-mark': ['snapshot-kept', 'marked but not there'],
  'early-end': ['nothing-freed', 'after the end'],
  'top-ending': ['snapshot-kept', 'too late'],
  filter: null,
  'done-bit': null,
  'frozen-read': null,
  'no-freeze': ['stable-reader', 'decided, slept, then read'],
  tasks: null,
  'clear-bit': ['snapshot-kept', 'too early'],
  chain: null,
  'lost-bits': ['next-increment', 'missing in the bitmap'],
  'given-up': null,
  'given-up-late': ['given-up', 'given up'],
  'unaligned-write': ['snapshot-kept', 'too early'],
  discard: ['snapshot-kept', 'too early'],
  'late-hook': ['snapshot-kept', 'too early'],
  'odd-last-cluster': ['always-finishes', 'who waits for whom'],
  'larger-target-clusters': ['snapshot-kept', 'wrong target'],
  'good-day': null,
};
const STEPS_MAX = 30;
const CLUSTERS_MAX = 4;

const scenes = [...LESSONS, ...TODAY, ...EDGES].flatMap((lesson) => lesson.scenes);

describe('the traces', () => {
  it('are those that the lessons show, each once, and no others', () => {
    expect(scenes.map(({ trace }) => trace)).toEqual(Object.keys(ENDS));
    expect([...TRACES.keys()].toSorted()).toEqual([...Object.keys(ENDS), 'door'].toSorted()); // the first screen's
  });

  it.each(Object.entries(ENDS))('%s ends as its lesson says: %j', (name, end) => {
    const trace = traceNamed(name);
    expect(replay(trace).outcome).toBe('reproduced');
    const explanation = explain(trace);
    expect(explanation === null ? null : [explanation.property, explanation.shape]).toEqual(end);
    expect(new Played(name).run.broken?.violation.property ?? null).toBe(end?.[0] ?? null);
  });

  it.each(Object.keys(ENDS))('%s is small enough to be read', (name) => {
    const {
      scenario: { disk },
      schedule,
      effects,
    } = traceNamed(name);
    expect(schedule.length).toBeLessThanOrEqual(STEPS_MAX);
    expect(Math.ceil(disk.sectors / disk.clusterSectors)).toBeLessThanOrEqual(CLUSTERS_MAX);
    expect({ clusterSectors: disk.clusterSectors, effects }).toEqual({ clusterSectors: 2, effects: 'cluster' });
  });

  it('run with all rules on where nothing is said to be wrong, and else without just one', () => {
    for (const { trace } of scenes)
      expect({ trace, off: traceNamed(trace).without.length }).toEqual({
        trace,
        off: ENDS[trace] === null && trace !== 'good-day' ? 0 : 1,
      });
  });
});

const backupIsT0 = (played: Played, n: number): boolean => played.row('backup shows', n).join() === played.row('disk at T0', n).join();

/** After each step from T0 up to the n-th the backup shows T0. */
function isT0Until(played: Played, n: number): boolean {
  return Array.from({ length: n }, (_, i) => backupIsT0(played, i + 1)).every(Boolean);
}

describe('captions', () => {
  it('1: the backup is right up to the last step, and going on in any order stores s2.g2 beside s0@0', () => {
    const played = new Played('moving-disk');
    expect(isT0Until(played, played.end - 1)).toBe(true);
    expect(backupIsT0(played, played.end)).toBe(false);
    for (let i = 0; i < 50; i++) {
      const random = randomNumbers(`go on ${i}`);
      const goneOn = new Played('moving-disk').goOn((ready) => ready[random.below(ready.length)]!);
      expect(goneOn.row('target')).toEqual(['s0@0', 's1@0', 's2.g2', 's3.g2']);
      expect(goneOn.saw('job', 'close')).toBe('COMPLETED');
    }
  });

  it('2: what the backup shows stays, while the disk changes; turned round, the old data is nowhere', () => {
    const played = new Played('old-first');
    expect(isT0Until(played, played.end)).toBe(true);
    expect(played.row('source')).toEqual(['s0.g1', 's1.g1']);
    const late = new Played('write-first');
    expect([...late.row('source'), ...late.row('target')]).not.toContain('s0@0');
  });

  it('3: between begin and sending g1 waits, g2 copies, g3 does neither', () => {
    const between = (who: string): string[] => {
      const labels = new Played('who-waits').stepsOf(who).map(({ what }) => what.split(' ').at(0)!);
      return labels.slice(1, labels.indexOf('write.send'));
    };
    expect(between('g1')).toEqual(['wait']);
    expect(between('g2')).toEqual(['copy.read', 'copy.took', 'copy.data', 'copy.store', 'copy.land', 'copy.done']);
    expect(between('g3')).toEqual([]);
  });

  it('4: the bit of cluster 1 becomes 1 when g1 has stored the old data, and later the job copies only cluster 0', () => {
    const played = new Played('the-bit');
    const stored = played.first('g1', 'copy.land c1');
    const bits = Array.from({ length: played.end - 2 }, (_, i) => played.row('bit', i + 1)[1]);
    expect(bits.indexOf('1') + 1).toBeGreaterThanOrEqual(stored);
    expect(bits.indexOf('1') + 1).toBeLessThan(played.first('g1', 'write.land c1'));
    expect(
      played
        .stepsOf('job')
        .filter(({ what }) => what.startsWith('copy.read'))
        .map(({ what }) => what),
    ).toEqual(['copy.read c0']);
  });

  it('5: right for a while and then not; g1 waits and copies nothing; a second copy for nothing', () => {
    const [noWait, wait, stale] = [new Played('no-wait'), new Played('wait'), new Played('stale-bit')];
    expect(noWait.row('target', noWait.end - 1)).toEqual(['s0@0', 's1@0']);
    expect(noWait.row('target')).toEqual(['s0.g1', 's1.g1']);
    expect(wait.stepsOf('g1').map(({ what }) => what)).toEqual(['write.start', 'wait c0', 'write.send c0', 'write.land c0', 'write.done']);
    expect(stale.stepsOf('g1').map(({ what }) => what)).toContain('wait c0');
    expect(stale.row('target')).toEqual(['s0@0', 's1@0']);
  });

  it('6: g1 wakes when the job is at cluster 1; with the rule on it looks twice', () => {
    const [once, again] = [new Played('one-look'), new Played('look-again')];
    expect(once.first('g1', 'wait c0')).toBeGreaterThan(once.first('job', 'copy.read c1'));
    expect(once.row('in flight', once.first('g1', 'copy.read c1'))[1]).toMatch(/job.*g1|g1.*job/);
    const looks = (played: Played): number => played.stepsOf('g1').filter(({ what }) => what === 'wait c0').length;
    expect([looks(once), looks(again)]).toEqual([1, 2]);
    expect(isT0Until(again, again.end)).toBe(true);
  });

  it('7: at the end the backup is the disk at T0, and the source is another one, sector by sector', () => {
    const played = new Played('start-or-end');
    expect(backupIsT0(played, played.end)).toBe(true);
    expect(played.row('source')).toEqual(['s0.g2', 's1.g2', 's2.g1', 's3.g1']);
  });

  it('8: cluster 0 is copied, cluster 1 skipped and a hole; by the shortcut the job asks after the write', () => {
    const played = new Played('top');
    expect([played.saw('job', 'ask c0'), played.saw('job', 'ask c1').split(',')[0]]).toEqual(['allocated', 'unallocated']);
    expect(played.row('target alone')).toEqual(['s0@0', 's1@0', 'nothing', 'nothing']);
    expect(backupIsT0(played, played.end)).toBe(true);
    const shortcut = new Played('top-shortcut');
    expect(shortcut.saw('g1', 'copy.ask c0')).toBe('unallocated');
    expect(shortcut.saw('job', 'ask c0')).toBe('allocated');
    expect(shortcut.row('backing')[0]).toBe('s0@0');
  });

  it('9: an empty target shows T0, and one with one cluster is mostly holes', () => {
    const played = new Played('none');
    const stored = played.first('g1', 'copy.land c1');
    expect(played.clustersInTarget(stored - 1)).toEqual([]);
    expect(backupIsT0(played, stored - 1)).toBe(true);
    expect(played.row('target alone')).toEqual(['nothing', 'nothing', 's2@0', 's3@0', 'nothing', 'nothing']);
    expect(isT0Until(played, played.end)).toBe(true);
  });

  it('10: the promise opens at T0, and closes when the job hears of the cancel', () => {
    const played = new Played('cancel');
    expect(played.run.promise).toEqual({ opened: 1, closed: played.first('job', 'park') });
    expect(isT0Until(played, played.first('g2', 'write.land c1') - 1)).toBe(true);
    expect(played.hasWaited('g2')).toBe(false);
  });

  it('ends: what runs have shown where they end', () => {
    expect(new Played('write-first').run.broken!.step).toBe(4);
    const kinds = (name: string, row: RowName): string[] => [
      ...new Set(
        new Played(name)
          .grid()
          .rows.find((one) => one.name === row)!
          .cells.map(({ kind }) => kind),
      ),
    ];
    for (const name of ['wait', 'stale-bit', 'look-again', 'reader-in-turn']) expect(kinds(name, 'target')).toEqual(['old']);
    const copies = (name: string): string[] =>
      new Played(name).run.steps.filter(({ what }) => what.startsWith('copy.land')).map(({ what }) => what.slice(-2));
    expect(copies('stale-bit')).toEqual(['c0', 'c0']);
    expect(copies('look-again').toSorted()).toEqual(['c0', 'c1']);
    expect(new Played('reader-in-turn').saw('r1', 'readT0.took c0')).toMatch(/^s0@0/);
    expect(new Played('top-ending').row('target')[0]).toBe('s0.g2');
    expect(new Played('top-shortcut').row('target')[0]).toBe('s0.g1');
  });

  it('11: the backup stays right, only r1 is wrong; in turn, g1 copies after r1', () => {
    const [slow, inTurn] = [new Played('slow-reader'), new Played('reader-in-turn')];
    expect(isT0Until(slow, slow.end)).toBe(true);
    expect(slow.first('r1', 'readT0.look c0')).toBeLessThan(slow.first('g1', 'copy.land c0'));
    expect(slow.first('r1', 'readT0.took c0')).toBeGreaterThan(slow.first('g1', 'write.land c0'));
    expect(inTurn.first('g1', 'write.start')).toBeLessThan(inTurn.first('r1', 'readT0.took c0'));
    expect(inTurn.first('g1', 'copy.read c0')).toBeGreaterThan(inTurn.first('r1', 'readT0.done c0'));
  });

  it('12: a mark before the data, a bitmap that is gone, a look after the write', () => {
    const [mark, end, top] = [new Played('early-mark'), new Played('early-end'), new Played('top-ending')];
    expect(mark.row('bit', mark.first('job', 'copy.store c0') - 1)).toEqual(['1']);
    expect(mark.saw('job', 'copy.store c0')).toBe('EIO, ignored');
    expect(replay(traceNamed('early-mark'), { with: ['markAfterTargetHasData'], without: [] }).outcome).toBe('holds now');
    expect(end.row('in flight', end.end - 1)).toEqual(['g1 waits']);
    expect(end.row('bit', end.end - 1)).toEqual(['freed']);
    expect(top.saw('job', 'ask c0')).toBe('unallocated, hook unlinked');
    expect(top.hasWaited('g2')).toBe(false);
    expect(top.first('g1', 'copy.read c0')).toBeGreaterThan(top.first('g2', 'write.land c0'));
  });

  it('today, filter: g1 copies cluster 1 before its write lands, and the job copies cluster 0 alone', () => {
    const played = new Played('filter');
    expect(played.first('g1', 'copy.land c1')).toBeLessThan(played.first('g1', 'write.land c1'));
    const reads = played.run.steps.filter(({ what }) => what.startsWith('copy.read')).map(({ who, what }) => `${who} ${what}`);
    expect(reads).toEqual(['g1 copy.read c1', 'job.t1 copy.read c0']);
    expect(played.row('bit', played.first('job.t1', 'copy.read c0'))[0]).toBe('busy');
    expect(isT0Until(played, played.end)).toBe(true);
  });

  it('today, frozen reads: the done bit sends r1 to the target; g1 waits for r1 after its copy; without the wait only r1 is wrong', () => {
    const [done, frozen, none] = [new Played('done-bit'), new Played('frozen-read'), new Played('no-freeze')];
    expect(done.saw('r1', 'snapshot.copy.took c0')).toBe('s0@0 s1@0');
    expect(frozen.first('g1', 'copy.done c0')).toBeLessThan(frozen.first('r1', 'snapshot.disk.took c0'));
    expect(frozen.first('g1', 'write.frozen')).toBeGreaterThan(frozen.first('r1', 'snapshot.disk.done c0'));
    expect(frozen.saw('r1', 'snapshot.disk.took c0')).toBe('s0@0 s1@0');
    expect(isT0Until(none, none.end)).toBe(true);
    expect(none.saw('r1', 'snapshot.disk.took c0')).toBe('s0.g1 s1.g1');
  });

  it('today, tasks: two tasks read before either has its data, g1 waits for one; a clear bit lets g1 land before the copy', () => {
    const [both, clear] = [new Played('tasks'), new Played('clear-bit')];
    const begun = Math.max(both.first('job.t1', 'copy.read c0'), both.first('job.t2', 'copy.read c1'));
    expect(begun).toBeLessThan(Math.min(both.first('job.t1', 'copy.took c0'), both.first('job.t2', 'copy.took c1')));
    expect(both.first('g1', 'wait c0')).toBeGreaterThan(both.first('job.t1', 'copy.done c0'));
    expect(clear.clustersInTarget()).toEqual([]);
    expect(clear.run.steps.map(({ what }) => what)).not.toContain('copy.took c0');
  });

  it('today, chain: what is not dirty is in the backup before; bits that are gone take a cluster out of the next increment', () => {
    const [copied, lost] = [new Played('chain'), new Played('lost-bits')];
    expect(copied.clustersInTarget()).toEqual([0]);
    expect(backupIsT0(copied, copied.end)).toBe(true);
    expect(copied.grid(copied.end - 1).rows.find(({ name }) => name === 'backup shows')!.cells[2]!.from).toBe('the backup before');
    expect(lost.saw('job', 'close')).toBe('COMPLETED with EIO from the target');
    expect(lost.clustersInTarget()).toEqual([]);
  });

  it('today, break-snapshot: the job tells of the error, or does not; both targets have new data', () => {
    const [told, hidden] = [new Played('given-up'), new Played('given-up-late')];
    expect([told.saw('job', 'close'), hidden.saw('job', 'close')]).toEqual(['COMPLETED with EIO from the source', 'COMPLETED']);
    for (const played of [told, hidden]) expect(played.row('target')[2]).toBe('s2.g1');
  });

  it('edges: the second sector was not saved; T0 without a hook; zeroes in the other half; a bit before the data', () => {
    const [unaligned, late, large, good] = [
      new Played('unaligned-write'),
      new Played('late-hook'),
      new Played('larger-target-clusters'),
      new Played('good-day'),
    ];
    expect(unaligned.row('source')).toEqual(['s0@0', 's1.g1', 's2.g1', 's3@0']);
    expect(unaligned.row('backup shows')).toEqual(['s0@0', 's1@0', 's2.g1', 's3@0']);
    expect(late.saw('job', 'start')).toBe('T0');
    expect(large.row('target')).toEqual(['∅', '∅', 's2@0', 's3@0']);
    expect([
      good.row('bit', good.first('job', 'copy.store c0') - 1),
      good.clustersInTarget(good.first('job', 'copy.store c0') - 1),
    ]).toEqual([['1'], []]);
    expect(good.first('g1', 'wait c0')).toBeGreaterThan(good.first('job', 'copy.land c0'));
  });
});
