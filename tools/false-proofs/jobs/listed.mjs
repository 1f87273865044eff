/**
 * A correct custom job in each mode, to draw mutants of. A copy holds its cluster in the list of copies in flight;
 * a reader of the point in time holds all clusters that it reads.
 *
 * @type {import('cowcheck').Job<'done', never, never, 'breathe'>}
 */
export default {
  modes: ['full', 'top', 'none'],
  cells: { done: 'clusters' },
  steps: ['breathe'],

  *run(backup) {
    yield* backup.drainGuest();
    backup.begin();
    backup.linkHook();
    if (backup.mode === 'none') {
      while (!backup.isCancelled) yield* backup.park();
    } else {
      yield* copyAll(backup);
    }
    yield* backup.copies.drain();
    backup.unlinkHook();
    yield* backup.closeTarget(); // nothing is freed: a reader may still come
    backup.end();
  },

  *beforeWrite(backup, me) {
    for (let c = me.firstCluster; c < me.endCluster; c++) {
      const error = yield* copy(backup, me, c);
      if (error !== 0) return error;
    }
    return 0;
  },

  *readPointInTime(backup, me) {
    const { inFlight, target } = backup;
    while (inFlight.overlaps(me, me.firstCluster, me.endCluster)) yield* inFlight.wait(me, me.firstCluster, me.endCluster);
    inFlight.begin(me, me.firstCluster, me.endCluster);
    const error = yield* target.read(me);
    inFlight.end(me);
    inFlight.wake(me);
    return error;
  },
};

function* copyAll(backup) {
  for (let c = 0; c < backup.clusters;) {
    if (backup.isCancelled) break;
    yield* backup.sleep(c);
    if (backup.isCancelled) break;
    if (backup.cells.done.get(c) === 1) {
      c++;
      continue;
    }
    const error = yield* copyAllocated(backup, c);
    if (error === 0) c++;
    else if (!backup.goesOnAfter(error)) break;
  }
}

function* copyAllocated(backup, c) {
  if (backup.mode === 'top') {
    const answer = yield* backup.source.allocation(c);
    if (answer === 'unallocated') {
      backup.skip(c);
      return 0;
    }
    if (answer !== 'allocated') return answer;
  }
  return yield* copy(backup, backup.job, c);
}

function* copy(backup, me, c) {
  const { source, target, copies, inFlight, cells } = backup;
  let error = 0;
  if (cells.done.get(c) === 1) return 0; // sooner than below, which would do as well
  copies.begin();
  while (inFlight.overlaps(me, c, c + 1)) yield* inFlight.wait(me, c, c + 1);
  if (cells.done.get(c) === 0) {
    inFlight.begin(me, c, c + 1);
    error = yield* source.read(me, c);
    if (error === 0) {
      if (me.bufferIsZero(c)) error = yield* target.writeZeroes(me, c);
      else error = yield* target.write(me, c);
    }
    if (error === 0) {
      cells.done.set(c, 1);
      backup.count(c);
    }
    inFlight.end(me);
    inFlight.wake(me);
  }
  copies.end();
  return error;
}
