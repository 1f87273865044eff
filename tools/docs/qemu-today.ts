/** docs/qemu-today.md: how a backup of QEMU 5.2 to 11.1 works, step by step, and the promises that reports of `cowcheck qemu` cite. */
import { RULES } from '../../model/families/block-copy/rules.ts';
import { releasesOf } from '../../model/families/history.ts';
import type { Rule } from '../../model/families/rule.ts';
import { QEMU_PROMISES, QEMU_SENTENCES } from '../../src/edge/qemu/campaign/promises.ts';
import { code, table } from './markdown.ts';

type Step = readonly [number: string, what: string];

export function qemuTodayDocument(): string {
  return `${[
    '<!-- Written by `npm run docs`. -->',
    '# A backup in the QEMU of today',
    WHAT,
    '## The start: until T0',
    steps(START),
    '## A guest write while the backup runs',
    steps(GUEST_WRITE),
    '## block-copy: one copy, of a guest or of the job',
    steps(COPY),
    '## A read of the snapshot',
    steps(SNAPSHOT_READ),
    '## The end',
    steps(END),
    WHERE_IT_ENDS,
    '## Bitmaps',
    BITMAPS,
    table(['`bitmap-mode`', 'after success', 'after an error or a cancel'], BITMAP_MODES),
    '## Proven of the model',
    PROVEN,
    table(['what was searched', 'scenarios', 'searched', 'states', 'time'], PROOFS),
    PROOF_COMMANDS,
    '## What releases broke',
    BROKEN,
    table(['number', 'releases', 'what must hold', 'what happened instead', 'rule of the model'], broken()),
    '## What must hold',
    'On a real QEMU only what is outside can be seen. After each step these properties are judged:',
    table(
      ['property', 'what must hold'],
      QEMU_SENTENCES.map(([property, sentence]) => [code(property), sentence]),
    ),
    '## What QEMU promises',
    'Reports cite these by their numbers. A failure that breaks none of them, such as a crash, is told without one.',
    table(
      ['number', 'promise', 'where QEMU says so'],
      QEMU_PROMISES.map(({ id, text, source }) => [id, text, source]),
    ),
    'What was found to be broken, and in which releases: [releases.md](releases.md).',
  ].join('\n\n')}\n`;
}

const WHAT =
  'Since 4.2 a backup is no notifier any more, as in 1.6 ([drive-backup.md](drive-backup.md)), but a *filter*, `copy-before-write`, ' +
  'above the source. Guests write to the filter. Before it passes a write on, it has the *block-copy* engine copy the clusters ' +
  'that the write touches. The job uses the same engine for all the others, so guests and job share one bitmap of what is still ' +
  'to be copied, and one list of the copies in flight.\n\n' +
  'Guest -> filter -> source, and filter -> target. The job reads the source below the filter. A `snapshot-access` node above the ' +
  'filter shows T0: that is *fleecing*. It reads what has been copied from the target, and all else from the source.';

const START: readonly Step[] = [
  ['Q1', 'all disks are drained once; guests run again afterwards'],
  ['Q2', 'the source is drained, and stays so until Q8: no request is in flight, new ones queue'],
  ['Q3', "arguments are checked; a job with a bitmap gives it a *successor*, which records what guests write from now on"],
  ['Q4', 'the filter is opened: its copy bitmap says that all is still to be copied'],
  ['Q5', "the filter is put above the source, and the guests' disks move onto it. **This is T0**"],
  ['Q6', 'the job is created'],
  ['Q7', 'all actions of the transaction have succeeded, and the job starts'],
  ['Q8', 'the drain ends: the job runs, and the queued requests of guests find the filter'],
];

const GUEST_WRITE: readonly Step[] = [
  ['W1 to W4', 'the write waits while the disk is drained or throttled, and comes to the filter'],
  ['W5', 'its range, rounded out to clusters, is copied; the write waits for that, up to `cbw-timeout`'],
  [
    'W6',
    'if the copy failed: under `on-cbw-error=break-guest-write` the write fails too; under `break-snapshot` the snapshot is given up, ' +
      'and the write goes on. If not, the clusters are marked as done',
  ],
  ['W7', 'it waits for reads of the snapshot that read the source there; once the snapshot has been given up it does not'],
  ['W8', 'it is passed on to the source'],
  ['W9', 'dirty bits of enabled bitmaps are set, even if the write failed'],
];

const COPY: readonly Step[] = [
  ['K1', 'the call is registered'],
  ['K2', 'it takes the next clusters that are still to be copied: **their bits are cleared before the copy**, and the copy is registered'],
  ['K3 to K5', 'the source is asked what is allocated there, and what is zero; what need not be copied is skipped'],
  ['K6 to K8', 'it waits for the speed limit (of the job only), for memory, for a free worker'],
  ['T1 to T4', 'the clusters are read from the source and written to the target, or zeroes are'],
  ['T5', 'the first error of the call, and its side, are kept'],
  ['T6', 'if the copy failed, **its bits are set again**; the copy is taken from the list, and who waits for it goes on'],
  ['K12', 'the call has found nothing to copy: it waits for copies in flight of others in its range, then looks again'],
  ['K13', 'all is done, or has failed: the call ends'],
];

