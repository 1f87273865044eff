import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { RULE_NAMES } from '../../model/families/notifier/rules.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { smallScenario } from '../../model/testing.ts';
import { sized } from '../../tools/nightly/testing.ts';
import { type RandomNumbers, randomNumbers } from '../search/strategies/random-numbers.ts';
import { drawScenario, scenarios } from '../scenarios/draw.ts';
import { GRAINS, MODES, WAKES, failingRunOfEachRule, findFailure, modesOf, readFailing, settingWithout, traceOf } from '../testing.ts';
import { type Trace, TraceError } from './format.ts';
import { readTrace } from './read.ts';
import { SMALL_TRACE, errorOf, golden } from './testing.ts';
import { replay } from '../replay/replay.ts';
import { fold, writeTrace, writeTraceFile } from './write.ts';

/** The smallest trace there is: without the rule, a write lands before the copy. */
const SMALL = `trace: 2
subject: {family: notifier, without: [copyBeforeWrite]}
effects: cluster
scenario:
  images:
    disk: {sectors: 1}
  jobs:
    - {sync: full, cluster-sectors: 2}
  requests:
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
found: {strategy: portfolio, seed: a, run: 3}
`;
const inSmall = (from: string, to: string): string => {
  expect(SMALL).toContain(from);
  return SMALL.replace(from, to);
};

const GOLDEN = golden('format-2');

/** What a trace says of a scenario: a cancel that does not come waits for nobody. */
function said(trace: Trace): Trace {
  const { cancel, cancelAfter = [] } = trace.scenario;
  return { ...trace, scenario: { ...trace.scenario, cancelAfter: cancel ? cancelAfter : [] } };
}

