/** Bugs of the release itself that `cowcheck qemu` finds (docs/releases.md), mended: else each search would end at one of them. */
import type { Edit } from '../edit.ts';

export const KNOWN_BUGS: readonly Edit[] = [
  {
    name: 'overtakenRead',
    step: 'W7',
    rule: 'A guest write waits for reads of the snapshot, even when the snapshot has been given up.',
    wrong: 'A read of the snapshot that is under way when the snapshot breaks shows what the guest has written since.',
    changes: [
      {
        file: 'block/copy-before-write.c',
        was: '    if (s->snapshot_error) {\n        return 0;\n    }\n',
        is:
          '    if (s->snapshot_error) {\n        off = QEMU_ALIGN_DOWN(offset, cluster_size);\n' +
          '        end = QEMU_ALIGN_UP(offset + bytes, cluster_size);\n        WITH_QEMU_LOCK_GUARD(&s->lock) {\n' +
          '            reqlist_wait_all(&s->frozen_read_reqs, off, end - off, &s->lock);\n        }\n        return 0;\n    }\n',
      },
    ],
  },
  {
    name: 'bitmapAlways',
    step: 'E3',
    rule: 'The bitmap is synchronized once the copies of guests have ended.',
    wrong: 'Under bitmap-mode always a copy that is in flight then, and fails, is in no bitmap.',
    changes: [
      {
        file: 'block/backup.c',
        was: '    assert(bm);\n',
        is: '    assert(bm);\n    if (ret < 0) {\n        bdrv_drained_begin(job->cbw);\n    }\n',
      },
      {
        file: 'block/backup.c',
        was: '                                         NULL, true);\n    }\n}\n',
        is:
          '                                         NULL, true);\n    }\n    if (ret < 0) {\n' +
          '        bdrv_drained_end(job->cbw);\n    }\n}\n',
      },
    ],
  },
];
