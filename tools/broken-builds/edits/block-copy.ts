/** Mistakes in block-copy: its calls, its tasks, and what they ask of the source. */
import type { Edit } from '../edit.ts';

const file = 'block/block-copy.c';

const BITS_BACK = '        bdrv_set_dirty_bitmap(task->s->copy_bitmap, task->req.offset,\n                              task->req.bytes);';
const WAIT = 'ret = reqlist_wait_one(&s->reqs, call_state->offset,\n                                       call_state->bytes, &s->lock);';
const STATUS = 'ret = block_copy_block_status(s, task->req.offset, task->req.bytes,\n                                      &status_bytes);';
const NEXT_PASS = '} while (ret > 0 && !qatomic_read(&call_state->cancelled));';
const SHORT_OR_FAILED = 'if (ret < 0 || num < s->cluster_size) {';

export const BLOCK_COPY: readonly Edit[] = [
  {
    name: 'bitLost',
    step: 'T6',
    rule: 'A task that has not copied its clusters sets their bits again.',
    wrong: 'They count as copied, and nobody copies them.',
    changes: [{ file, was: BITS_BACK, is: '        ;' }],
  },
  {
    name: 'wakeForgotten',
    step: 'T6',
    rule: 'A task that ends wakes the calls that wait for it.',
    wrong: 'A guest write, or the job, waits for ever.',
    changes: [{ file, was: '    reqlist_remove_req(&task->req);', is: '    QLIST_REMOVE(&task->req, list);' }],
  },
  {
    name: 'wakeOne',
    step: 'T6',
    rule: 'A task that ends wakes all calls that wait for it.',
    wrong: 'The first goes on, and the second waits for ever.',
    changes: [
      {
        file: 'block/reqlist.c',
        was: '    QLIST_REMOVE(req, list);\n    qemu_co_queue_restart_all(&req->wait_queue);',
        is: '    QLIST_REMOVE(req, list);\n    qemu_co_queue_next(&req->wait_queue);',
      },
    ],
  },
  {
    name: 'shrinkForgets',
    step: 'K3',
    rule: 'A task that is cut short sets the bits of what it leaves.',
    wrong: 'Nobody copies the rest.',
    changes: [
      {
        file,
        was:
          '    bdrv_set_dirty_bitmap(task->s->copy_bitmap,\n                          task->req.offset + new_bytes,\n' +
          '                          task->req.bytes - new_bytes);\n',
        is: '',
      },
    ],
  },
  {
    name: 'cleanMeansDone',
    step: 'K12',
    rule: 'A clear bit is no copy: a call waits for the tasks of others in its range.',
    wrong: 'A guest overwrites a cluster that another call is still reading.',
    changes: [{ file, was: WAIT, is: 'ret = 0;' }],
  },
  {
    name: 'noSecondLook',
    step: 'K12',
    rule: 'A call that has waited for a task looks at the bits again.',
    wrong: 'It goes on although the task that it waited for has failed, or another one is under way.',
    changes: [{ file, was: `${WAIT}\n                if (ret == 0) {`, is: `${WAIT.replace('ret = ', 'if (!').slice(0, -1)}) {` }],
  },
  {
    name: 'guestPassesOnce',
    step: 'K12',
    rule: 'The call of a guest write is over when a pass over its range finds nothing.',
    wrong: 'The write lands while another call still copies one of its clusters.',
    changes: [{ file, was: NEXT_PASS, is: NEXT_PASS.replace('ret > 0', 'ret > 0 && !call_state->ignore_ratelimit') }],
  },
  {
    name: 'jobPassesOnce',
    step: 'K12',
    rule: "The job's call is over when a pass finds nothing, and not after the first.",
    wrong: 'A guest copy that fails behind it is made by nobody, and the job completes without an error.',
    changes: [{ file, was: NEXT_PASS, is: NEXT_PASS.replace('ret > 0', 'ret > 0 && call_state->ignore_ratelimit') }],
  },
  {
    name: 'inheritedError',
    step: 'K12',
    rule: 'An error of a call is one of its own I/O: what another failed to copy it copies itself.',
    wrong: 'A guest write fails because a copy of the job has failed.',
    changes: [
      { file, was: '    int64_t in_flight_bytes;\n', is: '    int64_t in_flight_bytes;\n    int last_error;\n' },
      { file, was: BITS_BACK, is: `${BITS_BACK}\n        task->s->last_error = ret;` },
      {
        file,
        was: `${WAIT}\n`,
        is:
          `${WAIT}\n                if (ret && s->last_error < 0 &&\n                    bdrv_dirty_bitmap_next_dirty(s->copy_bitmap,\n` +
          '                        call_state->offset, call_state->bytes) >= 0) {\n' +
          '                    call_state->ret = ret = s->last_error;\n                }\n',
      },
      {
        file,
        was: 'if (ret == 0) {\n                    /*',
        is: 'if (ret == 0) {\n                    s->last_error = 0;\n                    /*',
      },
    ],
  },
  {
    name: 'everyClusterTaken',
    step: 'K2',
    rule: 'A task takes dirty clusters only, up to the first that is not.',
    wrong: 'A cluster behind it is copied a second time, with what the guest has written since.',
    changes: [
      {
        file,
        was: '    bytes = QEMU_ALIGN_UP(bytes, s->cluster_size);\n\n    /* region',
        is:
          '    bytes = QEMU_ALIGN_UP(MIN(max_chunk, call_state->offset +\n                              call_state->bytes - offset),\n' +
          '                          s->cluster_size);\n\n    /* region',
      },
    ],
  },
  {
    name: 'statusBeforeClaim',
    step: 'K3',
    rule: 'The source is asked what is zero in the clusters that a task has taken.',
    wrong: 'What was said of other clusters is taken for them, and zeroes stand where data should.',
    changes: [
      {
        file,
        was: `        ${STATUS}\n`,
        is: '',
      },
      {
        file,
        was: '        task = block_copy_task_create(s, call_state, offset, bytes);',
        is:
          '        ret = block_copy_block_status(s, offset, bytes, &status_bytes);\n' +
          '        task = block_copy_task_create(s, call_state, offset, bytes);',
      },
    ],
  },
  {
    name: 'failedStatusIsZero',
    step: 'K3',
    rule: 'A cluster of which the state cannot be told is copied as data.',
    wrong: 'Zeroes stand in the backup for data that nobody has looked at.',
    changes: [
      {
        file,
        was: SHORT_OR_FAILED,
        is:
          'if (ret < 0) {\n        num = s->cluster_size;\n        ret = BDRV_BLOCK_ALLOCATED | BDRV_BLOCK_ZERO;\n' +
          '    } else if (num < s->cluster_size) {',
      },
    ],
  },
  {
    name: 'shortStatusIsWhole',
    step: 'K3',
    rule: 'Where the state of the disk changes within a cluster, the cluster is copied as data.',
    wrong: 'What is zero at its beginning is taken to be zero as a whole.',
    changes: [
      {
        file,
        was: SHORT_OR_FAILED,
        is: 'if (ret >= 0 && num < s->cluster_size) {\n        num = s->cluster_size;\n    } else if (ret < 0) {',
      },
    ],
  },
  {
    name: 'statusRoundedUp',
    step: 'K3',
    rule: 'A run of zeroes is rounded down to whole clusters.',
    wrong: 'A cluster of which the beginning is zero is stored as zeroes.',
    changes: [{ file, was: 'num = QEMU_ALIGN_DOWN(num, s->cluster_size);', is: 'num = QEMU_ALIGN_UP(num, s->cluster_size);' }],
  },
  {
    name: 'smallCluster',
    step: 'Q4',
    rule: 'What is copied at once is at least a cluster of the target.',
    wrong: "A copy leaves the rest of the target's cluster to whatever lies below it.",
    changes: [{ file, was: 'return MAX(min_cluster_size, bdi.cluster_size);', is: 'return min_cluster_size;' }],
  },
  {
    name: 'notSerialising',
    step: 'T4',
    rule: 'NONE: a write to a target that lies over the disk waits for its readers, and they wait for it.',
    wrong: 'A reader that was sent to the disk fetches what the guest wrote after the copy.',
    changes: [{ file, was: '(is_fleecing ? BDRV_REQ_SERIALISING : 0)', is: '(is_fleecing ? 0 : 0)' }],
  },
  {
    name: 'tailPastEnd',
    step: 'T3',
    rule: 'The I/O of the last cluster ends where the disk ends.',
    wrong: 'The copy reads and writes past the end.',
    changes: [{ file, was: 'int64_t nbytes = MIN(offset + bytes, s->len) - offset;', is: 'int64_t nbytes = bytes;' }],
  },
  {
    name: 'sideMixedUp',
    step: 'T5',
    rule: 'A call tells which side its error is of.',
    wrong: 'The job blames the target for a read that failed, and acts by the policy of the target.',
    changes: [{ file, was: '*error_is_read = true;', is: '*error_is_read = false;' }],
  },
  {
    name: 'callForgetsError',
    step: 'T5',
    rule: 'A call keeps the first error of its tasks.',
    wrong: 'It ends as if all had been copied.',
    changes: [{ file, was: '                t->call_state->ret = ret;\n', is: '' }],
  },
  {
    name: 'slotNotFreed',
    step: 'K8',
    rule: 'A task that ends gives its slot back.',
    wrong: 'The next task waits for a free worker for ever.',
    changes: [{ file: 'block/aio_task.c', was: '    pool->busy_tasks--;\n', is: '' }],
  },
  {
    name: 'sleepOwning',
    step: 'K6',
    rule: 'A task gives its clusters back before it sleeps for the speed limit.',
    wrong: 'A guest write waits as long as the limit has the job sleep.',
    unseen: 'it takes a speed limit, and speed is measured in time, which no schedule decides; the write ends later, and rightly',
    changes: [
      { file, was: '                block_copy_task_end(task, -EAGAIN);\n                g_free(task);\n', is: '' },
      {
        file,
        was: 'QEMU_CLOCK_REALTIME, ns);\n',
        is: 'QEMU_CLOCK_REALTIME, ns);\n                block_copy_task_end(task, -EAGAIN);\n                g_free(task);\n',
      },
    ],
  },
  {
    name: 'scanTooFar',
    step: 'J3',
    rule: 'TOP: the scan clears the bits of what is not allocated, and no other.',
    wrong: 'The allocated cluster behind it is missing in the backup.',
    changes: [
      {
        file,
        was: '        block_copy_reset(s, offset, bytes);\n',
        is:
          '        block_copy_reset(s, offset, MIN(bytes + s->cluster_size,\n' +
          '                                        QEMU_ALIGN_UP(s->len, s->cluster_size) - offset));\n',
      },
    ],
  },
  {
    name: 'scanFirstPart',
    step: 'J3',
    rule: 'TOP: a cluster of which any part is allocated is copied.',
    wrong: 'What is allocated in the rest of the cluster is missing in the backup.',
    changes: [{ file, was: 'if (ret || count == 0) {', is: 'if (true) {' }],
  },
];
