/** Wrong custom jobs: what is said of each names its mistake, and each statement in it is so. */
import '../../families/custom.ts';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../../model/families/custom/job.ts';
import { registerJob } from '../../../model/families/custom/registry.ts';
import type { SyncMode } from '../../../model/sync.ts';
import { oneIn } from '../../../tools/nightly/testing.ts';
import { SCOPE, findFailure, readFailing, settingWithout, traceOf } from '../../testing.ts';
import { explain } from '../explain-any.ts';
import type { Shape } from '../story/facts.ts';
import { storyOf } from '../story/story.ts';
import { unproven } from './testing.ts';

const CHUNKED = readFileSync(new URL('../../../examples/own-job/chunked.mjs', import.meta.url), 'utf8');

/** NONE, by turns: a copy or a read holds its clusters while it runs. */
const NONE = `
export default {
  modes: ['none'],
  cells: { done: 'clusters' },
  *run(backup) {
    yield* backup.drainGuest();
    backup.begin();
    backup.linkHook();
    while (!backup.isCancelled) yield* backup.park();
    yield* backup.copies.drain();
    backup.unlinkHook();
    backup.free();
    yield* backup.closeTarget();
    backup.end();
  },
  *beforeWrite(backup, me) {
    const { source, target, cells, inFlight, copies } = backup;
    let error = 0;
    copies.begin();
    while (inFlight.overlaps(me, me.firstCluster, me.endCluster)) yield* inFlight.wait(me, me.firstCluster, me.endCluster);
    inFlight.begin(me, me.firstCluster, me.endCluster);
    for (let c = me.firstCluster; c < me.endCluster && error === 0; c++) {
      if (cells.done.get(c) === 1) continue;
      error = yield* source.read(me, c);
      if (error === 0) error = yield* target.write(me, c);
      if (error === 0) cells.done.set(c, 1);
      if (error === 0) backup.count(c);
    }
    inFlight.end(me);
    inFlight.wake(me);
    copies.end();
    return error;
  },
  *readPointInTime(backup, me) {
    const { target, inFlight, copies } = backup;
    copies.begin();
    while (inFlight.overlaps(me, me.firstCluster, me.endCluster)) yield* inFlight.wait(me, me.firstCluster, me.endCluster);
    inFlight.begin(me, me.firstCluster, me.endCluster);
    const error = yield* target.read(me);
    inFlight.end(me);
    inFlight.wake(me);
    copies.end();
    return error;
  },
};
`;

interface Wrong {
  readonly what: string;
  readonly from: string;
  /** Lines of the job, and what they become. */
  readonly edits: readonly (readonly [lines: string, become: string])[];
  readonly shape: readonly Shape[];
  readonly faults?: true;
  readonly mode?: SyncMode;
}

const chunked = (what: string, shape: Shape | readonly Shape[], ...edits: Wrong['edits']): Wrong => ({
  what,
  from: CHUNKED,
  edits,
  shape: [shape].flat(),
});
const none = (what: string, shape: Shape | readonly Shape[], ...edits: Wrong['edits']): Wrong => ({
  what,
  from: NONE,
  edits,
  shape: [shape].flat(),
  mode: 'none',
});
const withFaults = (wrong: Wrong): Wrong => ({ ...wrong, faults: true });

const WAIT = 'while (cells.busy.get(c) === 1) yield* queues.free.wait(me, c);';
const READ = 'error = yield* source.read(me, c);';
const WRITE = 'if (error === 0) error = yield* target.write(me, c);';
const BEGIN = 'inFlight.begin(me, me.firstCluster, me.endCluster);';
const TURN =
  'while (inFlight.overlaps(me, me.firstCluster, me.endCluster)) yield* inFlight.wait(me, me.firstCluster, me.endCluster);\n' + BEGIN;
const END = 'backup.end();';
const COUNT = 'backup.count(c);';
const CLOSE = 'yield* backup.closeTarget();';
const TWICE: readonly Shape[] = ['copied twice', 'too late', 'stored something else'];

