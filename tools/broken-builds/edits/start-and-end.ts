/** Mistakes where the filter comes in and where it goes. */
import type { Edit } from '../edit.ts';

export const START_AND_END: readonly Edit[] = [
  {
    name: 'noDrainAtStart',
    step: 'Q2',
    rule: 'The disk is drained before the filter goes in.',
    wrong: 'A write that is past the place of the filter at T0 lands after it, and nobody has copied.',
    changes: [
      { file: 'blockdev.c', was: '    /* drain all i/o before any operations */\n    bdrv_drain_all();\n', is: '' },
      {
        file: 'blockdev.c',
        was: '    bdrv_drained_begin(state->bs);\n\n    state->job = do_backup_common(qapi_BlockdevBackup_base(backup),',
        is: '    bdrv_do_drained_begin_quiesce(state->bs, NULL);\n\n    state->job = do_backup_common(qapi_BlockdevBackup_base(backup),',
      },
      {
        file: 'block.c',
        was: '    bdrv_drained_begin(bs);\n    bdrv_drained_begin(new_node_bs);\n',
        is: '    bdrv_do_drained_begin_quiesce(bs, NULL);\n    bdrv_do_drained_begin_quiesce(new_node_bs, NULL);\n',
      },
    ],
  },
  {
    name: 'lateBitmap',
    step: 'Q8',
    rule: 'The bitmap is as it is to be before the first request of the guest passes the filter.',
    wrong: 'Bits are set again of clusters that a guest has copied, and the next copy takes what the guest wrote.',
    changes: [
      {
        file: 'block/backup.c',
        was: '    backup_init_bcs_bitmap(s);\n',
        is: '    job_sleep_ns(job, 0);\n    backup_init_bcs_bitmap(s);\n',
      },
    ],
  },
  {
    name: 'dropWithoutDrain',
    step: 'E4',
    rule: 'The disk is drained before the filter goes.',
    wrong: 'A copy of a guest stores in a target that is closed.',
    unseen:
      'each request of a guest holds the graph lock for reading until it ends, its copy included, and the filter is taken out under that ' +
      'lock for writing (block/graph-lock.c, `bdrv_graph_wrlock`): so the copies end before it, drained or not',
    changes: [
      {
        file: 'block.c',
        was: '    bdrv_drained_begin(child_bs);\n    bdrv_graph_wrlock();\n    ret = bdrv_replace_node_common(bs, child_bs, true, errp);',
        is:
          '    bdrv_do_drained_begin_quiesce(child_bs, NULL);\n    bdrv_graph_wrlock();\n' +
          '    ret = bdrv_replace_node_common(bs, child_bs, true, errp);',
      },
    ],
  },
  {
    name: 'eventFirst',
    step: 'E5',
    rule: 'The event is sent once everything has ended.',
    wrong: 'A user takes the target for finished while a copy still writes to it.',
    changes: [
      { file: 'job.c', was: '    job_clean(job);\n\n    if (job->cb) {', is: '    if (job->cb) {' },
      {
        file: 'job.c',
        was: '    job_txn_del_job_locked(job);\n    job_conclude_locked(job);\n    return 0;',
        is:
          '    job_unlock();\n    job_clean(job);\n    job_lock();\n' +
          '    job_txn_del_job_locked(job);\n    job_conclude_locked(job);\n    return 0;',
      },
    ],
  },
];
