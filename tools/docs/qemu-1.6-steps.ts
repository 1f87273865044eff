/**
 * What QEMU 1.6 does step by step, in words, and where the print of the job does the same: `at` is how
 * the first of the lines begins that stand beside the words; they go on to the next row's. The steps
 * have the numbers of the reference: A.4 the start, A.5 backup_do_cow, A.6 the loops and the end, A.8
 * the guest's write, A.9 cancel. `S-06` and the like name defects of 1.6.
 */
export interface Row {
  readonly step: string;
  readonly words: string;
  readonly at: string;
}

/** One function of the print. */
export interface Piece {
  readonly of: string;
  readonly rows: readonly Row[];
}

export interface Part {
  readonly title: string;
  readonly about: string;
  readonly file: 'print' | 'model/block/guest.ts';
  readonly pieces: readonly Piece[];
}

export const PARTS: readonly Part[] = [
  {
    title: 'The start, A.4, and the end, A.6',
    about:
      'All of the start happens inside the command, which does not return to the main loop before the job has yielded for the first time.',
    file: 'print',
    pieces: [
      {
        of: 'body',
        rows: [
          {
            step: '3',
            words:
              'The job has been made, and is entered at once. Nobody has looked whether an existing target is as long ' +
              'as the source, or empty (S-09), or the source itself (S-11).',
            at: 'yield start',
          },
        ],
      },
      {
        of: '#run',
        rows: [
          {
            step: 'T0',
            words:
              'The point in time. Nothing was drained: a guest write that was past the place of the hook by now, and is ' +
              'not on the disk yet, is neither in the content of T0 nor copied (S-06).',
            at: 'const {',
          },
          { step: '3', words: 'The hook is linked, before anybody else can run.', at: 'source.hook.link' },
          {
            step: '4',
            words: 'On to the first yield: NONE parks, FULL and TOP sleep once, even without a speed limit.',
            at: "if (sync.selects === 'none')",
          },
          {
            step: 'E1',
            words:
              'The hook is unlinked. Guest writes are not held up any more, though copies may still be in flight, and a ' +
              'copy of TOP may take what such a write leaves for old data (S-25).',
            at: 'source.hook.unlink',
          },
          {
            step: 'E2',
            words: 'The lock is taken as its only writer: the job waits until no copy is in flight.',
            at: 'yield* this.#drainCopies',
          },
          { step: 'E3', words: 'The bitmap is freed.', at: 'copied.free' },
          {
            step: 'E5',
            words: 'The target is deleted: all devices are drained, which runs others meanwhile, it is flushed, and closed.',
            at: 'yield* source.drain',
          },
          {
            step: 'E6',
            words:
              'The event: CANCELLED if somebody has cancelled, even if all was copied by then; else COMPLETED, with the ' +
              'error if the loop has left one.',
            at: 'this.#end',
          },
        ],
      },
      { of: '#drainCopies', rows: [{ step: 'E2', words: 'The last copy to give the lock back wakes the job.', at: 'yield*' }] },
      {
        of: '#end',
        rows: [{ step: 'E6', words: 'What the loop came to last is the result, be it over by now (S-19).', at: 'this.tellResult' }],
      },
    ],
  },
  {
    title: 'Copy before write, A.5',
    about: 'Called by the hook, for the range that a guest is about to overwrite, and by the loop, for one cluster.',
    file: 'print',
    pieces: [
      {
        of: 'copyBeforeWrite',
        rows: [
          {
            step: '1',
            words:
              'The lock is taken as one of its readers, so that the job does not end meanwhile. It never has to be ' +
              'waited for: the writer does not yield while it has it.',
            at: 'const {',
          },
          { step: '2', words: 'The range is rounded outwards to clusters.', at: 'me.setCow' },
          { step: '3', words: 'Copies in flight that overlap are waited for, as often as it takes.', at: 'yield* waitForOverlapping' },
          {
            step: '4',
            words: 'The whole range is registered. Nobody has run since the last look, so copies in flight never overlap.',
            at: 'inFlight.begin',
          },
          { step: '5', words: 'Cluster by cluster, ascending, up to the first error.', at: 'let error' },
          { step: '5a', words: 'One that has been copied is left out, without a yield.', at: 'if (copied.has' },
          { step: '5b-f', words: 'Any other is copied, allocated or not.', at: 'error = yield*' },
          { step: '6', words: 'The range is free for others.', at: 'endTurn' },
          {
            step: '7',
            words: 'The lock is given back; the last reader wakes a job that waits to end. What was copied before an error stays marked.',
            at: 'copies.unlockShared',
          },
        ],
      },
      {
        of: 'clustersOf',
        rows: [
          {
            step: '2',
            words: 'From the cluster that the first sector is in to the one that the last is in. 64 KiB each in QEMU.',
            at: 'return',
          },
        ],
      },
      {
        of: 'waitForOverlapping',
        rows: [
          { step: '3', words: 'The list is looked through from the newest on, for one that overlaps.', at: 'for' },
          { step: '3', words: 'None: go on.', at: 'if (other' },
          { step: '3', words: 'One: sleep in its queue, then begin again at the head of the list.', at: 'yield*' },
        ],
      },
      {
        of: 'copyCluster',
        rows: [
          { step: '5b', words: 'The last cluster of the disk may be short.', at: 'const {' },
          {
            step: '5d',
            words:
              "It is read into a buffer as by any other read: through the disk's I/O limits and, where the disk copies on " +
              'read, after waiting for all overlapping requests, including the one that this copy serves (S-04, S-05).',
            at: 'let error',
          },
          { step: '5d', words: "An error is told to be the source's.", at: 'if (error !== NO_ERROR) {' },
          { step: '5e', words: "The buffer goes to the target. An error is the target's.", at: 'error = yield* store' },
          {
            step: '5f',
            words: 'The cluster is marked, with no yield since the target has its data; not after an error.',
            at: 'if (error === NO_ERROR)',
          },
        ],
      },
      {
        of: 'store',
        rows: [
          { step: '5e', words: 'Data is written,', at: 'if (!me.bufferIsZero' },
          { step: '5e', words: 'zeroes are written as zeroes.', at: 'return yield* target.writeZeroes' },
        ],
      },
      {
        of: 'markCopied',
        rows: [
          {
            step: '5f',
            words: 'The bit is set, and the sectors count: for the speed limit, and for the progress that the monitor is told of.',
            at: 'const counts',
          },
        ],
      },
      {
        of: 'endTurn',
        rows: [
          {
            step: '6',
            words: "Off the list. The coroutines that wait for this copy are woken, and run at this coroutine's next yield.",
            at: 'inFlight.end',
          },
        ],
      },
    ],
  },
  {
    title: 'The loops, A.6',
    about: 'FULL and TOP take one loop; NONE waits.',
    file: 'print',
    pieces: [
      {
        of: 'copyEveryCluster',
        rows: [
          { step: 'J1', words: 'Cancelled: leave.', at: 'for' },
          {
            step: 'J2',
            words:
              'Sleep as long as the speed limit asks, which always is a yield; in a pause until somebody ends it; not ' +
              'at all once cancelled.',
            at: 'yield* job.sleep',
          },
          { step: 'J3', words: 'Cancelled meanwhile: leave.', at: 'if (job.isCancelledAfterSleep)' },
          { step: 'J4', words: 'TOP asks what is allocated of the cluster.', at: 'const allocation' },
          {
            step: 'J4',
            words: 'Nothing: on to the next. It does not count as done (S-10), and an error of before stays the result (S-19).',
            at: 'if (allocation === UNALLOCATED)',
          },
          { step: 'J5', words: 'Copy the cluster, unless a guest write has had it copied.', at: 'const error' },
          {
            step: 'J6',
            words:
              'An error: the policy for its side decides. Report: leave. Stop: the next sleep lasts until a resume. ' +
              'Else, and then, the same cluster again; the error stays the result until the next copy (S-19).',
            at: 'if (error !== NO_ERROR)',
          },
          { step: '', words: 'On to the next cluster.', at: 'c++;\n}' },
        ],
      },
      {
        of: 'allocationOf',
        rows: [
          {
            step: 'J4',
            words:
              'From the first sector of the cluster to its last, even where the disk ends before that: there the answer ' +
              'is 0 sectors, for ever (S-02).',
            at: 'const {',
          },
          { step: 'J4', words: 'The question is a yield, if there is a driver to ask.', at: 'if (s < job.sectors)' },
          {
            step: 'J4',
            words: 'It may fail, and nobody handles that: qcow2 answers 0 sectors, and the question is asked again (S-03).',
            at: 'const error',
          },
          { step: 'J4', words: 'An allocated sector: the whole cluster is copied.', at: 'const run' },
          { step: 'J4', words: 'Else the rest of the cluster is asked for.', at: 's += run.sectors' },
        ],
      },
      {
        of: 'waitForCancel',
        rows: [
          { step: 'N1', words: 'NONE yields until it is cancelled. A pause or a resume only makes it go round once more.', at: 'while' },
        ],
      },
    ],
  },
  {
    title: 'Cancel and resume, A.9',
    about: 'Commands of the monitor, which do not wait for the job, but enter it.',
    file: 'print',
    pieces: [
      {
        of: 'cancel',
        rows: [
          { step: '', words: 'Without a job there is nothing to cancel.', at: 'if (!this.isAlive)' },
          { step: '', words: 'The flag is set, a pause ends, the I/O status is reset.', at: 'this.setCancelled' },
          {
            step: '',
            words: 'A job that sleeps or is parked is entered at once; one that copies a cluster notices at J1 or J3.',
            at: 'this.enter',
          },
        ],
      },
      { of: 'resume', rows: [{ step: '', words: 'The pause ends, and the job is entered likewise.', at: 'if (!this.isAlive)' }] },
    ],
  },
  {
    title: "The guest's requests, A.8",
    about: 'The path of a request is no part of the job, but asks some of the rules.',
    file: 'model/block/guest.ts',
    pieces: [
      {
        of: '#write',
        rows: [
          { step: 'W2-4', words: 'Through the I/O limits; past reads that copy on read; tracked.', at: 'const {' },
          { step: 'W5', words: 'The hook: what the request is about to overwrite is copied first.', at: 'let error' },
          { step: 'W6', words: 'The write goes to the disk, unless the copy has failed.', at: 'if (this.#goesOnAfter' },
          { step: 'W8', words: 'No longer tracked; the guest is told, in a later turn of the main loop.', at: 'node.end' },
        ],
      },
      { of: '#goesOnAfter', rows: [{ step: 'W6', words: 'A copy that failed fails the write.', at: 'return' }] },
      {
        of: '#discard',
        rows: [
          { step: '', words: 'A discard runs no hook (S-01). (That it is tracked is ours: in 1.6 it is not.)', at: 'const {' },
          { step: 'D1', words: 'What it throws away is gone, copied or not.', at: 'if (this.#goesOnAfter' },
        ],
      },
    ],
  },
];
