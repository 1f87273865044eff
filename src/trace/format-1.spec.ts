import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { type RandomNumbers, randomNumbers } from '../search/strategies/random-numbers.ts';
import type { Trace } from './format.ts';
import { readTrace } from './read.ts';
import { SMALL_TRACE, errorOf, golden } from './testing.ts';
import { replay } from '../replay/replay.ts';
import { writeTrace } from './write.ts';

/** The smallest trace there is: without the rule, a write lands before the copy. */
const SMALL = `trace: 1
job: correct
without: [copyBeforeWrite]
wake: any
effects: cluster
scenario:
  mode: full
  disk:
    sectors: 1
    clusterSectors: 2
    zero: []
    discardReads: zero
  target: raw
  guest:
    - {id: g1, write: [0, 1]}
schedule:
  - job: start -> T0, hook linked
  - g1: write.start
  - g1: write.send c0
  - g1: write.land c0 -> s0.g1
verdict:
  property: snapshot-kept
  step: 4
  sector: 0
  expected: s0@0
  got: s0.g1
  detail: "sector 0 should be s0@0 and is s0.g1: the backup shows it from the source"
cause: [copyBeforeWrite]
minimal: best effort (12 tries)
found: {strategy: portfolio, seed: "a", run: 3}
`;

const GOLDEN = golden('format-1');

describe('a trace', () => {
  it('is text that reads as what the model runs', () => {
    const trace = readTrace(SMALL);
    expect(trace).toEqual(SMALL_TRACE);
    expect(replay(trace).outcome).toBe('reproduced');
  });

  it('may be of an era of QEMU, with some of its rules on all the same', () => {
    const trace: Trace = { ...readTrace(SMALL), job: 'qemu-1.6', with: ['copyBeforeDiscard', 'skippedAreCounted'] };
    const text = SMALL.replace('job: correct\n', 'job: qemu-1.6\nwith: [copyBeforeDiscard, skippedAreCounted]\n');
    expect(readTrace(text)).toEqual(trace);
    expect(replay(trace).outcome).toBe('reproduced');
    expect(errorOf(SMALL.replace('job: correct', 'job: qemu-9.9'))).toMatch(
      /^job: expected correct, qemu-1.6, .* or a QEMU with its version/,
    );
  });

  it('may have an empty schedule', () => {
    expect(readTrace(SMALL.replace(/schedule:\n(?:  - .*\n)*/, 'schedule: []\n')).schedule).toEqual([]);
  });

  it('may leave out what is as usual', () => {
    const short = `
trace: 1
job: correct
scenario:
  mode: none
  disk: {sectors: 4, clusterSectors: 2}
schedule: [{job: start}]
verdict: {property: snapshot-kept, step: 1}`;
    expect(readTrace(short)).toEqual({
      job: 'correct',
      without: [],
      wake: 'any',
      effects: 'cluster',
      scenario: {
        mode: 'none',
        disk: { sectors: 4, clusterSectors: 2, zero: [], discardReads: 'zero' },
        targetClusterSectors: 2,
        guest: [],
        cancel: false,
        cancelAfter: [],
      },
      schedule: [{ who: 'job', what: 'start', saw: '' }],
      verdict: { property: 'snapshot-kept', step: 1, detail: '' },
      cause: [],
      minimal: 'not tried',
    });
    expect(readTrace(short.replace('mode: none', 'mode: full')).scenario.targetClusterSectors).toBe(0);
    expect(readTrace(short.replace('mode: none', 'mode: full\n  target: {clusterSectors: 8}')).scenario.targetClusterSectors).toBe(8);
  });
});

/** A trace of TOP, and of what a scenario can say besides, each in its place. */
const TOP = `trace: 1
job: correct
without: []
wake: qemu
effects: sector
scenario:
  mode: top
  disk:
    sectors: 8
    clusterSectors: 2
    zero: [0]
    discardReads: zero
    overlay:
      clusterSectors: 2
      allocated: [1]
      zeroClusters: []
      baseSectors: 8
  target: {clusterSectors: 2}
  guest:
    - {id: g1, write: [0, 2]}
schedule: []
verdict:
  property: errors-are-told
  step: 1
  detail: ""
cause: []
minimal: not tried
`;
const inTop = (from: string, to: string): string => {
  expect(TOP).toContain(from);
  return TOP.replace(from, to);
};
const job = (lines: string): string => inTop('schedule: []', `${lines}schedule: []`);
const target = (text: string): string => inTop('target: {clusterSectors: 2}', `target: ${text}`);
const none = (text: string): string => text.replace('mode: top', 'mode: none');