describe('a trace', () => {
  it('is text that reads as what the model runs, and writes back as it was', () => {
    const trace = readTrace(SMALL);
    expect(trace).toEqual(SMALL_TRACE);
    expect(writeTrace(trace)).toBe(SMALL);
    expect(replay(trace).outcome).toBe('reproduced');
  });

  it('tells editors in its first line where its schema is, and reads the same with that line', () => {
    const text = writeTraceFile(readTrace(SMALL), 'trace-2.schema.json');
    expect(text).toBe(`# yaml-language-server: $schema=trace-2.schema.json\n${SMALL}`);
    expect(readTrace(text)).toEqual(readTrace(SMALL));
  });

  it('of any failing run survives being written and read, and is formatted in one way only', () => {
    const failing = fc.record({
      missed: fc.constantFrom(...RULE_NAMES.flatMap((rule) => modesOf(rule).map((mode) => ({ rule, mode })))),
      wake: fc.constantFrom(...WAKES),
      effects: fc.constantFrom(...GRAINS),
      seed: fc.string(),
    });
    let traces = 0;
    fc.assert(
      fc.property(failing, ({ missed: { rule, mode }, wake, effects, seed }) => {
        const run = findFailure(settingWithout([rule], { wake, effects }), mode, 60, { seed });
        if (run === null) return;
        traces++;
        const trace: Trace = { ...traceOf(run), found: { strategy: 'portfolio', seed, run: run.found.run } };
        const text = writeTrace(trace);
        expect(readTrace(text)).toEqual(said(trace));
        expect(writeTrace(readTrace(text))).toBe(text);
        expect(replay(readTrace(text)).outcome).toBe('reproduced');
      }),
      { seed: 1, numRuns: sized(30, 150) },
    );
    expect(traces).toBeGreaterThan(sized(10, 60));
  });

  it('can say any scenario that is drawn', () => {
    const trace = readTrace(SMALL);
    for (const { mode, faults } of MODES.flatMap((one) => [false, true].map((some) => ({ mode: one, faults: some })))) {
      const random = randomNumbers(`any scenario ${mode}`);
      const arbitrary = scenarios(mode, { clusters: 5, clusterSectors: 4, writes: 6, faults });
      for (let i = 0; i < sized(25, 60); i++) {
        const about = said({ ...trace, scenario: drawScenario(arbitrary, random), schedule: trace.schedule });
        expect(readTrace(writeTrace(about))).toEqual(about);
      }
    }
  });

  it.each([
    [
      'an era of QEMU, with some of its rules on all the same',
      '{family: notifier, era: qemu-1.6, with: [copyBeforeDiscard], without: [wakeWaiters]}',
      { job: 'qemu-1.6', with: ['copyBeforeDiscard'], without: ['wakeWaiters'] },
    ],
    ['block-copy', '{family: block-copy, without: [claimIsOneStep]}', { job: 'block-copy', without: ['claimIsOneStep'] }],
    [
      'an era of block-copy',
      '{family: block-copy, era: qemu-5.2, with: [jobPassesUntilClean], without: [copyBeforeWrite]}',
      { job: 'qemu-5.2', with: ['jobPassesUntilClean'], without: ['copyBeforeWrite'] },
    ],
    ['a custom job', '{custom: my-job.mjs}', { job: 'my-job.mjs', without: [] }],
    [
      'a custom job without some of the rules of the host',
      '{custom: mine.mjs, without: [drainGuestAtStart]}',
      { job: 'mine.mjs', without: ['drainGuestAtStart'] },
    ],
    ['a real QEMU', '{qemu: "7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)"}', { job: 'qemu 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)', without: [] }],
  ])('may be of %s', (_, subject, says) => {
    const text = inSmall('{family: notifier, without: [copyBeforeWrite]}', subject);
    expect(readTrace(text)).toEqual({ ...readTrace(SMALL), ...says });
    expect(writeTrace(readTrace(text))).toBe(text);
  });

  it.each([
    ['{}', /^subject: expected exactly one of family, custom, qemu$/],
    ['{family: notifier, custom: a.mjs}', /^subject: expected exactly one of family, custom, qemu$/],
    ['{family: mirror}', /^subject.family: /],
    ['{custom: job.exe}', /^subject.custom: expected the file of a custom job/],
    ['{custom: job.mjs, era: qemu-1.6}', /^subject: an era is one of a family$/],
    ['{family: block-copy, era: qemu-1.6}', /^subject: the family block-copy has no era qemu-1.6$/],
    ['{family: notifier, era: qemu-7.2}', /^subject: the family notifier has no era qemu-7.2$/],
    ['{family: block-copy, era: qemu-7.2, without: [wakeWaiters]}', /^subject: the job qemu-7.2 has no rule wakeWaiters$/],
    ['{family: notifier, without: [claimIsOneStep]}', /^subject: the job correct has no rule claimIsOneStep$/],
    ['{family: block-copy, without: [wakeWaiters]}', /^subject: the job block-copy has no rule wakeWaiters$/],
    ['{qemu: 7.2}', /^subject.qemu: /],
    ['{qemu: 7.2.22, without: [wakeWaiters]}', /^subject: a real QEMU has no rules/],
    ['{family: notifier, era: qemu-9.9}', /^subject.era: unknown name "qemu-9.9" \(did you mean "qemu-/],
  ])('is of something that there is: %s', (subject, says) => {
    expect(errorOf(inSmall('{family: notifier, without: [copyBeforeWrite]}', subject))).toMatch(says);
  });

  it('has a snapshot-access node only if its job has', () => {
    const scenario = { ...smallScenario('none', []), cancelAfter: [], snapshotAccess: true };
    const trace: Trace = { ...readTrace(SMALL), job: 'qemu-7.0', scenario, without: [], cause: [], verdict: null, minimal: 'not tried' };
    expect(readTrace(writeTrace(trace))).toEqual(trace);
    expect(errorOf(writeTrace({ ...trace, job: 'qemu-6.2' }))).toMatch(/^subject: the job qemu-6.2 has no snapshot-access node$/);
    expect(errorOf(writeTrace({ ...trace, job: 'correct' }))).toMatch(/^subject: the job correct has no snapshot-access node$/);
  });

  it('may have an empty schedule', () => {
    const trace: Trace = { ...readTrace(SMALL), schedule: [] };
    expect(readTrace(writeTrace(trace))).toEqual(trace);
  });
});

/** A trace of TOP, and of what a scenario can say besides, each in its place. */
const TOP = `trace: 2
subject: {family: notifier}
scenario:
  images:
    disk: {sectors: 8, zero: [0], cluster-sectors: 2, allocated: [1], backing: base}
    base: {sectors: 8}
  jobs:
    - {sync: top, cluster-sectors: 2}
  requests:
    - {id: g1, write: [0, 2]}
schedule: []
verdict: {property: errors-are-told, step: 1}
`;
/** With these changes: what is replaced, what takes its place. */
function top(...changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replace(from, to);
  }, TOP);
}
const afterRequests = (lines: string): string => top(['schedule:', `${lines}schedule:`]);
const target = (image: string): readonly [string, string] => ['  jobs:', `    target: ${image}\n  jobs:`];
const EXISTING = ['cluster-sectors: 2}\n  requests', 'cluster-sectors: 2, mode: existing}\n  requests'] as const;
const RAW = [
  'disk: {sectors: 8, zero: [0], cluster-sectors: 2, allocated: [1], backing: base}\n    base: {sectors: 8}',
  'disk: {sectors: 8, zero: [0]}',
] as const;
const FULL = ['sync: top', 'sync: full'] as const;
const NONE = ['sync: top', 'sync: none'] as const;
const OF_BLOCK_COPY = ['{family: notifier}', '{family: block-copy}'] as const;

