/** Mistakes in the notifier that no rule names, written by hand. */
interface Named {
  readonly name: string;
  /** Under the built model/. */
  readonly file: string;
}

/** A line that runs too early. */
export interface Moved extends Named {
  /** The line that begins with this, the nth of them from 0, ... */
  readonly take: string;
  readonly nth?: number;
  /** ... runs before the line that begins with this. */
  readonly before: string;
}

/** A part of a line, which stands there once, is another; the search tries errors, too. */
export interface Changed extends Named {
  readonly was: string;
  readonly is: string;
}

export type Mistake = Moved | Changed;

export const MISTAKES: readonly Mistake[] = [
  {
    name: 'the lock of the copies is given back before the copy',
    file: 'families/notifier/copy-before-write.js',
    take: 'copies.unlockShared();',
    before: 'let error = NO_ERROR;',
  },
  {
    name: 'a copy registers before it waits for others',
    file: 'families/notifier/copy-before-write.js',
    take: 'inFlight.begin(me,',
    before: 'yield* waitForOverlapping(job, me);',
  },
  {
    name: 'the buffer is freed before its data is stored',
    file: 'families/notifier/copy-before-write.js',
    take: 'me.forgetBuffer(cluster);',
    before: 'error = yield* store(job, me, cluster);',
    nth: 1,
  },
  {
    name: 'the point in time is taken before the drain',
    file: 'families/notifier/job.js',
    take: 'takePointInTime(this);',
    before: 'if (rules.drainGuestAtStart)',
  },
  {
    name: 'the hook is linked before the drain',
    file: 'families/notifier/job.js',
    take: 'source.hook.link();',
    before: 'if (rules.drainGuestAtStart)',
  },
  {
    name: 'the bitmap is freed before the copies in flight have ended',
    file: 'families/notifier/job.js',
    take: 'copied.free();',
    before: 'if (rules.drainBeforeUnhook)',
  },
  {
    name: 'the target is closed before the copies in flight have ended',
    file: 'families/notifier/job.js',
    take: 'target.image.close();',
    before: 'if (rules.drainBeforeUnhook)',
  },
  {
    name: 'a cancel that does not find the job asleep is lost',
    file: 'job/block-job.js',
    was: 'this.#set(CANCELLED, 1);',
    is: 'if (this.#get(PARKED) === 1) this.#set(CANCELLED, 1);',
  },
  {
    name: 'a resume ends the job as if it were a cancel',
    file: 'families/notifier/ruled-job.js',
    was: 'this.endPause();',
    is: 'this.setCancelled();',
  },
  {
    name: 'a write that failed ends as if it were written',
    file: 'block/guest.js',
    was: "yield* this.#tell('write', error);",
    is: '',
  },
  {
    name: 'a read that failed ends without an error',
    file: 'block/guest.js',
    was: "yield* this.#tell('read', error);",
    is: '',
  },
  {
    name: 'under enospc, any error stops the job',
    file: 'job/error-policy.js',
    was: "errnoOf(error) === 'ENOSPC' ? ErrorAction.stop : ErrorAction.report",
    is: 'ErrorAction.stop',
  },
  {
    name: 'under enospc, no error stops the job',
    file: 'job/error-policy.js',
    was: "errnoOf(error) === 'ENOSPC' ? ErrorAction.stop : ErrorAction.report",
    is: 'ErrorAction.report',
  },
  {
    name: 'a job that was stopped by an I/O error says that there is no space left',
    file: 'job/error-policy.js',
    was: "errnoOf(error) === 'ENOSPC' ? IoStatus.nospace : IoStatus.failed",
    is: 'IoStatus.nospace',
  },
  {
    name: 'data stays beneath a zero cluster, and shows once a part of the cluster is written',
    file: 'block/image.js',
    was: 'for (; s < next; s++) {\n                this.#world.write(this.dataCell + s, ZERO);',
    is:
      'for (const first = s; s < next; s++) {\n' +
      '                if (!this.#coversCluster(first, next)) this.#world.write(this.dataCell + s, ZERO);',
  },
];

/** @param right the text of the built file */
export const withMistake = (right: string, mistake: Mistake): string =>
  'was' in mistake ? changed(right, mistake) : moved(right.split('\n'), mistake).join('\n');

function changed(text: string, { was, is }: Changed): string {
  if (text.split(was).length !== 2) throw new Error(`expected this once: ${was}`);
  return text.replace(was, is);
}

function moved(lines: readonly string[], { take, before, nth = 0 }: Moved): string[] {
  const from = lines.map((line, i) => (line.trim().startsWith(take) ? i : -1)).filter((i) => i >= 0)[nth];
  if (from === undefined) throw new Error(`no line begins with ${take}`);
  const others = lines.toSpliced(from, 1);
  const to = others.findIndex((line) => line.trim().startsWith(before));
  if (to < 0) throw new Error(`no line begins with ${before}`);
  return others.toSpliced(to, 0, lines[from]!);
}
