/** Ordering mistakes that no rule names. Each is a line of the built model/families/notifier/ that runs too early. */
export interface Mistake {
  readonly name: string;
  readonly file: string;
  /** The line that begins with this, the nth of them from 0, ... */
  readonly take: string;
  readonly nth?: number;
  /** ... runs before the line that begins with this. */
  readonly before: string;
}

export const MISTAKES: readonly Mistake[] = [
  {
    name: 'the lock of the copies is given back before the copy',
    file: 'copy-before-write.js',
    take: 'copies.unlockShared();',
    before: 'let error = NO_ERROR;',
  },
  {
    name: 'a copy registers before it waits for others',
    file: 'copy-before-write.js',
    take: 'inFlight.begin(me,',
    before: 'yield* waitForOverlapping(job, me);',
  },
  {
    name: 'the buffer is freed before its data is stored',
    file: 'copy-before-write.js',
    take: 'me.forgetBuffer(cluster);',
    before: 'error = yield* store(job, me, cluster);',
    nth: 1,
  },
  {
    name: 'the point in time is taken before the drain',
    file: 'job.js',
    take: 'this.begin(JobState.active);',
    before: 'if (rules.drainGuestAtStart)',
  },
  { name: 'the hook is linked before the drain', file: 'job.js', take: 'source.linkHook();', before: 'if (rules.drainGuestAtStart)' },
  {
    name: 'the bitmap is freed before the copies in flight have ended',
    file: 'job.js',
    take: 'copied.free();',
    before: 'if (rules.drainBeforeUnhook)',
  },
  {
    name: 'the target is closed before the copies in flight have ended',
    file: 'job.js',
    take: 'target.image.close();',
    before: 'if (rules.drainBeforeUnhook)',
  },
];
