/** Mistakes in the copy-before-write filter and in reads of its snapshot. */
import type { Edit } from '../edit.ts';

const file = 'block/copy-before-write.c';

export const FILTER: readonly Edit[] = [
  {
    name: 'forwardFirst',
    step: 'W5',
    rule: 'Old data goes to the target before a guest write lands.',
    wrong: 'The copy takes what the guest has just written.',
    changes: [
      { file, was: '    return bdrv_co_pwritev(bs->file, offset, bytes, qiov, flags);', is: '    return 0;' },
      {
        file,
        was: 'QEMUIOVector *qiov, BdrvRequestFlags flags)\n{\n    int ret = cbw_do_copy_before_write(bs, offset, bytes, flags);',
        is:
          'QEMUIOVector *qiov, BdrvRequestFlags flags)\n{\n    int ret = bdrv_co_pwritev(bs->file, offset, bytes, qiov, flags);\n' +
          '    if (ret < 0) {\n        return ret;\n    }\n    ret = cbw_do_copy_before_write(bs, offset, bytes, flags);',
      },
    ],
  },
  {
    name: 'zeroesBypass',
    step: 'W5',
    rule: 'A guest that writes zeroes waits for the copy like one that writes data.',
    wrong: 'Zeroes stand in the backup where data stood at T0.',
    changes: [
      {
        file,
        was: '\n                     BdrvRequestFlags flags)\n{\n    int ret = cbw_do_copy_before_write(bs, offset, bytes, flags);',
        is: '\n                     BdrvRequestFlags flags)\n{\n    int ret = 0;',
      },
    ],
  },
  {
    name: 'discardBypass',
    step: 'W5',
    rule: 'A guest that discards waits for the copy like one that writes data.',
    wrong: 'What the guest has thrown away is gone before it was copied.',
    changes: [{ file, was: 'int ret = cbw_do_copy_before_write(bs, offset, bytes, 0);', is: 'int ret = 0;' }],
  },
  {
    name: 'endRoundedDown',
    step: 'W5',
    rule: 'The range to copy is rounded outward to whole clusters.',
    wrong: 'The last cluster of a write that does not end on a cluster is not copied.',
    changes: [
      {
        file,
        was: 'end = QEMU_ALIGN_UP(offset + bytes, cluster_size);',
        is: 'end = MAX(off + cluster_size, QEMU_ALIGN_DOWN(offset + bytes, cluster_size));',
      },
    ],
  },
  {
    name: 'failedCopyForgiven',
    step: 'W6',
    rule: 'A guest write whose copy fails is told the error, and does not land.',
    wrong: 'The guest overwrites what nobody has saved.',
    changes: [
      {
        file,
        was: 'if (ret < 0 && s->on_cbw_error == ON_CBW_ERROR_BREAK_GUEST_WRITE) {\n        return ret;',
        is: 'if (ret < 0 && s->on_cbw_error == ON_CBW_ERROR_BREAK_GUEST_WRITE) {\n        return 0;',
      },
    ],
  },
  {
    name: 'latchForgotten',
    step: 'W6',
    rule: 'The first failed copy under break-snapshot is kept, and every later request of the snapshot fails.',
    wrong: 'The snapshot shows what the guest wrote over the cluster that was not copied.',
    changes: [{ file, was: '                s->snapshot_error = ret;', is: '                ;' }],
  },
  {
    name: 'doneForgotten',
    step: 'W6',
    rule: 'What a guest copy has stored is read from the target from then on.',
    wrong: 'A read of the snapshot gets from the disk what the guest has written.',
    changes: [{ file, was: '            bdrv_set_dirty_bitmap(s->done_bitmap, off, end - off);', is: '            ;' }],
  },
  {
    name: 'doneAfterWrite',
    step: 'W6',
    rule: 'A copied cluster is marked as done before the guest write is passed on.',
    wrong: 'A read of the snapshot that comes while the write is under way still goes to the disk.',
    changes: [
      { file, was: '            bdrv_set_dirty_bitmap(s->done_bitmap, off, end - off);', is: '            ;' },
      {
        file,
        was: '    return bdrv_co_pwritev(bs->file, offset, bytes, qiov, flags);',
        is:
          '    BDRVCopyBeforeWriteState *s = bs->opaque;\n    ret = bdrv_co_pwritev(bs->file, offset, bytes, qiov, flags);\n' +
          '    bdrv_set_dirty_bitmap(s->done_bitmap, offset, bytes);\n    return ret;',
      },
    ],
  },
  {
    name: 'noFrozenWait',
    step: 'W7',
    rule: 'A guest write waits for reads of the snapshot that read its clusters from the disk.',
    wrong: 'It lands between their lookup and their read.',
    changes: [{ file, was: '        reqlist_wait_all(&s->frozen_read_reqs, off, end - off, &s->lock);', is: '        ;' }],
  },
  {
    name: 'oneFrozenWait',
    step: 'W7',
    rule: 'A guest write waits for all reads of the snapshot that read its clusters from the disk.',
    wrong: 'It waits for the newest one only, and lands before another has read.',
    changes: [
      {
        file,
        was: 'reqlist_wait_all(&s->frozen_read_reqs, off, end - off, &s->lock);',
        is: 'reqlist_wait_one(&s->frozen_read_reqs, off, end - off, &s->lock);',
      },
    ],
  },
  {
    name: 'freezeShort',
    step: 'R1',
    rule: 'A read of the snapshot is registered over its whole range.',
    wrong: 'A guest write to its second cluster does not wait for it.',
    changes: [
      {
        file,
        was: 'reqlist_init_req(&s->frozen_read_reqs, req, offset, bytes);',
        is: 'reqlist_init_req(&s->frozen_read_reqs, req, offset,\n                         MIN(bytes, block_copy_cluster_size(s->bcs)));',
      },
    ],
  },
  {
    name: 'doneThenClean',
    step: 'R1',
    rule: 'A read that begins in a copied cluster and goes on into one that is not copied begins in the target.',
    wrong: 'It reads the copied cluster from the disk, where the guest has written.',
    changes: [
      {
        file,
        was: 'done = bdrv_dirty_bitmap_status(s->done_bitmap, offset, bytes, pnum);',
        is: 'done = bdrv_dirty_bitmap_status(s->done_bitmap, offset, bytes, pnum) &&\n           *pnum == bytes;',
      },
    ],
  },
  {
    name: 'frozenNoWake',
    step: 'R3',
    rule: 'A read of the snapshot that ends wakes the guest writes that wait for it.',
    wrong: 'They wait for ever.',
    changes: [{ file, was: '    reqlist_remove_req(req);', is: '    QLIST_REMOVE(req, list);' }],
  },
];