describe('a scenario in a trace', () => {
  const plain = readTrace(TOP).scenario;
  const { disk } = plain;
  const cluster = (n: number): { clusterSectors: number; allocated: number[]; zeroClusters: number[]; baseSectors: number | null } => ({
    clusterSectors: n,
    allocated: [1],
    zeroClusters: [],
    baseSectors: 8,
  });

  /** What it says, as text and as what the model runs. */
  const SAYS: readonly [about: string, text: string, scenario: Scenario][] = [
    ['nothing special', TOP, plain],
    [
      'faults of either disk',
      job('  faults:\n    - {source: [read, 2], errno: EIO, times: 3}\n    - {target: [write, 0], errno: ENOSPC, times: 1}\n'),
      {
        ...plain,
        faults: [
          { side: 'source', op: 'read', cluster: 2, errno: 'EIO', times: 3 },
          { side: 'target', op: 'write', cluster: 0, errno: 'ENOSPC', times: 1 },
        ],
      },
    ],
    [
      'a fault of the question what is allocated',
      job('  faults:\n    - {source: [ask, 3], errno: EIO, times: 2}\n'),
      { ...plain, faults: [{ side: 'source', op: 'ask', cluster: 3, errno: 'EIO', times: 2 }] },
    ],
    ['error policies', job('  onError: {source: ignore, target: enospc}\n'), { ...plain, onError: { source: 'ignore', target: 'enospc' } }],
    ['error policies as usual', job('  onError: {source: report, target: report}\n'), plain],
    ['a pause', job('  pause: true\n'), { ...plain, pause: true }],
    ['somebody who resumes', job('  resume: true\n'), { ...plain, resume: true }],
    ['a speed limit', job('  speed: 4\n'), { ...plain, speed: 4 }],
    ['I/O limits', inTop('  target:', '    throttled: true\n  target:'), { ...plain, disk: { ...disk, throttled: true } }],
    ['copy on read', inTop('  target:', '    copyOnRead: true\n  target:'), { ...plain, disk: { ...disk, copyOnRead: true } }],
    [
      'an overlay over nothing',
      inTop('baseSectors: 8', 'baseSectors: null'),
      { ...plain, disk: { ...disk, overlay: { ...cluster(2), baseSectors: null } } },
    ],
    [
      'an overlay over a shorter base, with clusters of its own size',
      inTop('overlay:\n      clusterSectors: 2', 'overlay:\n      clusterSectors: 4').replace('baseSectors: 8', 'baseSectors: 5'),
      { ...plain, disk: { ...disk, overlay: { ...cluster(4), baseSectors: 5 } } },
    ],
    [
      'a target that was there before',
      target('{existing: {clusterSectors: 4, sectors: 9, backed: true, data: [0, 3-6]}}'),
      { ...plain, targetClusterSectors: 4, existingTarget: { sectors: 9, backed: true, data: [0, 3, 4, 5, 6] } },
    ],
    [
      'one that lies over nothing, and holds nothing',
      target('{existing: {clusterSectors: 2, sectors: 8, backed: false, data: []}}'),
      { ...plain, existingTarget: { sectors: 8, backed: false, data: [] } },
    ],
    [
      'a raw one',
      target('{existing: {clusterSectors: 0, sectors: 8, backed: false, data: []}}').replace('mode: top', 'mode: full'),
      { ...plain, mode: 'full', targetClusterSectors: 0, existingTarget: { sectors: 8, backed: false, data: [] } },
    ],
    [
      'a raw one of TOP',
      target('{existing: {clusterSectors: 0, sectors: 8, backed: false, data: []}}'),
      { ...plain, targetClusterSectors: 0, existingTarget: { sectors: 8, backed: false, data: [] } },
    ],
    [
      'somebody who saves the VM',
      inTop('write: [0, 2]', 'savevm: true'),
      { ...plain, guest: [{ ...plain.guest[0]!, kind: 'savevm', first: 0, count: 0 }] },
    ],
    [
      'a reader of the point in time',
      none(inTop('write: [0, 2]', 'readT0: [3, 5]')),
      { ...plain, mode: 'none', guest: [{ ...plain.guest[0]!, kind: 'readT0', first: 3, count: 5 }] },
    ],
    [
      'all of it',
      job(
        '  cancel: {after: [g1]}\n  pause: true\n  resume: true\n  speed: 2\n  onError: {source: stop, target: ' +
          'ignore}\n  faults:\n    - {target: [read, 1], errno: EIO, times: 1}\n',
      ).replace(
        '  target: {clusterSectors: 2}',
        '    throttled: true\n    copyOnRead: true\n  target: {existing: {clusterSectors: 2, sectors: 8, backed: true, data: [7]}}',
      ),
      {
        ...plain,
        disk: { ...disk, throttled: true, copyOnRead: true },
        existingTarget: { sectors: 8, backed: true, data: [7] },
        cancel: true,
        cancelAfter: ['g1'],
        pause: true,
        resume: true,
        speed: 2,
        onError: { source: 'stop', target: 'ignore' },
        faults: [{ side: 'target', op: 'read', cluster: 1, errno: 'EIO', times: 1 }],
      },
    ],
  ];

  it.each(SAYS)('can say: %s', (_, text, scenario) => {
    expect(readTrace(text).scenario).toEqual(scenario);
  });

  /** What is left out or written otherwise, and how it is written. */
  const SHORT: readonly [about: string, text: string, canonical: string][] = [
    [
      'a fault strikes once',
      job('  faults: [{target: [write, 0], errno: EIO}]\n'),
      job('  faults:\n    - {target: [write, 0], errno: EIO, times: 1}\n'),
    ],
    ['an error is reported', job('  onError: {target: stop}\n'), job('  onError: {source: report, target: stop}\n')],
    ['both are', job('  onError: {}\n'), job('  onError: {source: report, target: report}\n')],
    [
      'there are no faults, no pause, no resume and no limit',
      job('  faults: []\n  pause: false\n  resume: false\n  speed: 0\n  cancel: false\n'),
      TOP,
    ],
    ['the disk is plain', inTop('  target:', '    throttled: false\n    copyOnRead: false\n  target:'), TOP],
    [
      'an existing target holds nothing',
      target('{existing: {clusterSectors: 2, sectors: 8, backed: true}}'),
      target('{existing: {clusterSectors: 2, sectors: 8, backed: true, data: []}}'),
    ],
    [
      'nothing of an overlay is allocated',
      inTop('      allocated: [1]\n      zeroClusters: []\n', ''),
      inTop('allocated: [1]', 'allocated: []'),
    ],
    [
      'keys come in any order',
      job('  speed: 2\n  resume: true\n  faults:\n    - {errno: EIO, times: 1, source: [read, 0]}\n  pause: true\n'),
      job('  pause: true\n  resume: true\n  speed: 2\n  faults:\n    - {source: [read, 0], errno: EIO, times: 1}\n'),
    ],
  ];

  it.each(SHORT)('may leave out what is as usual: %s', (_, text, canonical) => {
    expect(readTrace(text)).toEqual(readTrace(canonical));
  });

  const faults = (...list: string[]): string => job(`  faults: [${list.join(', ')}]\n`);

  const REFUSED: readonly [about: string, text: string, says: RegExp][] = [
    ['a fault of neither disk', faults('{errno: EIO}'), /^scenario\.faults\[0\]: expected exactly one of source, target$/],
    [
      'a fault of both disks',
      faults('{source: [read, 0], target: [read, 0], errno: EIO}'),
      /^scenario\.faults\[0\]: expected exactly one of source, target$/,
    ],
    ['a fault of something that does not fail', faults('{source: [discard, 0], errno: EIO}'), /^scenario\.faults\[0\]\.source\[0\]: /],
    ['a fault without a cluster', faults('{source: [read], errno: EIO}'), /^scenario\.faults\[0\]\.source/],
    ['a fault without an errno', faults('{source: [read, 0]}'), /^scenario\.faults\[0\]\.errno: /],
    ['an errno that no disk has', faults('{source: [read, 0], errno: EPERM}'), /^scenario\.faults\[0\]\.errno: /],
    ['a fault that never strikes', faults('{source: [read, 0], errno: EIO, times: 0}'), /^scenario\.faults\[0\]\.times: /],
    ['a fault that strikes too often', faults('{source: [read, 0], errno: EIO, times: 4}'), /^scenario\.faults\[0\]\.times: /],
    ['a fault that strikes half', faults('{source: [read, 0], errno: EIO, times: 1.5}'), /^scenario\.faults\[0\]\.times: /],
    [
      'a fault past the end of the disk',
      faults('{source: [read, 4], errno: EIO}'),
      /^scenario: the fault of read at cluster 4 of the source is past the end of the disk \(4 clusters\)$/,
    ],
    [
      'the target asked what is allocated',
      faults('{target: [ask, 0], errno: EIO}'),
      /^scenario: the fault of ask at cluster 0 of the target: only the source is asked what is allocated$/,
    ],
    [
      'two faults in one place',
      faults('{source: [read, 0], errno: EIO}', '{source: [read, 0], errno: ENOSPC}'),
      /^scenario: the fault of read at cluster 0 of the source is there twice$/,
    ],
    ['a fault with more to it', faults('{source: [read, 0], errno: EIO, sector: 1}'), /^scenario\.faults\[0\]: unknown key "sector"$/],
    ['faults that are no list', job('  faults: {source: [read, 0], errno: EIO}\n'), /^scenario\.faults: /],
    ['a policy that QEMU has not', job('  onError: {source: retry}\n'), /^scenario\.onError\.source: /],
    ['a policy for a third disk', job('  onError: {base: stop}\n'), /^scenario\.onError: unknown key "base"$/],
    ['one policy for all', job('  onError: stop\n'), /^scenario\.onError: /],
    ['a pause that is a number', job('  pause: 1\n'), /^scenario\.pause: /],
    ['a resume that is a text', job('  resume: "yes"\n'), /^scenario\.resume: /],
    ['a speed below zero', job('  speed: -1\n'), /^scenario\.speed: /],
    ['half a sector a slice', job('  speed: 0.5\n'), /^scenario\.speed: /],
    ['limits that are a number', inTop('  target:', '    throttled: 10\n  target:'), /^scenario\.disk\.throttled: /],
    ['copy on read that is a text', inTop('  target:', '    copyOnRead: always\n  target:'), /^scenario\.disk\.copyOnRead: /],
    [
      'a raw target over a backing file',
      target('raw'),
      /^scenario: mode top needs a target with clusters: a raw target can't lie over a backing file$/,
    ],
    ['a raw target over the live disk', none(target('raw')), /^scenario: mode none needs a target with clusters/],
    ['the source as the target of TOP', target('source'), /^scenario: the target is the source, which takes mode full and a raw disk$/],
    [
      'an overlay as its own target',
      target('source').replace('mode: top', 'mode: full'),
      /^scenario: the target is the source, which takes mode full and a raw disk$/,
    ],
    ['a savevm with a range', inTop('write: [0, 2]', 'savevm: [0, 2]'), /^scenario\.guest\[0\]\.savevm: /],
    [
      'a raw target that is said to lie over something',
      target('{existing: {clusterSectors: 0, sectors: 8, backed: true}}').replace('mode: top', 'mode: full'),
      /^scenario: a raw target lies over nothing, so it is not backed$/,
    ],
    [
      'an existing target of no sectors',
      target('{existing: {clusterSectors: 2, sectors: 0, backed: true}}'),
      /^scenario: a target that exists has at least 1 sector$/,
    ],
    [
      'an existing target with data past its end',
      target('{existing: {clusterSectors: 2, sectors: 4, backed: true, data: [4]}}'),
      /^scenario: the target has data past its end \(4 sectors\)$/,
    ],
    [
      'a run of data past its end',
      target('{existing: {clusterSectors: 2, sectors: 4, backed: true, data: [2-4]}}'),
      /^scenario: the run 2-4 should ascend and end below 4$/,
    ],
    ['an existing target that nobody knows to be backed', target('{existing: {clusterSectors: 2, sectors: 8}}'), /^scenario\.target/],
    ['a target of no known kind', target('cooked'), /^scenario\.target/],
    [
      'an overlay past its end',
      inTop('allocated: [1]', 'allocated: [4]'),
      /^scenario: the overlay names a cluster past its end \(4 clusters\)$/,
    ],
    [
      'an overlay with a cluster in two states',
      inTop('zeroClusters: []', 'zeroClusters: [1]'),
      /^scenario: the overlay has a cluster both allocated and zero$/,
    ],
    [
      'a backing file longer than the disk',
      inTop('baseSectors: 8', 'baseSectors: 9'),
      /^scenario: the backing file is longer than the disk$/,
    ],
    ['an overlay that says nothing of what is beneath', inTop('      baseSectors: 8\n', ''), /^scenario\.disk\.overlay\.baseSectors: /],
    [
      'a reader where there is no live target',
      inTop('write: [0, 2]', 'readT0: [0, 2]'),
      /^scenario: g1 reads the point in time, which takes mode none and a target over the source$/,
    ],
    [
      'a reader of a target over nothing',
      none(target('{existing: {clusterSectors: 2, sectors: 8, backed: false}}').replace('write: [0, 2]', 'readT0: [0, 2]')),
      /^scenario: g1 reads the point in time, which takes mode none/,
    ],
    [
      'a reader before there is a point in time',
      none(inTop('write: [0, 2]', 'readT0: [0, 2], early: true')),
      /^scenario: g1 reads the point in time before there is one$/,
    ],
    [
      'a reader past the end',
      none(inTop('write: [0, 2]', 'readT0: [7, 2]')),
      /^scenario: g1 asks for sectors 7 to 8 of a disk of 8 sectors$/,
    ],
    ['a request by the name of the operator', inTop('id: g1', 'id: operator'), /^scenario: two things are named operator$/],
  ];

  it.each(REFUSED)('is refused in one line: %s', (_, text, says) => {
    expect(errorOf(text)).toMatch(says);
  });
});

