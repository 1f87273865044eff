/**
 * Drawn mistakes that are none, by id, each with the reason: the job is the same, or another one that keeps all that is promised.
 * `npm run mistakes -- --list` prints the ids.
 */
export const EQUIVALENT: Readonly<Record<string, string>> = {
  '006b6281': 'job.ts: what was read first is a fact of the machine: it makes no difference when',
  '071b134a':
    'loop.ts: a job that is cancelled while it is paused or stopped begins one call more, or one less, which is cancelled at once',
  '09112704': 'state.ts: the snapshot breaks where the request was to fail, and the other way round: either keeps all that is promised',
  '121754eb': 'state.ts: the order in which fields are set when the machine is built',
  '02732f3a': 'call.ts: what is copied last is copied in the pool, too, and not in the coroutine of the call: in the same time, at most',
  '055683b8': 'call.ts: a call with more to copy copies inline, one part after the other, and a single part in the pool: only slower',
  '062b5323': 'scan.ts: a job that was cancelled scans one run of clusters more, and copies nothing',
  '07a8ac2e': 'start.ts: all bits are 0 already when the job starts',
  '0fcb49d7': 'start.ts: all bits are 0 already when the job starts',
  '0397e839': 'cursor.mjs: a job that was cancelled while it slept copies one cluster more',
  '0c059e6f': 'chunked.mjs: the sleep ends at once if the job was cancelled, which is asked right behind it',
  '2ac3b104': 'full.ts: the sleep ends at once if the job was cancelled, which is asked right behind it',
  '04084cac': 'snapshot.ts: the reader reads in pieces of one cluster',
  '042cc69a': 'snapshot.ts: the reader reads in pieces of two clusters, at most',
  '05598a08': 'job.ts: no drain waits for a reader: the first one comes after a cancel, which closes what NONE promises',
  '130849c1': 'request-list.ts: both happen in one step',
  '1366c814': 'call-state.ts: both happen in one step',
  '15d68c7d': 'call.ts: all three happen in one step, and none looks at what the others change',
  '2ababb96': 'job.ts: a job that has ended takes no cancel in either order: what it inherits asks as well',
  '19ab0066': 'snapshot.ts: both happen in one step',
  '1749a6fa': 'job.ts: the target is closed before the last drain: the copies, which alone write to it, have ended before both',
  '5616e1bd': 'state.ts: both happen in one step',
  '3a504d10': 'job.ts: the target is closed after the last drain in any case',
  '1cee8953': 'task.ts: what is known to be zeroes is read all the same, and then stored as zeroes',
  '254dcb6c': 'end.ts: the target is closed in the step in which the filter goes: nothing writes to it any more',
  '48c352ed': 'end.ts: the target is closed in the step in which the filter goes: nothing writes to it any more',
  '26f716cb': 'request-list.ts: the cell behind the turn is the first of the buffer, which is empty before a task begins',
  '09b63f56': 'call.ts: a run that begins a sector sooner is the right one, or is too short for a cluster, which then counts as data',
  '166de794': 'loop.ts: a job that is woken for nothing has its call end, and begins the next one',
  '20118eba': 'job.ts: a cancel after the end leaves a flag that is never asked for again, and wakes nothing',
  '2934777f': 'scan.ts: it runs only where a rule is off',
  '204e8380': 'start.ts: it runs only where a rule is off',
  a2928cf0: 'start.ts: it runs only where a rule is off',
  '306d2df3': 'scan.ts: a cancel ends a pause, too',
  '3e519fe6': 'copy-before-write.ts: the one that asks is not in flight yet, so it never finds itself',
  '88737bbe': 'request-list.ts: those that wait for a task that shrinks are all woken when it ends',
  ab5d1aa3: 'call-state.ts: all of it happens in one step',
  '561f9eb1': 'start.ts: both happen in one step',
  aceab2a0: 'start.ts: all three happen in one step',
  '8e5ddfca': 'ruled-job.ts: a cancel after the end leaves a flag that is never asked for again',
  '6f5bf932': 'call-state.ts: a cell stays unused',
  '28164714':
    'call-state.ts: after an error the call goes on with what is left of its pass, and then tells the error, which the task has set',
  '2ece2faa':
    'call-state.ts: after an error the call goes on with what is left of its pass, and then tells the error, which the task has set',
  '2fa1e80c':
    'target-requests.ts: a store is in flight before it waits: readers that come then wait for it, and none waits while in flight',
};