const WRONG: readonly Wrong[] = [
  // Orders of two or three lines
  chunked(
    'T0 before the drain',
    ['too early', 'too late'],
    ['yield* backup.drainGuest();\nbackup.begin();', 'backup.begin();\nyield* backup.drainGuest();'],
  ),
  chunked('no drain', ['too early', 'too late'], ['yield* backup.drainGuest();', '']),
  chunked(
    'the hook linked late',
    ['too early', 'too late'],
    ['backup.linkHook();', ''],
    ['yield* backup.sleep(c);', 'yield* backup.sleep(c);\nbackup.linkHook();'],
  ),
  chunked('the hook never linked', ['too early', 'too late'], ['backup.linkHook();', '']),
  chunked(
    'the hook copies nothing',
    ['too early', 'too late'],
    ['const error = yield* copyChunk(backup, me, c);\nif (error', 'const error = 0;\nif (error'],
  ),
  chunked(
    'the hook leaves out what is busy',
    ['too early', 'too late'],
    [
      'const error = yield* copyChunk(backup, me, c);\nif (error',
      'if (backup.cells.busy.get(c) === 1) continue;\nconst error = yield* copyChunk(backup, me, c);\nif (error',
    ],
  ),
  chunked('busy after the read', TWICE, ['cells.busy.set(c, 1);\n' + READ, READ + '\ncells.busy.set(c, 1);']),
  chunked('done asked before the wait', TWICE, [
    WAIT + '\nif (cells.done.get(c) === 0) {',
    'const done = cells.done.get(c);\n' + WAIT + '\nif (done === 0) {',
  ]),
  chunked('done before it is stored', [...TWICE, 'too early'], [WRITE, 'cells.done.set(c, 1);\n' + WRITE], [WAIT, '']),
  chunked('free before it is stored', TWICE, [WRITE, 'cells.busy.set(c, 0);\nqueues.free.wakeAll(c);\n' + WRITE]),
  chunked('stored before it is read', 'stored something else', [
    READ + '\n' + WRITE,
    'error = yield* target.write(me, c);\nif (error === 0) error = yield* source.read(me, c);',
  ]),
  chunked('the mark taken back', TWICE, [
    'queues.free.wakeAll(c);',
    "queues.free.wakeAll(c);\nyield* backup.step(me, 'later', c);\ncells.done.set(c, 0);",
  ]),
  chunked('counted, and never copied', 'never stored', [READ + '\n' + WRITE, '']),
  chunked('the last cluster left out', ['never stored', 'wrong count'], ['c < backup.clusters;', 'c < backup.clusters - 1;']),
  chunked('zeroes stored instead', 'stored something else', [
    'error = yield* target.write(me, c);',
    'error = yield* target.writeZeroes(me, c);',
  ]),
  {
    ...chunked(
      'unhooked before the drain',
      ['too early', 'too late'],
      ['yield* backup.copies.drain();\nbackup.unlinkHook();', 'backup.unlinkHook();\nyield* backup.copies.drain();'],
    ),
    mode: 'top',
  },
  // Wakes
  chunked('no wait', TWICE, [WAIT, '']),
  chunked('nobody woken', 'who waits for whom', ['queues.free.wakeAll(c);', '']),
  chunked('only the first woken', 'who waits for whom', ['queues.free.wakeAll(c);', 'queues.free.wakeFirst(c);']),
  chunked('no yield while it waits', 'who waits for whom', [WAIT, 'while (cells.busy.get(c) === 1);']),
  chunked('asks again and again', 'who waits for whom', [
    WAIT,
    "while (cells.busy.get(c) === 1) yield* me === backup.job ? backup.step(me, 'later', c) : queues.free.wait(me, c);",
  ]),
  chunked('a copy that never counts as over', 'who waits for whom', ['copies.begin();', 'copies.begin();\ncopies.begin();']),
  none('a copy wakes nobody', 'who waits for whom', ['inFlight.wake(me);', '']),
  none('parks once more', 'who waits for whom', ['yield* backup.copies.drain();', 'yield* backup.park();\nyield* backup.copies.drain();']),
  none('no wait for copies', TWICE, [TURN + '\nfor', 'inFlight.begin(me, me.firstCluster, me.endCluster);\nfor']),
  // Errors
  withFaults(chunked('a failed copy lets the guest pass', ['too early', 'too late'], ['if (error !== 0) return error;', ''])),
  withFaults(
    chunked(
      'a failed cluster passed over',
      ['error not told', 'never stored'],
      ['if (error === 0) c++;\nelse if (!backup.goesOnAfter(error)) break;', 'c++;'],
    ),
  ),
  withFaults(
    chunked('a failed store retried with zeroes', 'stored something else', [
      WRITE,
      WRITE + '\nif (error !== 0 && me !== backup.job) error = yield* target.writeZeroes(me, c);',
    ]),
  ),
  withFaults(
    chunked(
      'marked though it failed',
      ['too early', 'too late', 'never stored', 'error not told'],
      ['if (error === 0) {\ncells.done.set(c, 1);', '{\ncells.done.set(c, 1);'],
    ),
  ),
  withFaults(
    chunked('an error that nobody met', 'error not told', [
      'else if (!backup.goesOnAfter(error))',
      'else if (!backup.goesOnAfter(backup.EIO))',
    ]),
  ),
  chunked('an error at a good end', 'error not told', [END, 'backup.end(backup.EIO);']),
  // Progress
  chunked('counted twice', 'wrong count', [COUNT, COUNT + '\n' + COUNT]),
  chunked('never counted', 'wrong count', [COUNT, '']),
  chunked('counted by the job alone', 'wrong count', [COUNT, 'if (me === backup.job) backup.count(c);']),
  { ...chunked('what is skipped does not count', 'wrong count', ['backup.skip(c);', '']), mode: 'top' },
  { ...chunked('skipped and counted', 'wrong count', ['backup.skip(c);', 'backup.skip(c);\nbackup.count(c);']), mode: 'top' },
  // Freed too early
  chunked('no drain before the end', 'after the end', ['yield* backup.copies.drain();', '']),
  chunked('the hook never unlinked', 'after the end', ['backup.unlinkHook();', '']),
  chunked('a copy counts after its wait', 'after the end', ['copies.begin();\n' + WAIT, WAIT + '\ncopies.begin();']),
  chunked('freed twice', 'after the end', ['backup.free();', 'backup.free();\nbackup.free();']),
  none('a cancel frees what guests still use', 'after the end', [
    'yield* backup.copies.drain();\nbackup.unlinkHook();\nbackup.free();',
    'backup.unlinkHook();\nbackup.free();',
  ]),
  none(
    'freed under a reader',
    'after the end',
    ['const { target, inFlight, copies } = backup;\ncopies.begin();', 'const { target, inFlight } = backup;'],
    ['inFlight.wake(me);\ncopies.end();\nreturn error;\n},\n};', 'inFlight.wake(me);\nreturn error;\n},\n};'],
  ),
  // Endings
  chunked('ends twice', 'wrong end', [END, END + '\n' + END]),
  chunked('ends before it closes', 'wrong end', [CLOSE + '\n' + END, END + '\n' + CLOSE]),
  chunked('never closes', 'wrong end', [CLOSE, '']),
  chunked('begins twice', 'wrong end', ['backup.begin();', 'backup.begin();\nbackup.begin();']),
  chunked('begins again later', 'wrong end', ['if (error === 0) c++;', 'backup.begin();\nif (error === 0) c++;']),
  chunked('never begins', 'wrong end', ['backup.begin();', '']),
  none('ends at a resume', ['wrong end', 'too early'], ['while (!backup.isCancelled) yield* backup.park();', 'yield* backup.park();']),
  // Readers
  none('the live disk read', 'too late', [
    'const error = yield* target.read(me);',
    'let error = 0;\nfor (let c = me.firstCluster; c < me.endCluster; c++) error = yield* backup.source.read(me, c);',
  ]),
  none('nothing read', 'never read', ['const error = yield* target.read(me);', 'const error = 0;']),
  none(
    'a reader out of turn',
    ['decided, slept, then read', 'after the end'],
    [TURN + '\nconst error = yield* target.read(me);\ninFlight.end(me);\ninFlight.wake(me);', 'const error = yield* target.read(me);'],
  ),
  withFaults(
    none(
      'given up, and read on',
      'given up',
      ['if (error === 0) backup.count(c);', 'if (error === 0) backup.count(c);\nelse backup.giveUp();'],
      ['copies.end();\nreturn error;\n},\n*readPointInTime', 'copies.end();\nreturn 0;\n},\n*readPointInTime'],
    ),
  ),
];

