/** Mistakes in the loop of the job. */
import type { Edit } from '../edit.ts';

const file = 'block/backup.c';

export const JOB: readonly Edit[] = [
  {
    name: 'reportSwallowed',
    step: 'E1',
    rule: 'An error that is to be reported ends the job with it.',
    wrong: 'The job completes as if all had been copied.',
    changes: [
      {
        file,
        was: 'case BLOCK_ERROR_ACTION_REPORT:\n            goto out;',
        is: 'case BLOCK_ERROR_ACTION_REPORT:\n            ret = 0;\n            goto out;',
      },
    ],
  },
  {
    name: 'ignoreGivesUp',
    step: 'E1',
    rule: 'An error that is to be ignored is followed by another try.',
    wrong: 'The job completes without what could not be copied.',
    changes: [
      {
        file,
        was: '            /* Proceed to new block-copy call to retry. */\n            break;',
        is: '            ret = 0;\n            goto out;',
      },
    ],
  },
  {
    name: 'sideSwapped',
    step: 'T5',
    rule: 'The policy that an error is held against is that of its side.',
    wrong: 'An error of the source is told of the target, and treated by its policy.',
    changes: [{ file, was: 'backup_error_action(job, error_is_read, -ret);', is: 'backup_error_action(job, !error_is_read, -ret);' }],
  },
  {
    name: 'pauseIsEnd',
    step: 'E1',
    rule: 'A call that was cancelled by a pause is followed by another call.',
    wrong: 'The job completes after the pause, without what is left.',
    changes: [
      {
        file,
        was: '            block_copy_call_free(s);\n            continue;',
        is: '            ret = 0;\n            goto out;',
      },
    ],
  },
  {
    name: 'pausedCallSucceeds',
    step: 'E1',
    rule: 'A call that was cancelled has not succeeded.',
    wrong: 'The job completes after the pause, without what is left.',
    changes: [
      {
        file: 'block/block-copy.c',
        was: '           !qatomic_read(&call_state->cancelled) &&\n           call_state->ret == 0;',
        is: '           call_state->ret == 0;',
      },
    ],
  },
  {
    name: 'retryPastFailure',
    step: 'K2',
    rule: 'After an error the next call begins at the start of the disk.',
    wrong: 'What failed is never tried again.',
    changes: [
      {
        file,
        was: '    while (true) { /* retry loop */',
        is: '    int64_t from = 0;\n    int64_t end = QEMU_ALIGN_UP(job->len, job->cluster_size);\n\n    while (true) { /* retry loop */',
      },
      {
        file,
        was: 'block_copy_async(job->bcs, 0,\n                QEMU_ALIGN_UP(job->len, job->cluster_size),',
        is: 'block_copy_async(job->bcs, from, end - from,',
      },
      {
        file,
        was: '        block_copy_call_free(s);\n    }\n',
        is:
          '        block_copy_call_free(s);\n        from = bdrv_dirty_bitmap_next_dirty(block_copy_dirty_bitmap(job->bcs), 0, end);\n' +
          '        from = (MAX(from, 0) + job->cluster_size) % end;\n    }\n',
      },
    ],
  },
  {
    name: 'cancelAbandonsCall',
    step: 'E1',
    rule: 'A job that is cancelled waits for its copies under way.',
    wrong: 'They store in a target that is closed, and touch what is freed.',
    changes: [
      {
        file,
        was: '            job->wait = true;\n            qemu_coroutine_yield();\n            assert(block_copy_call_finished(s));\n',
        is: '            job->bg_bcs_call = NULL;\n            return 0;\n',
      },
    ],
  },
  {
    name: 'groupOfOne',
    step: 'E2',
    rule: 'A job of a group that has done its work waits for the others.',
    wrong: 'It completes, and advances its bitmap, though another one of the group fails.',
    changes: [
      {
        file: 'job.c',
        was: '        if (!job_is_completed_locked(other_job)) {\n            return;\n        }\n        assert(other_job->ret == 0);',
        is: '        if (!job_is_completed_locked(other_job)) {\n            continue;\n        }\n        assert(other_job->ret == 0);',
      },
      {
        file: 'job.c',
        was: '    job_txn_apply_locked(job, job_transition_to_pending_locked);\n\n    /* If no jobs need',
        is: '    job_transition_to_pending_locked(job);\n\n    /* If no jobs need',
      },
      {
        file: 'job.c',
        was: '    if (job_txn_apply_locked(job, job_needs_finalize_locked) == 0) {\n        job_do_finalize_locked(job);',
        is:
          '    if (job_needs_finalize_locked(job) == 0) {\n        JobTxn *own = job_txn_new();\n' +
          '        job_txn_del_job_locked(job);\n        job_txn_add_job_locked(own, job);\n' +
          '        job_txn_unref_locked(own);\n        job_do_finalize_locked(job);',
      },
    ],
  },
  {
    name: 'tailNotCopied',
    step: 'K2',
    rule: 'The range of the job is rounded up to whole clusters.',
    wrong: 'The short last cluster of a disk is copied by nobody.',
    changes: [{ file, was: 'QEMU_ALIGN_UP(job->len, job->cluster_size)', is: 'QEMU_ALIGN_DOWN(job->len, job->cluster_size)' }],
  },
];
