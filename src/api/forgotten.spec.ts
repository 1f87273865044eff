/** Whatever single ordering the job of examples/own-job forgets, `check` finds it, by the public surface alone. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { oneIn } from '../../tools/nightly/testing.ts';
import { CheckFailure, type CheckOptions, type Job, check } from '../index.ts';

const CHUNKED = readFileSync(new URL('../../examples/own-job/chunked.mjs', import.meta.url), 'utf8');

interface Forgotten {
  readonly what: string;
  /** Lines of the job, and what they become. */
  readonly lines: readonly string[];
  readonly become: readonly string[];
  readonly broken: string | readonly string[];
  /** What the failure's sentence must say. */
  readonly told?: string;
  readonly faults?: true;
}

const LOOP = ['const error = yield* copyIfAllocated(backup, c);', 'if (error === 0) c++;', 'else if (!backup.goesOnAfter(error)) break;'];
/** It shows as such, or what it copies the second time does, whichever comes first. */
const COPIED_TWICE = ['copies-no-more', 'snapshot-kept'];
const FORGOTTEN: readonly Forgotten[] = [
  {
    what: 'the guest is drained before T0',
    lines: ['yield* backup.drainGuest();', 'backup.begin();'],
    become: ['backup.begin();', 'yield* backup.drainGuest();'],
    broken: 'snapshot-kept',
  },
  { what: 'the guest is drained at all', lines: ['yield* backup.drainGuest();'], become: [], broken: 'snapshot-kept' },
  {
    what: 'the hook is linked before the first yield',
    lines: ['backup.linkHook();', 'for (let c = 0; c < backup.clusters;) {', 'if (backup.isCancelled) break;', 'yield* backup.sleep(c);'],
    become: ['for (let c = 0; c < backup.clusters;) {', 'if (backup.isCancelled) break;', 'yield* backup.sleep(c);', 'backup.linkHook();'],
    broken: 'snapshot-kept',
  },
  {
    what: 'T0 comes before the first copy',
    lines: ['backup.begin();', 'backup.linkHook();'],
    become: ['backup.linkHook();', "if (backup.clusters > 0) yield* backup.step(backup.job, 'later', 0);", 'backup.begin();'],
    broken: 'snapshot-kept',
  },
  {
    what: 'a guest copies before its write lands',
    lines: ['const error = yield* copyChunk(backup, me, c);'],
    become: ['const error = 0;'],
    broken: 'snapshot-kept',
  },
  {
    what: 'the busy chunk is waited for',
    lines: ['while (cells.busy.get(c) === 1) yield* queues.free.wait(me, c);'],
    become: [],
    broken: COPIED_TWICE,
  },
  {
    what: 'who was woken looks again',
    lines: ['while (cells.busy.get(c) === 1) yield* queues.free.wait(me, c);'],
    become: ['if (cells.busy.get(c) === 1) yield* queues.free.wait(me, c);'],
    broken: COPIED_TWICE,
    faults: true,
  },
  {
    what: 'whether it is done is asked after the wait',
    lines: ['while (cells.busy.get(c) === 1) yield* queues.free.wait(me, c);', 'if (cells.done.get(c) === 0) {'],
    become: ['const done = cells.done.get(c);', 'while (cells.busy.get(c) === 1) yield* queues.free.wait(me, c);', 'if (done === 0) {'],
    broken: COPIED_TWICE,
  },
  {
    what: 'the chunk is busy before it is read',
    lines: ['cells.busy.set(c, 1);', 'error = yield* source.read(me, c);'],
    become: ['error = yield* source.read(me, c);', 'cells.busy.set(c, 1);'],
    broken: COPIED_TWICE,
  },
  {
    what: 'it is read before it is written',
    lines: ['error = yield* source.read(me, c);', 'if (error === 0) error = yield* target.write(me, c);'],
    become: ['error = yield* target.write(me, c);', 'if (error === 0) error = yield* source.read(me, c);'],
    broken: 'snapshot-kept',
  },
  {
    what: 'it is busy until the target has it',
    lines: ['if (error === 0) error = yield* target.write(me, c);'],
    become: ['cells.busy.set(c, 0);', 'queues.free.wakeAll(c);', 'if (error === 0) error = yield* target.write(me, c);'],
    broken: COPIED_TWICE,
  },
  {
    what: 'it is done only when the target has it',
    lines: ['if (error === 0) error = yield* target.write(me, c);'],
    become: ['cells.done.set(c, 1);', 'if (error === 0) error = yield* target.write(me, c);'],
    broken: 'snapshot-kept',
    faults: true,
  },
  {
    what: 'it is free before the waiting are woken',
    lines: ['cells.busy.set(c, 0);', 'queues.free.wakeAll(c);'],
    become: ['queues.free.wakeAll(c);', "yield* backup.step(me, 'later', c);", 'cells.busy.set(c, 0);'],
    broken: 'always-finishes',
  },
  { what: 'the waiting are woken', lines: ['queues.free.wakeAll(c);'], become: [], broken: 'always-finishes' },
  {
    what: 'a copy counts before it waits',
    lines: ['copies.begin();', 'while (cells.busy.get(c) === 1) yield* queues.free.wait(me, c);'],
    become: ['while (cells.busy.get(c) === 1) yield* queues.free.wait(me, c);', 'copies.begin();'],
    broken: 'nothing-freed',
  },
  {
    what: 'a copy counts until it is over',
    lines: ['if (error === 0) error = yield* target.write(me, c);'],
    become: ['copies.end();', 'if (error === 0) error = yield* target.write(me, c);', 'copies.begin();'],
    broken: 'nothing-freed',
  },
  {
    what: 'the copies end before the hook is unlinked',
    lines: ['yield* backup.copies.drain();', 'backup.unlinkHook();'],
    become: ['backup.unlinkHook();', 'yield* backup.copies.drain();'],
    broken: 'snapshot-kept',
  },
  {
    what: 'the copies end before the job frees what they use',
    lines: ['yield* backup.copies.drain();'],
    become: [],
    broken: 'nothing-freed',
  },
  { what: 'the hook is unlinked before the job frees what it uses', lines: ['backup.unlinkHook();'], become: [], broken: 'nothing-freed' },
  {
    what: 'the event comes when the copies have ended',
    lines: ['yield* backup.copies.drain();'],
    become: ['backup.end();', 'yield* backup.copies.drain();'],
    broken: 'ends-in-order',
  },
  {
    what: 'the target is closed before the event',
    lines: ['yield* backup.closeTarget();', 'backup.end();'],
    become: ['backup.end();', 'yield* backup.closeTarget();'],
    broken: 'ends-in-order',
  },
  { what: 'the target is closed', lines: ['yield* backup.closeTarget();'], become: [], broken: 'ends-in-order' },
  { what: 'the event comes', lines: ['backup.end();'], become: [], broken: 'cancel-is-clean' },
  {
    what: 'a failed copy fails the write',
    lines: ['const error = yield* copyChunk(backup, me, c);', 'if (error !== 0) return error;'],
    become: ['yield* copyChunk(backup, me, c);'],
    broken: 'snapshot-kept',
    faults: true,
  },
  {
    what: 'a failed chunk is tried again, or the job ends',
    lines: LOOP,
    become: ['yield* copyIfAllocated(backup, c);', 'c++;'],
    broken: 'errors-are-told',
    faults: true,
  },
  {
    what: 'a job that an error has stopped sleeps before it tries again',
    lines: LOOP,
    become: [
      'let error = yield* copyIfAllocated(backup, c);',
      'while (error !== 0 && backup.goesOnAfter(error)) error = yield* copyIfAllocated(backup, c);',
      'if (error !== 0) break;',
      'c++;',
    ],
    broken: 'errors-are-told',
    told: 'made another request after an error had stopped it',
    faults: true,
  },
  { what: 'TOP counts what it skips', lines: ['backup.skip(c);'], become: [], broken: 'progress-adds-up' },
];