// Every release that reads format 1 reads this file, for ever: see "Traces" in the architecture. It is never edited.
describe('the golden file of format 1', () => {
  it('is read', () => {
    const trace = readTrace(GOLDEN);
    expect(trace.scenario.guest.map((g) => g.kind)).toEqual(['zero', 'read', 'discard', 'write', 'write', 'flush']);
    expect(trace).toMatchObject({
      without: ['drainBeforeUnhook'],
      wake: 'qemu',
      effects: 'cluster',
      scenario: {
        mode: 'top',
        disk: {
          sectors: 10,
          clusterSectors: 2,
          zero: [0, 2, 3, 4, 5, 6, 7],
          discardReads: 'backing',
          overlay: { clusterSectors: 2, allocated: [], zeroClusters: [2], baseSectors: 4 },
        },
        targetClusterSectors: 2,
        cancel: true,
        cancelAfter: ['g1'],
      },
      verdict: { property: 'snapshot-kept', step: 46, sector: 6, expected: 'zero', got: 's6.g5' },
      cause: ['drainBeforeUnhook'],
      minimal: 'best effort (17 tries)',
      found: { strategy: 'portfolio', seed: '4 1', run: 419 },
    });
    expect(trace.scenario.guest[1]).toEqual({ id: 'g2', kind: 'read', first: 6, count: 4, after: ['g1'], early: false });
    expect(trace.scenario.guest[5]).toEqual({ id: 'g6', kind: 'flush', first: 0, count: 0, after: [], early: true });
    expect(trace.schedule).toHaveLength(46);
    expect(trace.schedule[33]).toEqual({ who: 'g5', what: 'write.land c2', saw: 's4.g5 s5.g5' });
  });

  // Since it was written, a question what is allocated shows more than its answer: "unallocated, hook unlinked".
  it('is reproduced', () => {
    expect(replay(readTrace(GOLDEN))).toMatchObject({ outcome: 'reproduced' });
  });

  it('is the golden file of format 2 when it is written again', () => {
    expect(writeTrace(readTrace(GOLDEN))).toBe(golden('format-2'));
  });
});