describe('a scenario in a trace', () => {
  const plain = readTrace(TOP).scenario;
  const { disk } = plain;
  const raw = readTrace(top(RAW, FULL)).scenario.disk;
  const overlay = { clusterSectors: 2, allocated: [1], zeroClusters: [], baseSectors: 8 };

  /** What it says, as text and as what the model runs. */
  const SAYS: readonly [about: string, text: string, scenario: Scenario][] = [
    ['nothing special', TOP, { ...plain, mode: 'top', targetClusterSectors: 2, disk: { ...raw, overlay } }],
    [
      'faults of either node',
      afterRequests(
        '  faults:\n    - {node: disk, op: read, cluster: 2, errno: EIO, times: 3}\n' +
          '    - {node: target, op: write, cluster: 0, errno: ENOSPC}\n',
      ),
      {
        ...plain,
        faults: [
          { side: 'source', op: 'read', cluster: 2, errno: 'EIO', times: 3 },
          { side: 'target', op: 'write', cluster: 0, errno: 'ENOSPC', times: 1 },
        ],
      },
    ],
    [
      'error policies',
      top(['cluster-sectors: 2}\n  req', 'cluster-sectors: 2, on-source-error: ignore, on-target-error: enospc}\n  req']),
      { ...plain, onError: { source: 'ignore', target: 'enospc' } },
    ],
    [
      'one error policy',
      top(['cluster-sectors: 2}\n  req', 'cluster-sectors: 2, on-target-error: stop}\n  req']),
      { ...plain, onError: { source: 'report', target: 'stop' } },
    ],
    [
      'an increment that is made over the same backup again and again',
      top(OF_BLOCK_COPY, ['sync: top, cluster-sectors: 2}', 'sync: bitmap, cluster-sectors: 2, bitmap-mode: never, dirty: [1]}']),
      { ...plain, mode: 'bitmap', bitmap: { mode: 'never', dirty: [1] } },
    ],
    ['a speed limit', top(['cluster-sectors: 2}\n  req', 'cluster-sectors: 2, speed: 4}\n  req']), { ...plain, speed: 4 }],
    ['a pause', afterRequests('  commands:\n    - {pause: job}\n'), { ...plain, pause: true }],
    ['somebody who resumes', afterRequests('  commands:\n    - {resume: job, after: [job.stopped]}\n'), { ...plain, resume: true }],
    ['a cancel', afterRequests('  commands:\n    - {cancel: job}\n'), { ...plain, cancel: true }],
    [
      'a cancel after a request',
      afterRequests('  commands:\n    - {cancel: job, after: [g1.done]}\n'),
      { ...plain, cancel: true, cancelAfter: ['g1'] },
    ],
    [
      'I/O limits and copy on read',
      top(['  jobs:', '  nodes:\n    disk: {throttled: true, copy-on-read: true}\n  jobs:']),
      { ...plain, disk: { ...disk, throttled: true, copyOnRead: true } },
    ],
    ['a raw source', top(RAW), { ...plain, disk: raw }],
    ['what a discard leaves', top(['zero: [0]', 'zero: [0], discard-reads: old']), { ...plain, disk: { ...disk, discardReads: 'old' } }],
    [
      'an overlay over nothing',
      top([', backing: base}\n    base: {sectors: 8}', '}']),
      { ...plain, disk: { ...disk, overlay: { ...overlay, baseSectors: null } } },
    ],
    [
      'an overlay over a shorter base, with clusters of its own size',
      top(
        ['cluster-sectors: 2, allocated: [1]', 'cluster-sectors: 4, allocated: [1], zero-clusters: [0]'],
        ['base: {sectors: 8}', 'base: {sectors: 5}'],
      ),
      { ...plain, disk: { ...disk, overlay: { clusterSectors: 4, allocated: [1], zeroClusters: [0], baseSectors: 5 } } },
    ],
    ['a new target with clusters of its own size', top(target('{cluster-sectors: 4}')), { ...plain, targetClusterSectors: 4 }],
    ['a raw target of FULL', top(RAW, FULL), { ...plain, mode: 'full', disk: raw, targetClusterSectors: 0 }],
    [
      'a target that was there before',
      top(target('{sectors: 9, cluster-sectors: 4, backed: true, data: [0, 3-6]}'), EXISTING),
      { ...plain, targetClusterSectors: 4, existingTarget: { sectors: 9, backed: true, data: [0, 3, 4, 5, 6] } },
    ],
    [
      'one that is raw, and as long as the disk',
      top(target('{}'), EXISTING),
      { ...plain, targetClusterSectors: 0, existingTarget: { sectors: 8, backed: false, data: [] } },
    ],
    [
      'a target that is the source',
      top(RAW, FULL, EXISTING, ['  jobs:', '  nodes:\n    target: {image: disk}\n  jobs:']),
      {
        ...plain,
        mode: 'full',
        disk: raw,
        targetClusterSectors: 0,
        existingTarget: { sectors: 8, backed: false, data: [], isSource: true },
      },
    ],
    [
      'somebody who saves the VM',
      top(['write: [0, 2]', 'savevm: true']),
      { ...plain, guest: [{ ...plain.guest[0]!, kind: 'savevm', first: 0, count: 0 }] },
    ],
    [
      'a reader of the point in time',
      top(NONE, ['write: [0, 2]', 'read: [3, 5], node: target']),
      { ...plain, mode: 'none', guest: [{ ...plain.guest[0]!, kind: 'readT0', first: 3, count: 5 }] },
    ],
    [
      'requests in an order, and before the point in time',
      top(['write: [0, 2]}', 'write: [0, 2], early: true}\n    - {id: g2, flush: true, after: [g1.done]}']),
      {
        ...plain,
        guest: [
          { ...plain.guest[0]!, early: true },
          { ...plain.guest[0]!, id: 'g2', kind: 'flush', first: 0, count: 0, after: ['g1'] },
        ],
      },
    ],
  ];

  it.each(SAYS)('can say: %s', (_, text, scenario) => {
    expect(readTrace(text).scenario).toEqual(scenario);
    expect(writeTrace(readTrace(text))).toBe(text);
  });

  /** What is left out or written otherwise, and how it is written. */
  const SHORT: readonly [about: string, text: string, canonical: string][] = [
    [
      'what is as usual',
      top(
        ['zero: [0]', 'zero: [0], discard-reads: zero, data: [], backed: false'],
        ['{sync: top', '{id: job, device: disk, target: target, mode: absolute-paths, speed: 0, sync: top'],
        ['write: [0, 2]', 'write: [0, 2], node: disk, after: [], early: false'],
      ),
      TOP,
    ],
    [
      "QEMU's other name of an increment",
      top(OF_BLOCK_COPY, ['sync: top, cluster-sectors: 2}', 'sync: incremental, cluster-sectors: 2, dirty: [1]}']),
      top(OF_BLOCK_COPY, ['sync: top, cluster-sectors: 2}', 'sync: bitmap, cluster-sectors: 2, bitmap-mode: on-success, dirty: [1]}']),
    ],
    ['the error policies of QEMU', top(['{sync: top', '{on-source-error: report, on-target-error: report, sync: top']), TOP],
    ['nothing else', afterRequests('  bitmaps: {}\n  nodes: {disk: {throttled: false}}\n  commands: []\n  faults: []\n'), TOP],
    [
      'names that the author chose',
      top(
        ['disk:', 'vda:'],
        ['backing: base', 'backing: vda0'],
        ['base: {', 'vda0: {'],
        ['{sync: top', '{device: drive0, target: vdb, sync: top'],
        ['  jobs:', '    vdb: {cluster-sectors: 2}\n  nodes: {drive0: {image: vda}}\n  jobs:'],
      ),
      TOP,
    ],
    ['the name of a command', afterRequests('  commands: [{id: c1, cancel: job}]\n'), afterRequests('  commands:\n    - {cancel: job}\n')],
    [
      'a fault of a node that the author named',
      top(
        ['schedule:', '  faults: [{node: sink, op: read, cluster: 0, errno: EIO, times: 1}]\nschedule:'],
        ['{sync: top', '{target: sink, sync: top'],
      ),
      afterRequests('  faults:\n    - {node: target, op: read, cluster: 0, errno: EIO}\n'),
    ],
  ];

  it.each(SHORT)('may be said otherwise: %s', (_, text, canonical) => {
    expect(text).not.toBe(canonical);
    expect(readTrace(text)).toEqual(readTrace(canonical));
    expect(writeTrace(readTrace(text))).toBe(canonical);
  });

  const command = (text: string): string => afterRequests(`  commands:\n    - ${text}\n`);

  /** The format is wider than the model. */
  const NOT_YET: readonly [about: string, text: string, says: string][] = [
    [
      'a target that is the backing file',
      top(['{sync: top', '{target: base, sync: top'], EXISTING),
      'scenario.images.disk.backing: the model cannot run a target that is the backing file yet',
    ],
    [
      'a second job',
      top(['  requests:', '    - {id: j2, sync: full, cluster-sectors: 2, target: second}\n  requests:']),
      'scenario.jobs[1]: the model cannot run a second job yet',
    ],
    [
      'a job of another name',
      top(['{sync: top', '{id: j1, sync: top']),
      `scenario.jobs[0].id: the model cannot run a job of another name than "job" yet`,
    ],
    ['a second disk', top(['  jobs:', '    data: {sectors: 4}\n  jobs:']), 'scenario.images.data: the model cannot run another image yet'],
    [
      'another node',
      top(['  jobs:', '  nodes:\n    other: {image: disk}\n  jobs:']),
      'scenario.nodes.other: the model cannot run another node yet',
    ],
    [
      'a throttled target',
      top(['  jobs:', '  nodes:\n    target: {throttled: true}\n  jobs:']),
      'scenario.nodes.target.throttled: the model cannot run a target with throttled yet',
    ],
    ['a bitmap', top(['  jobs:', '  bitmaps:\n    b: {node: disk}\n  jobs:']), 'scenario.bitmaps.b: the model cannot run a bitmap yet'],
    [
      'a job with a bitmap',
      top(['{sync: top', '{bitmap: b, sync: top']),
      'scenario.jobs[0].bitmap: the model cannot run a job with a bitmap that has a name yet',
    ],
    [
      'a job that is started',
      command('{start: job, after: [g1.done]}'),
      'scenario.commands[0]: the model cannot run a start after g1.done yet',
    ],
    ['a job that is finalized', command('{finalize: job}'), 'scenario.commands[0]: the model cannot run a finalize at any time yet'],
    [
      'a pause at a time',
      command('{pause: job, after: [g1.done]}'),
      'scenario.commands[0]: the model cannot run a pause after g1.done yet',
    ],
    ['a resume at any time', command('{resume: job}'), 'scenario.commands[0]: the model cannot run a resume at any time yet'],
    ['two cancels', command('{cancel: job}\n    - {cancel: job}'), 'scenario.commands[1]: the model cannot run a second cancel yet'],
    ['two pauses', command('{pause: job}\n    - {pause: job}'), 'scenario.commands[1]: the model cannot run a second pause yet'],
    [
      'a cancel after the job',
      command('{cancel: job, after: [job.ended]}'),
      'scenario.commands[0].after[0]: the model cannot run what comes after job.ended yet',
    ],
    [
      'a write of the target',
      top(['write: [0, 2]', 'write: [0, 2], node: target']),
      'scenario.requests[0].write: the model cannot run a write of the target yet',
    ],
    ['a source with old data', top(['zero: [0]', 'data: [0]']), 'scenario.images.disk.data: the model cannot run a source with data yet'],
    [
      'a new target of another length',
      top(target('{sectors: 9, cluster-sectors: 2}')),
      'scenario.images.target.sectors: the model cannot run a new target (mode: absolute-paths) with sectors yet',
    ],
    [
      'a target over an image',
      top(target('{cluster-sectors: 2, backing: base}'), EXISTING),
      'scenario.images.target.backing: the model cannot run a target with backing yet',
    ],
    [
      'a base with clusters',
      top(['base: {sectors: 8}', 'base: {sectors: 8, cluster-sectors: 2}']),
      'scenario.images.base.cluster-sectors: the model cannot run a backing file with cluster-sectors yet',
    ],
  ];

  it.each(NOT_YET)('can say more than the model can run, which refuses it in one line: %s', (_, text, says) => {
    expect(errorOf(text)).toBe(says);
  });

  const REFUSED: readonly [about: string, text: string, says: RegExp | string][] = [
    ['no job', top(['  jobs:\n    - {sync: top, cluster-sectors: 2}', '  jobs: []']), 'scenario.jobs: expected a job'],
    ['a device without an image', top(['{sync: top', '{device: vda, sync: top']), 'scenario.jobs[0]: no image is named vda'],
    [
      'a device by the name of a method',
      top(['{sync: top', '{device: constructor, sync: top']),
      'scenario.jobs[0]: no image is named constructor',
    ],
    [
      'a job onto its own node',
      top(['{sync: top', '{target: disk, sync: top']),
      'scenario.jobs[0].target: expected another node than its device, disk',
    ],
    ['a base that is not there', top(['    base: {sectors: 8}\n', '']), 'scenario.images.disk.backing: no image is named base'],
    ['an image over itself', top(['backing: base', 'backing: disk']), 'scenario.images.disk.backing: an image is not its own backing file'],
    ['a disk of no known length', top(['{sectors: 8, zero: [0], ', '{']), 'scenario.images.disk: expected sectors, its length'],
    [
      'a raw image with clusters',
      top(['cluster-sectors: 2, allocated', 'allocated']),
      'scenario.images.disk.allocated: a raw image has none: add cluster-sectors',
    ],
    ['an existing target that is not there', top(EXISTING), 'scenario.jobs[0]: its target exists, but no image is named target'],
    [
      'the source as a new target',
      top(['  jobs:', '  nodes:\n    target: {image: disk}\n  jobs:']),
      'scenario.jobs[0]: its target is the source, so it exists: add mode: existing',
    ],
    [
      'a fault of no node',
      afterRequests('  faults: [{node: base, op: read, cluster: 0, errno: EIO}]\n'),
      'scenario.faults[0].node: expected disk or target',
    ],
    ['a request to no node', top(['write: [0, 2]', 'write: [0, 2], node: base']), 'scenario.requests[0].node: expected disk or target'],
    [
      'a request of two kinds',
      top(['write: [0, 2]', 'write: [0, 2], flush: true']),
      /^scenario\.requests\[0\]: expected exactly one of write, /,
    ],
    ['a request of no kind', top(['id: g1, write: [0, 2]', 'id: g1']), /^scenario\.requests\[0\]: expected exactly one of write, /],
    ['two commands in one', command('{pause: job, cancel: job}'), /^scenario\.commands\[0\]: expected exactly one of start, /],
    ['a command to another job', command('{cancel: j2}'), 'scenario.commands[0].cancel: expected job'],
    ['an event without a name', command('{cancel: job, after: [g1]}'), 'scenario.commands[0].after[0]: expected an event such as g1.done'],
    [
      'an event that nothing has',
      command('{cancel: job, after: [g1.over]}'),
      'scenario.commands[0].after[0]: expected an event such as g1.done',
    ],
    ['a cancel after nobody', command('{cancel: job, after: [g2.done]}'), 'scenario: the cancel comes after g2, which is no request'],
    ['a request past the end', top(['[0, 2]}', '[7, 2]}']), 'scenario: g1 asks for sectors 7 to 8 of a disk of 8 sectors'],
    ['a key of format 1', top(['cluster-sectors: 2}\n  req', 'clusterSectors: 2}\n  req']), /^scenario\.jobs\[0\]/],
    ['an unknown key of an image', top(['zero: [0]', 'zeros: [0]']), 'scenario.images.disk: unknown key "zeros"'],
    ['an unknown key of a node', top(['  jobs:', '  nodes: {disk: {slow: true}}\n  jobs:']), 'scenario.nodes.disk: unknown key "slow"'],
    ['__proto__ in escapes as a node', top(['  jobs:', '  nodes: {"\\x5f_proto__": {image: disk}}\n  jobs:']), /a key named __proto__/],
    ['__proto__ as an image', top(['  jobs:', '    __proto__: {sectors: 1}\n  jobs:']), /a key named __proto__/],
    ['a name that is too long', top(['  jobs:', `    ${'x'.repeat(33)}: {sectors: 1}\n  jobs:`]), /expected a name such as g1$/],
  ];

  it.each(REFUSED)('is refused in one line: %s', (_, text, says) => {
    if (typeof says === 'string') expect(errorOf(text)).toBe(says);
    else expect(errorOf(text)).toMatch(says);
  });
});

