/**
 * A custom backup job, from scratch: FULL and TOP, a chunk (one cluster) at a time. A chunk is busy
 * while it is copied; a guest or a job that wants it, too, waits until it is free and looks again. That is simpler than
 * QEMU's list of copies in flight, and holds as well:
 *
 *     npx cowcheck check --job examples/own-job/chunked.mjs
 *
 * @type {import('cowcheck').Job<'busy' | 'done', 'free'>}
 */
export default {
  modes: ['full', 'top'],
  cells: { busy: 'clusters', done: 'clusters' },
  queues: { free: 'clusters' },

  *run(backup) {
    yield* backup.drainGuest(); // what is in flight now belongs to the disk at T0
    backup.begin(); // T0
    backup.linkHook(); // before anybody else runs
    for (let c = 0; c < backup.clusters;) {
      if (backup.isCancelled) break;
      yield* backup.sleep(c);
      if (backup.isCancelled) break;
      const error = yield* copyIfAllocated(backup, c);
      if (error === 0) c++;
      else if (!backup.goesOnAfter(error)) break;
    }
    yield* backup.copies.drain(); // or an unhooked write would change what one of them reads
    backup.unlinkHook();
    backup.free();
    yield* backup.closeTarget();
    backup.end();
  },

  *beforeWrite(backup, me) {
    for (let c = me.firstCluster; c < me.endCluster; c++) {
      const error = yield* copyChunk(backup, me, c);
      if (error !== 0) return error; // then the write must not land
    }
    return 0;
  },
};

/**
 * TOP leaves out what only the backing file has. A guest that is about to write copies in any case.
 *
 * @param {import('cowcheck').Backup<'busy' | 'done', 'free'>} backup
 * @param {number} c
 * @returns {import('cowcheck').Run<number>} an error, or 0
 */
function* copyIfAllocated(backup, c) {
  if (backup.mode === 'top') {
    const answer = yield* backup.source.allocation(c);
    if (answer === 'unallocated') {
      backup.skip(c);
      return 0;
    }
    if (answer !== 'allocated') return answer; // an error
  }
  return yield* copyChunk(backup, backup.job, c);
}

/**
 * @param {import('cowcheck').Backup<'busy' | 'done', 'free'>} backup
 * @param {import('cowcheck').Copier} me who copies: the job, or a guest that is about to write
 * @param {number} c
 * @returns {import('cowcheck').Run<number>} an error, or 0
 */
export function* copyChunk(backup, me, c) {
  const { source, target, copies, cells, queues } = backup;
  let error = 0;
  copies.begin(); // before the wait: the job must not end while somebody sleeps in here
  while (cells.busy.get(c) === 1) yield* queues.free.wait(me, c);
  if (cells.done.get(c) === 0) {
    cells.busy.set(c, 1);
    error = yield* source.read(me, c);
    if (error === 0) error = yield* target.write(me, c);
    if (error === 0) {
      cells.done.set(c, 1); // not before the target has it
      backup.count(c);
    }
    cells.busy.set(c, 0);
    queues.free.wakeAll(c);
  }
  copies.end();
  return error;
}