describe('the golden files of what format 1 can say besides', () => {
  const [ERRORS, READERS] = [golden('format-1-errors'), golden('format-1-readers')];

  it('are read: a run in which nothing breaks', () => {
    const trace = readTrace(golden('format-1-holds'));
    expect(trace).toMatchObject({ verdict: null, cause: [], minimal: 'not tried', without: ['drainBeforeUnhook'] });
    expect(replay(trace)).toEqual({ outcome: 'reproduced', detail: `nothing breaks in its ${trace.schedule.length} steps` });
    expect(writeTrace(trace)).toBe(golden('format-2-holds'));
  });

  it.each([
    ['verdict: holds\ncause: [wakeWaiters]', 'cause: a trace that holds has none'],
    ['verdict: holds\nminimal: proven', 'minimal: a trace that holds has none'],
    ['verdict: broken', 'verdict: expected holds, or: Invalid input: expected object'],
    ['verdict: {step: 1}', 'verdict.property: '],
  ])('do not go with everything: %j', (verdict, says) => {
    const text = golden('format-1-holds').replace('verdict: holds', verdict);
    expect(() => readTrace(text)).toThrow(says);
  });

  it('are read: errors, policies, a pause, limits, copy on read, a target that was there before', () => {
    const { scenario, schedule } = readTrace(ERRORS);
    expect(scenario).toMatchObject({
      disk: { throttled: true, copyOnRead: true, overlay: { baseSectors: 5, zeroClusters: [3] } },
      existingTarget: { sectors: 7, backed: true, data: [] },
      pause: true,
      resume: true,
      speed: 2,
      onError: { source: 'stop', target: 'enospc' },
      faults: [
        { side: 'source', op: 'ask', cluster: 1, errno: 'EIO', times: 1 },
        { side: 'target', op: 'write', cluster: 0, errno: 'ENOSPC', times: 1 },
        { side: 'source', op: 'read', cluster: 2, errno: 'EIO', times: 2 },
      ],
    });
    expect(schedule).toHaveLength(61);
    expect(schedule[7]).toEqual({ who: 'job', what: 'copy.store c0', saw: 'ENOSPC, stopped' });
    expect(schedule[25]).toEqual({ who: 'operator', what: 'resume.stopped', saw: '' });
  });

  it('are read: readers of the point in time, an overlay over nothing', () => {
    const { scenario, verdict } = readTrace(READERS);
    expect(scenario.guest.map(({ kind, first, count }) => ({ kind, first, count }))).toEqual([
      { kind: 'readT0', first: 0, count: 2 },
      { kind: 'write', first: 1, count: 2 },
      { kind: 'readT0', first: 3, count: 1 },
    ]);
    expect(scenario).toMatchObject({
      mode: 'none',
      disk: { overlay: { clusterSectors: 4, baseSectors: null } },
      targetClusterSectors: 1,
      cancelAfter: ['g2'],
    });
    expect(verdict).toMatchObject({ property: 'stable-reader', step: 32, sector: 1, expected: 's1@0', got: 's1.g2' });
  });

  it.each(['errors', 'readers'])('are reproduced, hold once their rule is on, and are written in format 2: %s', (name) => {
    const trace = readTrace(golden(`format-1-${name}`));
    expect(replay(trace)).toMatchObject({ outcome: 'reproduced' });
    expect(replay(trace, { with: trace.cause, without: [] })).toMatchObject({ outcome: 'holds now' });
    expect(writeTrace(trace)).toBe(golden(`format-2-${name}`));
  });
});

