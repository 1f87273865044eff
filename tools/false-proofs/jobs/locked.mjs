/**
 * A correct custom job in NONE, to draw mutants of. Each cluster has a lock of its own: -1 while it is copied, or how many
 * readers of the point in time hold it. A reader takes the clusters one after the other, and all before it reads.
 *
 * @type {import('cowcheck').Job<'lock' | 'done' | 'copying', 'free' | 'idle', never, 'breathe'>}
 */
export default {
  modes: ['none'],
  cells: { lock: 'clusters', done: 'clusters', copying: 'one' },
  queues: { free: 'clusters', idle: 'one' },
  steps: ['breathe'],

  *run(backup) {
    yield* backup.drainGuest();
    backup.begin();
    backup.linkHook();
    while (!backup.isCancelled) yield* backup.park();
    while (backup.cells.copying.get() > 0) yield* backup.queues.idle.wait(backup.job, 0);
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
    for (let c = me.firstCluster; c < me.endCluster; c++) {
      while (backup.cells.lock.get(c) < 0) yield* backup.queues.free.wait(me, c);
      backup.cells.lock.add(c, 1);
    }
    const error = yield* backup.target.read(me);
    for (let c = me.firstCluster; c < me.endCluster; c++) {
      backup.cells.lock.add(c, -1);
      if (backup.cells.lock.get(c) === 0) backup.queues.free.wakeAll(c);
    }
    return error;
  },
};

function* copy(backup, me, c) {
  const { source, target, cells, queues } = backup;
  let error = 0;
  cells.copying.add(1);
  while (cells.lock.get(c) !== 0) yield* queues.free.wait(me, c);
  if (cells.done.get(c) === 0) {
    cells.lock.set(c, -1);
    error = yield* source.read(me, c);
    if (error === 0 && me.bufferIsZero(c)) {
      error = yield* target.writeZeroes(me, c);
      if (error === 0) cells.done.set(c, 1);
    } else if (error === 0) {
      error = yield* target.write(me, c);
      if (error === 0) cells.done.set(c, 1);
    }
    if (error === 0) backup.count(c);
    cells.lock.set(c, 0);
    queues.free.wakeAll(c);
  }
  cells.copying.add(-1);
  if (cells.copying.get() === 0) queues.idle.wakeAll();
  return error;
}