const SNAPSHOT_READ: readonly Step[] = [
  ['R1', 'it asks whether the snapshot has been given up, and what has been copied; ' +
      'a read of the source is registered, so that writes wait at W7'],
  ['R2', 'it reads from the target what has been copied, else from the source'],
  ['R3', 'it is taken from the list, and writes that wait for it go on'],
];

const END: readonly Step[] = [
  ['E1', "the job's loop has ended"],
  ['E2', 'after success it waits for the other jobs of a grouped transaction, and with `auto-finalize=false` for `job-finalize`'],
  ['E3', "the bitmap is synchronized. **Guests' copies may still be in flight**"],
  ['E4', 'the filter is drained and taken out: from here on guests write straight to the source'],
  ['E5', 'the event `BLOCK_JOB_COMPLETED` or `BLOCK_JOB_CANCELLED`'],
];

const WHERE_IT_ENDS =
  '**The event is no barrier.** NONE promises the source at T0 until E4, which comes before the event: on 10.0 and 11.1 a guest write ' +
  'that was queued may reach the source, and complete, before E5. So `cowcheck qemu` closes the promise of NONE when the first late ' +
  'request reaches the source and all that QEMU had sent before the cancel are done. What a FULL or TOP job that completed has in its ' +
  'target is promised for ever; after an error or a cancel a target promises nothing.';

const BITMAPS =
  'While a job runs, its bitmap is frozen, and the successor records new writes. At E3 one of them is kept, or both are merged:';

const BITMAP_MODES = [
  ['`on-success`', 'the successor', 'the bitmap and the successor'],
  ['`never`', 'the bitmap and the successor', 'the bitmap and the successor'],
  ['`always`', 'the successor', 'what has not been copied, as block-copy has it at E3, and the successor'],
];

const BROKEN =
  'Each era of the family block-copy (`--job qemu-5.2`) is the correct job without the rules that its release broke. Numbers up to ' +
  'B-102 are those of the public history; B-103 and B-104 were found by cowcheck, and are open.';

/** In the order of their numbers. */
function broken(): string[][] {
  const rows = Object.entries(RULES as Readonly<Record<string, Rule>>).flatMap(([name, { broken: bug, sentence, without }]) =>
    bug === undefined ? [] : [{ id: bug.id, row: [bug.id, releasesOf(bug), sentence, without, code(name)] }],
  );
  return rows.toSorted((a, b) => numberOf(a.id) - numberOf(b.id)).map(({ row }) => row);
}

const numberOf = (id: string): number => Number(id.replace(/\D/g, ''));

const PROVEN =
  'The model of all this is the family block-copy (`model/families/block-copy/`). With all its rules on, every schedule of each of these ' +
  'scenarios was run, with two clusters, up to two requests of guests, two tasks a call, and a cancel at any point or none, and no ' +
  'property is broken. Run once, on two cores that had other work; a proof is about the model and these sizes.';

const PROOFS = [
  ['FULL, TOP, NONE and BITMAP; NONE with a reader', '92,236', '48,948', '28,564,864', '630 s'],
  [
    'one failure, with each policy; each bitmap with each bitmap-mode, in FULL and TOP with and without one failure; readers of a ' +
      'snapshot-access node; `on-cbw-error=break-snapshot` with one failure',
    '46,472',
    '36,150',
    '55,124,113',
    '344 s',
  ],
  [
    'two disks of one sector, in a transaction, individual, grouped or failing, or started apart; two writes, each on either disk, ' +
      'which may wait for each other; one failure',
    '6,880',
    '6,880',
    '13,636,140',
    '22 s',
  ],
  ['a bitmap in FULL, TOP and BITMAP; QEMU quits at any point and is started again; two writes', '1,474', '1,162', '3,902,184', '5 s'],
];

const PROOF_COMMANDS =
  'A bitmap in BITMAP is any set of dirty clusters, and what a job leaves in it is judged by what the next increment would lack ' +
  '(next-increment). So no chain of such increments can lose a cluster, however long: each begins with a bitmap that is among these.\n\n' +
  '    npx cowcheck check --exhaustive --family block-copy --variants plain,reader\n' +
  '    npx cowcheck check --exhaustive --family block-copy --cluster-sectors 1 --kinds write \\\n' +
  '        --variants fault,bitmap,snapshotAccess,breakSnapshot\n' +
  '    npx cowcheck check --exhaustive --family block-copy --clusters 1 --cluster-sectors 1 --kinds write \\\n' +
  '        --variants transaction\n' +
  '    npx cowcheck check --exhaustive --family block-copy --cluster-sectors 1 --kinds write --variants restart\n\n' +
  'With `--job qemu-11.1` the second of these breaks in TOP, by B-103 and B-104, and nowhere else (`--keep-going`, 348 s).';

const steps = (those: readonly Step[]): string => table(['step', 'what happens'], those);