describe('a trace edited by hand', () => {
  const VARIATIONS: readonly [string, string][] = [
    ['comments', GOLDEN.replaceAll('\n', ' # why?\n').replace('trace: 1', '# what this is about\n\ntrace: 1')],
    ['empty lines and more indentation', GOLDEN.replaceAll('\n  ', '\n\n     ').replaceAll('\n         ', '\n          ')],
    ['line ends of another system', GOLDEN.replaceAll('\n', '\r\n')],
    ['a byte order mark, and no line end at the end', `\uFEFF${GOLDEN.trimEnd()}`],
    ['everything on one line, as JSON', JSON.stringify(parse(GOLDEN))],
    ['JSON over many lines', JSON.stringify(parse(GOLDEN), null, 4)],
    [
      'keys in another order',
      Object.entries(parse(GOLDEN) as object)
        .toReversed()
        .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
        .join(''),
    ],
    [
      'lists in lines of their own',
      GOLDEN.replace('without: [drainBeforeUnhook]', 'without:\n  - drainBeforeUnhook').replace(
        'zero: [0, 2-7]',
        'zero:\n      - 0\n      - 2-7',
      ),
    ],
    ['runs cut elsewhere', GOLDEN.replace('[0, 2-7]', "[0, 2, '3-5', 6-7]")],
    [
      'quotes',
      GOLDEN.replace('wake: qemu', "wake: 'qemu'")
        .replace('got: s6.g5', 'got: "s6.g5"')
        .replace('- g6: flush.start', '- "g6": "flush.start"'),
    ],
    ['spaces around arrows', GOLDEN.replaceAll(' -> ', '   ->   ')],
    ['defaults written out', GOLDEN.replace('discard: [3, 2]', 'discard: [3, 2], after: [], early: false')],
    ['a first line that says it is YAML', `---\n${GOLDEN}`],
    ['a last line that says it is over', `${GOLDEN}...\n`],
  ];

  it.each(VARIATIONS)('reads as the same: %s', (_, text) => {
    expect(text).not.toBe(GOLDEN);
    expect(readTrace(text)).toEqual(readTrace(GOLDEN));
  });

  it('may have no observations, and is reproduced all the same', () => {
    const trace = readTrace(GOLDEN.replaceAll(/ -> .*/g, ''));
    expect(trace.schedule.every(({ saw }) => saw === '')).toBe(true);
    expect(replay(trace).outcome).toBe('reproduced');
  });
});