/** A job from its text. */
async function jobOf(text: string): Promise<Job> {
  const module = (await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`)) as { default: Job };
  return { ...module.default, steps: ['later'] };
}

/** Comments at the ends of lines are of no account. */
function edited(text: string, from: readonly string[], to: readonly string[]): string {
  const lines = text.split('\n').map((line) => line.replace(/ \/\/ .*$/, ''));
  const at = lines.findIndex((_, i) => from.every((line, k) => lines[i + k]?.trim() === line));
  if (at < 0) throw new Error(`the example has no such lines any more: ${from.join(' ')}`);
  return lines.toSpliced(at, from.length, ...to).join('\n');
}

const OPTIONS: CheckOptions = { runs: 20_000, seconds: 20, seed: 'forgotten' };

describe('the job of examples/own-job', () => {
  it('breaks nothing', async () => {
    const job = await jobOf(CHUNKED);
    for (const faults of [false, true])
      expect(check(job, { runs: 500, seconds: 20, seed: 'whole', faults })).toMatchObject({ schedules: 500, cutOff: 0 });
  });

  it.each(oneIn(5, FORGOTTEN))('is found out if it forgets that $what', async ({ lines, become, broken, told = '', faults = false }) => {
    const job = await jobOf(edited(CHUNKED, lines, become));
    const failure = failureOf(() => check(job, { ...OPTIONS, faults }));
    expect([broken].flat()).toContain(failure.property);
    expect(failure.message).toContain(`${failure.property} is broken in mode`);
    expect(failure.message.replaceAll(/\s+/g, ' ')).toContain(told);
  });
});

function failureOf(work: () => unknown): CheckFailure {
  try {
    work();
  } catch (error) {
    if (error instanceof CheckFailure) return error;
    throw error;
  }
  throw new Error('nothing was found');
}
