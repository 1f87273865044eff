/**
 * A correct custom job in FULL and TOP, to draw mutants of. Where it is stands in a cell, copies are counted in another one,
 * and a guest that comes to a cluster in front of the cursor says in a third that the job need not ask for it.
 *
 * @type {import('cowcheck').Job<'cursor' | 'busy' | 'done' | 'running', 'free' | 'idle', never, 'breathe'>}
 */
export default {
  modes: ['full', 'top'],
  cells: { cursor: 'one', busy: 'clusters', done: 'clusters', running: 'one' },
  queues: { free: 'clusters', idle: 'one' },
  steps: ['breathe'],

  *run(backup) {
    yield* backup.drainGuest();
    backup.begin();
    backup.linkHook();
    while (backup.cells.cursor.get() < backup.clusters && !backup.isCancelled) {
      yield* backup.sleep(backup.cells.cursor.get());
      if (backup.isCancelled) break;
      const error = yield* copyNext(backup, backup.cells.cursor.get());
      if (error === 0) backup.cells.cursor.add(1);
      else if (!backup.goesOnAfter(error)) break;
    }
    while (backup.cells.running.get() > 0) yield* backup.queues.idle.wait(backup.job, 0);
    backup.unlinkHook();
    backup.free();
    yield* backup.closeTarget();
    backup.end();
  },

  *beforeWrite(backup, me) {
    for (let c = me.firstCluster; c < me.endCluster; c++) {
      if (backup.cells.done.get(c) === 1) continue;
      const error = yield* copy(backup, me, c);
      if (error !== 0) return error;
    }
    return 0;
  },
};

function* copyNext(backup, c) {
  if (backup.cells.done.get(c) === 1) return 0;
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
  const { source, target, cells, queues } = backup;
  let error = 0;
  cells.running.add(1);
  while (cells.busy.get(c) === 1) yield* queues.free.wait(me, c);
  if (cells.done.get(c) === 0) {
    cells.busy.set(c, 1);
    error = yield* source.read(me, c);
    if (error === 0) {
      if (me.bufferIsZero(c)) error = yield* target.writeZeroes(me, c);
      else error = yield* target.write(me, c);
    }
    if (error === 0) {
      backup.count(c);
      cells.done.set(c, 1);
    }
    cells.busy.set(c, 0);
    queues.free.wakeAll(c);
  }
  cells.running.add(-1);
  if (cells.running.get() === 0) queues.idle.wakeAll();
  return error;
}