describe('a text from a stranger', () => {
  const scenario = (from: string, to: string): string => {
    expect(SMALL).toContain(from);
    return SMALL.replace(from, to);
  };
  const bomb = [
    'a0: &a0 [x, x, x, x, x, x, x, x, x]',
    ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array.from({ length: 9 }, () => `*a${i}`).join(', ')}]`),
  ].join('\n');
  const noise = ((random: RandomNumbers) => Array.from({ length: 20_000 }, () => String.fromCharCode(random.below(256))).join(''))(
    randomNumbers('noise'),
  );

  const HOSTILE: readonly [about: string, text: string, says: RegExp][] = [
    ['nothing', '', /^not a trace: the key "trace" is missing \(a trace has "trace: 2"\)$/],
    ['spaces and line ends', ' \n\n \n', /^not a trace/],
    ['null', 'null', /^not a trace/],
    ['a number', '1', /^not a trace/],
    ['a list', '[1, 2]', /^not a trace/],
    ['another kind of file', '{"name": "cowcheck", "version": "0.1.0"}', /^not a trace/],
    [
      'a newer format',
      scenario('trace: 1', 'trace: 3'),
      /^format 3 is too new for this cowcheck, which reads formats up to 2: update cowcheck$/,
    ],
    ['a format that never was', scenario('trace: 1', 'trace: 0'), /^trace: /],
    ['a format that is no number', scenario('trace: 1', 'trace: "1"'), /^trace: /],
    ['an unknown key', `${SMALL}colour: red\n`, /^at the top: unknown key "colour"$/],
    ['an unknown key deep inside', scenario('sectors: 1', 'sectors: 1\n    colour: red'), /^scenario\.disk: unknown key "colour"$/],
    ['a key that is missing', scenario('job: correct\n', ''), /^job: /],
    ['a key twice', `${SMALL}job: correct\n`, /^not YAML: Map keys must be unique/],
    ['an unknown job', scenario('job: correct', 'job: somebody'), /^job: /],
    ['an unknown rule', scenario('without: [copyBeforeWrite]', 'without: [copyAfterWrite]'), /^without\[0\]: /],
    ['an unknown mode', scenario('mode: full', 'mode: half'), /^scenario\.mode: /],
    [
      'a request past the end of the disk',
      scenario('write: [0, 1]', 'write: [0, 2]'),
      /^scenario: g1 asks for sectors 0 to 1 of a disk of 1 sectors$/,
    ],
    ['a request for nothing', scenario('write: [0, 1]', 'write: [0, 0]'), /^scenario: g1 asks for/],
    ['a request of two kinds', scenario('write: [0, 1]', 'write: [0, 1], read: [0, 1]'), /^scenario\.guest\[0\]: expected exactly one of/],
    [
      'a request that waits for itself',
      scenario('write: [0, 1]', 'write: [0, 1], after: [g1]'),
      /^scenario: g1 comes after g1, which is not an earlier request$/,
    ],
    ['a request by the name of the job', scenario('id: g1', 'id: job'), /^scenario: two things are named job$/],
    [
      'two requests of one name',
      scenario('    - {id: g1, write: [0, 1]}', '    - {id: g1, write: [0, 1]}\n    - {id: g1, write: [0, 1]}'),
      /^scenario: two things are named g1$/,
    ],
    [
      'a cancel after nobody',
      scenario('schedule:', '  cancel: {after: [g2]}\nschedule:'),
      /^scenario: the cancel comes after g2, which is no request$/,
    ],
    ['numbers below zero', scenario('write: [0, 1]', 'write: [-1, 1]'), /^scenario\.guest\[0\]\.write\[0\]: /],
    ['half a sector', scenario('write: [0, 1]', 'write: [0.5, 1]'), /^scenario\.guest\[0\]\.write\[0\]: /],
    ['a number past all numbers', scenario('sectors: 1\n', 'sectors: 99999999999999999999999\n'), /^scenario\.disk\.sectors: /],
    ['no number', scenario('sectors: 1\n', 'sectors: .nan\n'), /^scenario\.disk\.sectors: /],
    ['infinity', scenario('step: 4', 'step: .inf'), /^verdict\.step: /],
    ['a cluster of no sectors', scenario('clusterSectors: 2', 'clusterSectors: 0'), /^scenario\.disk\.clusterSectors: /],
    ['a disk of a terabyte', scenario('sectors: 1\n', 'sectors: 2147483648\n'), /^scenario\.disk\.sectors: /],
    ['TOP into a raw target', scenario('mode: full', 'mode: top'), /^scenario: mode top needs a target with clusters: /],
    [
      'a step of two coroutines',
      scenario('- g1: write.start', '- {g1: write.start, job: start}'),
      /^schedule: step 2 should name one coroutine/,
    ],
    ['a step of nobody', scenario('- g1: write.start', '- {}'), /^schedule: step 2 should name one coroutine/],
    ['a step that is no text', scenario('- g1: write.start', '- g1: [write.start]'), /^schedule\[1\]\.g1: /],
    ['a schedule that is no list', scenario('schedule:', 'schedule: 1\nother:'), /^(schedule|at the top): /],
    [
      'an alias',
      SMALL.replace('without: [copyBeforeWrite]', 'without: &rules [copyBeforeWrite]').replace('cause: [copyBeforeWrite]', 'cause: *rules'),
      /^not YAML that a trace may use \(.*lias/,
    ],
    ['a bomb of aliases', `trace: 1\n${bomb}\n`, /^not YAML that a trace may use \(.*lias/],
    ['a bomb of aliases in a trace', `${SMALL}${bomb}\n`, /^not YAML that a trace may use \(.*lias/],
    ['deep nesting that is never closed', `${SMALL}x: ${'['.repeat(20_000)}`, /^not YAML/],
    ['deep nesting', `${SMALL}x: ${'['.repeat(10_000)}${']'.repeat(10_000)}`, /^not YAML/],
    [
      'deep nesting by indentation',
      `trace: 1\n${Array.from({ length: 1_500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')}`,
      /^(not YAML|job)/,
    ],
    ['deep nesting in a step', scenario('write.start', '{a: '.repeat(5_000)), /^not YAML/],
    ['40 MB', 'x'.repeat(40 * 2 ** 20), /^longer than 32 MiB, the limit of a trace$/],
    ['noise', noise, /^not /],
    ['noise in a trace', `${SMALL}${noise}`, /^not /],
    ['zero bytes', '\0'.repeat(5_000), /^not /],
    ['tabs', scenario('    - {id', '\t- {id'), /^not YAML: Tabs are not allowed/],
    ['two documents', `${SMALL}---\n${SMALL}`, /^not YAML: /],
    [
      'a set, as in old YAML',
      `%YAML 1.1\n---\n${scenario('without: [copyBeforeWrite]', 'without: !!set {copyBeforeWrite}')}`,
      /^without: /,
    ],
    ['bytes, as in old YAML', `%YAML 1.1\n---\n${scenario('minimal: best effort (12 tries)', 'minimal: !!binary aGVsbG8=')}`, /^minimal: /],
    ['__proto__ as a key', `${SMALL}__proto__: {polluted: 1}\n`, /^not YAML that a trace may use \(a key named __proto__\)$/],
    ['__proto__ as a rule', scenario('without: [copyBeforeWrite]', 'without: [__proto__]'), /^without\[0\]: /],
    ['constructor as a rule', scenario('without: [copyBeforeWrite]', 'without: [constructor]'), /^without\[0\]: /],
    ['__proto__ as a request', scenario('id: g1', 'id: __proto__'), /^scenario\.guest\[0\]\.id: expected a name such as g1$/],
    [
      '__proto__ as a coroutine',
      scenario('- g1: write.start', '- __proto__: write.start'),
      /^not YAML that a trace may use \(a key named __proto__\)$/,
    ],
    ['toString as the mode', scenario('mode: full', 'mode: toString'), /^scenario\.mode: /],
    ['a name too long', scenario('id: g1', `id: ${'g'.repeat(33)}`), /^scenario\.guest\[0\]\.id: /],
    ['a step too long', scenario('write.start', 'x'.repeat(100_001)), /^schedule\[1\]\.g1: /],
  ];

  it.each(HOSTILE)('ends in one line that says what is wrong: %s', (_, text, says) => {
    expect(errorOf(text)).toMatch(says);
  });

  it('pollutes nothing', () => {
    for (const text of [`${SMALL}__proto__: {polluted: 1}\n`, SMALL.replace('- g1: write.start', '- __proto__: {polluted: 1}')])
      errorOf(text);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  const ODD: readonly [about: string, text: string, outcome: RegExp][] = [
    ['a step that does not exist', SMALL.replace('write.start', 'fly c0'), /^diverged$/],
    ['a step by the name of a method', SMALL.replace('write.start', 'toString'), /^diverged$/],
    ['a step without a name', SMALL.replace('write.start', '""'), /^diverged$/],
    ['a cluster past the end of the disk', SMALL.replace('write.send c0', 'write.send c9999999'), /^diverged$/],
    ['a coroutine that does not exist', SMALL.replace('- g1: write.start', '- nobody: write.start'), /^diverged$/],
    ['a coroutine by the name of a method', SMALL.replace('- g1: write.start', '- constructor: write.start'), /^diverged$/],
    ['an unknown property', SMALL.replace('snapshot-kept', 'always-lucky'), /^diverged$/],
    ['a sector that is not on the disk', SMALL.replace('sector: 0', 'sector: 77'), /^diverged$/],
    ['requests by the names of methods', SMALL.replaceAll('g1', 'constructor'), /^reproduced$/],
    ['an empty disk', SMALL.replace('sectors: 1\n', 'sectors: 0\n').replace('    - {id: g1, write: [0, 1]}', '    []'), /^diverged$/],
  ];

  it.each(ODD)('is read and ends in one of three ways: %s', (_, text, outcome) => {
    const result = replay(readTrace(text));
    expect(result.outcome).toMatch(outcome);
    expect(result.detail).not.toContain('\n');
  });

  it('is refused in one line, whatever its keys', () => {
    errorOf(SMALL.replace('- g1: write.start', '- "a\\nb": write.start'));
  });

  it('never gets control characters to a terminal', () => {
    const control = /\p{Cc}/u;
    expect(errorOf(`${SMALL}"\\e[2J": 1\n`)).not.toMatch(control);
    const { detail, expected } = replay(readTrace(SMALL.replace('write.start', '"\\e[2J"')));
    expect(`${detail}${expected}`).not.toMatch(control);
  });

  it('takes no more room than the disk that it is about', () => {
    const text = SMALL.replace('sectors: 1\n', 'sectors: 4000\n').replace(
      'zero: []',
      `zero: [${Array.from({ length: 100 }, () => '0-3999').join(', ')}]`,
    );
    expect(errorOf(text)).toBe('scenario: a list names more than the 4000 that there are');
  });

  it('is refused if no machine can hold it', () => {
    const guest = Array.from({ length: 2_100 }, (_, i) => `    - {id: g${i + 1}, write: [0, 1]}`).join('\n');
    const text = SMALL.replace('clusterSectors: 2', 'clusterSectors: 2097152').replace('    - {id: g1, write: [0, 1]}', guest);
    expect(errorOf(text)).toMatch(/^scenario: 2100 requests with buffers of 2097152 sectors, .* need more memory than a model should$/);
  });
});