// Every release that reads format 2 reads these files, for ever. They are never edited; what format 1 said is the same.
describe('the golden files of format 2', () => {
  it.each(['', '-errors', '-readers', '-holds'])(
    'say what those of format 1 say, are reproduced, and are written as they are: %s',
    (name) => {
      const trace = readTrace(golden(`format-2${name}`));
      expect(trace).toEqual(readTrace(golden(`format-1${name}`)));
      expect(replay(trace)).toMatchObject({ outcome: 'reproduced' });
      expect(writeTrace(trace)).toBe(golden(`format-2${name}`));
    },
  );
});

describe('runs of numbers', () => {
  const zeroOf = (text: string): readonly number[] =>
    readTrace(SMALL.replace('sectors: 1}', `sectors: 4000, zero: ${text}}`)).scenario.disk.zero;

  it('are folded from three on', () => {
    expect(fold([])).toEqual([]);
    expect(fold([3])).toEqual([3]);
    expect(fold([3, 4])).toEqual([3, 4]);
    expect(fold([3, 4, 5])).toEqual(['3-5']);
    expect(fold([0, 2, 3, 4, 5, 7, 9, 10, 12, 13, 14])).toEqual([0, '2-5', 7, 9, 10, '12-14']);
  });

  it('read as each number in them', () => {
    expect(zeroOf('[3, 8-11, 20-20]')).toEqual([3, 8, 9, 10, 11, 20]);
    expect(zeroOf('[\'8-9\', "10-11"]')).toEqual([8, 9, 10, 11]);
  });

  it('fold and unfold to the same, whatever the list', () => {
    const list = fc.uniqueArray(fc.nat(60), { maxLength: 60, size: 'max' }).map((numbers) => numbers.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(list, (numbers) => {
        expect(zeroOf(`[${fold(numbers).join(', ')}]`)).toEqual(numbers);
      }),
      { seed: 2, numRuns: 150 },
    );
  });

  it('must ascend, and end on the disk', () => {
    const zero = (text: string): string => errorOf(SMALL.replace('sectors: 1}', `sectors: 10, zero: ${text}}`));
    expect(zero('[5-4]')).toBe('scenario: the run 5-4 should ascend and end below 10');
    expect(zero('[8-10]')).toBe('scenario: the run 8-10 should ascend and end below 10');
    expect(zero('[10]')).toBe('scenario: a sector that shows zeroes lies past the end of the disk (10 sectors)');
    expect(zero('[a-b]')).toContain('scenario.images.disk.zero[0]: ');
    expect(zero('[1-2-3]')).toContain('scenario.images.disk.zero[0]: ');
  });
});

