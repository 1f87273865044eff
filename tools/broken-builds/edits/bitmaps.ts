/** Mistakes with the bitmap of a job, and with its successor. */
import type { Edit } from '../edit.ts';

const file = 'block/backup.c';

export const BITMAPS: readonly Edit[] = [
  {
    name: 'abdicateOnError',
    step: 'E3',
    rule: 'Only a job that has copied all advances its bitmap, but under bitmap-mode always.',
    wrong: 'After an error or a cancel the next increment lacks what was not copied.',
    changes: [{ file, was: '(((ret == 0) || (job->bitmap_mode == BITMAP_SYNC_MODE_ALWAYS))', is: '((true)' }],
  },
  {
    name: 'restForgotten',
    step: 'E3',
    rule: 'Under bitmap-mode always a job that failed leaves in the bitmap all that it has not copied.',
    wrong: 'The next increment lacks it.',
    changes: [{ file, was: 'if (ret < 0 && job->bitmap_mode == BITMAP_SYNC_MODE_ALWAYS) {', is: 'if (false) {' }],
  },
  {
    name: 'neverAdvances',
    step: 'E3',
    rule: 'Under bitmap-mode never the bitmap loses no bit.',
    wrong: 'After success it has only what was written since, as under on-success.',
    changes: [{ file, was: '&& (job->bitmap_mode != BITMAP_SYNC_MODE_NEVER)', is: '&& true' }],
  },
  {
    name: 'successorOff',
    step: 'Q3',
    rule: 'The successor records what guests write from T0 on.',
    wrong: 'The next increment lacks it.',
    changes: [{ file: 'block/dirty-bitmap.c', was: 'child->disabled = bitmap->disabled;', is: 'child->disabled = true;' }],
  },
  {
    name: 'lateSuccessor',
    step: 'Q3',
    rule: 'The successor is there from T0 on.',
    wrong: 'What guests write before it is there is dropped with the old bitmap, and the next increment lacks it.',
    changes: [
      {
        file,
        was: '        if (bdrv_dirty_bitmap_create_successor(sync_bitmap, errp) < 0) {\n            return NULL;\n        }\n',
        is: '',
      },
      {
        file,
        was: '        if (!block_copy_call_finished(s)) {\n            assert(job_is_cancelled',
        is:
          '        if (job->sync_bitmap &&\n            !bdrv_dirty_bitmap_has_successor(job->sync_bitmap)) {\n' +
          '            bdrv_dirty_bitmap_create_successor(job->sync_bitmap, NULL);\n        }\n' +
          '        if (!block_copy_call_finished(s)) {\n            assert(job_is_cancelled',
      },
    ],
  },
  {
    name: 'mergeTakesOneBit',
    step: 'Q8',
    rule: 'A bitmap is merged into one of another granularity with all of each dirty area.',
    wrong: 'Of an area only the first cluster is copied.',
    changes: [{ file: 'util/hbitmap.c', was: 'hbitmap_set(dst, offset, count);', is: 'hbitmap_set(dst, offset, 1);' }],
  },
  {
    name: 'bitsRoundedInward',
    step: 'W9',
    rule: 'A write makes every bit dirty whose area it touches.',
    wrong: 'The next increment lacks the end of a write that does not end on the granularity.',
    changes: [
      {
        file: 'block/dirty-bitmap.c',
        was: 'assert(!bdrv_dirty_bitmap_readonly(bitmap));\n        hbitmap_set(bitmap->bitmap, offset, bytes);',
        is:
          'assert(!bdrv_dirty_bitmap_readonly(bitmap));\n        hbitmap_set(bitmap->bitmap, offset,\n' +
          '                    MAX(1, QEMU_ALIGN_DOWN(offset + bytes,\n' +
          '                                           (int64_t)bdrv_dirty_bitmap_granularity(bitmap)) - offset));',
      },
    ],
  },
];