/** Edited line by line: indentation and comments at the ends of lines are of no account. */
function edited({ what, from, edits }: Wrong): string {
  let text = `${from
    .split('\n')
    .map((line) => line.trim().replace(/ \/\/ .*$/, ''))
    .join('\n')}\n`;
  for (const [lines, become] of edits) {
    if (!text.includes(lines)) throw new Error(`${what}: there are no such lines: ${lines}`);
    text = text.replace(lines, () => become);
  }
  return text;
}

async function jobOf(wrong: Wrong): Promise<Job> {
  const module = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(edited(wrong))}`)) as { default: Job };
  return { ...module.default, steps: ['later'] };
}

const STEP = /(?<=step )\d+/g;
/** Something that a sentence names, and what it must not say instead. */
const FALSE: readonly (readonly [what: RegExp, instead: (text: string, steps: number) => string])[] = [
  [STEP, (n, steps) => String(Number(n) === steps ? Number(n) - 1 : Number(n) + 1)],
  [/(?<=(?:cluster|sector) )\d+/g, (n) => String(Number(n) + 1)],
  [/\d+(?=[ -]sectors?\b)|(?<=sectors? instead of )\d+/g, (n) => String(Number(n) + 1)],
  [/\bEIO\b|\bENOSPC\b/g, (errno) => (errno === 'EIO' ? 'ENOSPC' : 'EIO')],
  [/(?<=from the )(?:source|target)\b/g, (side) => (side === 'source' ? 'target' : 'source')],
];

/** A sentence, once for each thing that it names, with something else there. What should have been names things, too, but no facts. */
function falsified(sentence: string, steps: number): string[] {
  const [facts] = sentence.split(/(?<=[.] )(?=(?:(?![.] ).)*should)/, 1) as [string];
  return FALSE.flatMap(([what, instead]) =>
    [...sentence.matchAll(what)]
      .filter(({ index }) => index < facts.length || what === STEP)
      .map(({ index, 0: text }) => sentence.slice(0, index) + instead(text, steps) + sentence.slice(index + text.length)),
  );
}

describe('what is said of a wrong custom job', () => {
  it.each(oneIn(8, WRONG))('is proven by its run: $what', async (wrong) => {
    const { what, shape, faults = false, mode = 'full' } = wrong;
    const customJob = 'wrong.mjs';
    registerJob(customJob, await jobOf(wrong));
    const run = findFailure(settingWithout([], { customJob }), mode, 20_000, { scope: { ...SCOPE, faults } });
    expect(run, what).not.toBeNull();
    const trace = traceOf(run!);
    const { sentence, ...explanation } = explain(trace)!;
    expect({ sentence, shape: explanation.shape }).toEqual({ sentence, shape: shape.find((one) => one === explanation.shape) });
    const story = storyOf(trace)!;
    expect({ sentence, unproven: unproven(story, sentence) }).toEqual({ sentence, unproven: [] });
    for (const one of sentence.split(/(?<=[.]) /)) expect(one).toMatch(/^(?:[A-Z]|g\d|job)/);
    for (const other of falsified(sentence, story.steps.length))
      expect({ other, unproven: unproven(story, other).length }).not.toEqual({ other, unproven: 0 });
  });
});

/** Shapes that are told of every job by the same code. */
const SHARED: readonly Shape[] = ['who waits for whom', 'error not told', 'wrong count', 'decided, slept, then read'];

it("is proven of cowcheck's own jobs, too, in the shapes that both have", () => {
  const gallery = new URL('../../../traces/gallery/', import.meta.url);
  const said = new Map<Shape, number>();
  for (const file of readdirSync(gallery)) {
    const trace = readFailing(readFileSync(new URL(file, gallery), 'utf8'));
    const { shape, sentence } = explain(trace)!;
    if (shape === null || !SHARED.includes(shape)) continue;
    said.set(shape, (said.get(shape) ?? 0) + 1);
    const story = storyOf(trace)!;
    expect({ file, sentence, unproven: unproven(story, sentence) }).toEqual({ file, sentence, unproven: [] });
    for (const other of falsified(sentence, story.steps.length))
      expect({ other, unproven: unproven(story, other).length }).not.toEqual({ other, unproven: 0 });
  }
  for (const shape of SHARED) expect(said.get(shape), shape).toBeGreaterThan(0);
});