describe('a trace edited by hand', () => {
  const VARIATIONS: readonly [string, string][] = [
    ['comments', GOLDEN.replaceAll('\n', ' # why?\n').replace('trace: 2', '# what this is about\n\ntrace: 2')],
    ['line ends of another system', GOLDEN.replaceAll('\n', '\r\n')],
    ['everything on one line, as JSON', JSON.stringify(parse(GOLDEN))],
    [
      'keys in another order',
      Object.entries(parse(GOLDEN) as object)
        .toReversed()
        .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
        .join(''),
    ],
    ['runs cut elsewhere', GOLDEN.replace('[0, 2-7]', "[0, 2, '3-5', 6-7]")],
  ];

  it.each(VARIATIONS)('reads as the same, and is written canonically: %s', (_, text) => {
    expect(text).not.toBe(GOLDEN);
    expect(readTrace(text)).toEqual(readTrace(GOLDEN));
    expect(writeTrace(readTrace(text))).toBe(GOLDEN);
  });

  // A user who edits a trace may write what no search would. `keep` moves such a file: what it writes in its place must say the same.
  const ODD: Record<string, (text: string) => string> = {
    'a step': (text) => SMALL.replace('g1: write.send c0', `g1: ${text}`),
    'an observation': (text) => SMALL.replace('start -> T0, hook linked', JSON.stringify(`start -> ${String(parse(text))}`)),
    'the property': (text) => SMALL.replace('property: snapshot-kept', `property: ${text}`),
    'what was expected': (text) => SMALL.replace('expected: s0@0', `expected: ${text}`),
    'what was found instead': (text) => SMALL.replace('got: s0.g1', `got: ${text}`),
  };
  const TEXTS = ['a: b', 'a # b', '"12"', '"null"', '"a\\nb"', "'- a'", '"[a"', '"a "', '""'];
  const odd = Object.entries(ODD).map(([where, text]) => ({ where, text }));

  it.each(odd)('may have any text as $where', ({ text }) => {
    for (const quoted of TEXTS.map((some) => (some.startsWith('"') || some.startsWith("'") ? some : JSON.stringify(some)))) {
      const trace = readTrace(text(quoted));
      expect(readTrace(writeTrace(trace))).toEqual(trace);
    }
  });

  it('may name a request null, or true', () => {
    for (const id of ['null', 'true', 'Null']) {
      const trace = readTrace(SMALL.replaceAll('g1', id).replace(`id: ${id}`, `id: "${id}"`).replaceAll(`- ${id}:`, `- "${id}":`));
      expect(readTrace(writeTrace(trace))).toEqual(trace);
    }
  });

  it('may have any text as detail, as what is minimal, and as the seed', () => {
    const trace = readFailing(SMALL);
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((some) => !/^(null|true|false)$/i.test(some) && !some.endsWith(' '));
    const some = fc.tuple(text, text, text, text).map(([detail, minimal, strategy, seed]): Trace => ({
      ...trace,
      verdict: { ...trace.verdict, detail },
      minimal,
      found: { strategy, seed, run: 0 },
    }));
    fc.assert(
      fc.property(some, (about) => {
        expect(readTrace(writeTrace(about))).toEqual(about);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it('may say "true", or end in a space', () => {
    for (const minimal of ['true', 'null', 'False', 'not tried ']) {
      const trace = { ...readTrace(SMALL), minimal };
      expect(readTrace(writeTrace(trace))).toEqual(trace);
    }
  });
});

/** @returns the trace, or null if the text was refused with a TraceError; any other exception is a failure */
function readOrError(text: string): Trace | null {
  try {
    return readTrace(text);
  } catch (error) {
    if (error instanceof TraceError) return null;
    throw error;
  }
}

describe('a trace with mistakes', () => {
  const TEXTS = [
    SMALL,
    GOLDEN,
    ...[1, 2].flatMap((format) => ['-errors', '-readers', '-holds'].map((name) => golden(`format-${format}${name}`))),
    golden('format-1'),
    ...failingRunOfEachRule()
      .filter((_, i) => i % 3 === 0)
      .map((run) => writeTrace(traceOf(run))),
  ];
  const MUTANTS = sized(400, 2_000);

  it('is read or refused, and if it is read, ends in one of three ways: never another exception, never for ever', () => {
    const random = randomNumbers('mutants');
    const outcomes = new Map<string, number>();
    for (let i = 0; i < MUTANTS; i++) {
      const text = mutated(TEXTS[i % TEXTS.length]!, random);
      const trace = readOrError(text);
      const outcome = trace === null ? 'refused' : replay(trace).outcome;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    // Not everything is refused, and what is read comes to every end.
    for (const outcome of ['refused', 'reproduced', 'diverged', 'holds now'])
      expect(outcomes.get(outcome) ?? 0, outcome).toBeGreaterThan(sized(4, 30));
  });
});

/**
 * A text with one to three mistakes: another byte, one more or less, its end cut off, lines swapped, doubled or lost,
 * other digits, all rules on.
 */
function mutated(text: string, random: RandomNumbers): string {
  let mutant = text;
  for (let n = 1 + random.below(3); n > 0; n--) mutant = MISTAKES[random.below(MISTAKES.length)]!(mutant, random);
  return mutant;
}

const splice = (text: string, at: number, dropped: number, added: string): string => text.slice(0, at) + added + text.slice(at + dropped);
const someByte = (random: RandomNumbers): string => String.fromCharCode(random.below(4) === 0 ? random.below(256) : 32 + random.below(95));
const swap = (lines: string[], a: number, b: number): void => void ([lines[a], lines[b]] = [lines[b]!, lines[a]!]);
function inLines(change: (lines: string[], random: RandomNumbers) => void): (text: string, random: RandomNumbers) => string {
  return (text, random) => {
    const lines = text.split('\n');
    change(lines, random);
    return lines.join('\n');
  };
}

const MISTAKES: readonly ((text: string, random: RandomNumbers) => string)[] = [
  (text, random) => splice(text, random.below(text.length + 1), 1, someByte(random)),
  (text, random) => splice(text, random.below(text.length + 1), 1, ''),
  (text, random) => splice(text, random.below(text.length + 1), 0, someByte(random)),
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text, random) => text.replaceAll(/\d/g, (digit) => (random.below(12) === 0 ? String(random.below(10)) : digit)),
  (text) => text.replace(/without: \[.*?\]/, 'without: []'),
  inLines((lines, random) => swap(lines, random.below(lines.length), random.below(lines.length))),
  inLines((lines, random) =>
    swap(lines, lines.length - 1 - random.below(Math.ceil(lines.length / 2)), lines.length - 1 - random.below(Math.ceil(lines.length / 2))),
  ),
  inLines((lines, random) => void lines.splice(random.below(lines.length), 1)),
  inLines((lines, random) => void lines.splice(random.below(lines.length), 0, lines[random.below(lines.length)]!)),
];
