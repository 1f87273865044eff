/** What a reproducer knows of its trace besides the steps: how the backup is started, what guests ask for, and the disks. */
import type { FailingTrace } from '../../../trace/format.ts';
import { startOf, versionOf } from '../campaign/real-trace.ts';
import { backupArguments, keepsItsPoint, nextIncrement } from '../case/job.ts';
import { type QmpCommand, type Served, setUpOf } from '../case/set-up.ts';
import type { Start } from '../../../validate/start.ts';
import { neededFor, smallestChunk } from '../case/start.ts';
import { ASKED, NEEDED } from '../daemon/capabilities.ts';
import { Disks } from '../disks/disks.ts';
import { fillSector } from '../disks/pattern.ts';
import type { Check } from './check.ts';
import { imageOf } from './images.ts';
import type { JobEnd } from '../observe/oracle.ts';
import { Tuple } from './python.ts';

export interface Constant {
  readonly about: string;
  readonly name: string;
  readonly value: unknown;
}

/** One process runs one case, so names need no number; and QEMU runs in the folder of the sockets. */
const NAMES = { named: (what: string): string => what, socket: 'disks' };
/** Of the second disk of a transaction. */
const SECOND = { named: (what: string): string => `${what}2`, socket: 'disks' };

export function constantsOf(trace: FailingTrace, check: Check): Constant[] {
  const start = startOf(trace.schedule);
  return [...backupConstants(trace, start, check), ...diskConstants(trace, start)];
}

function backupConstants({ scenario, job }: FailingTrace, start: Start, check: Check): Constant[] {
  const guests = scenario.guest.map(({ id, kind, first, count, after, early }) => {
    const when = {
      ...(after.length === 0 ? {} : { after }),
      ...(early && start.by === 'job' ? { early } : {}),
      ...(start.second.includes(id) ? { disk: 'source2' } : {}),
    };
    return [id, { kind, first, count, ...when }] as const;
  });
  return [
    {
      about: 'Requests of guests: sectors from the first on, and what must have ended before. readT0 reads the point in time.',
      name: 'GUESTS',
      value: Object.fromEntries(guests),
    },
    {
      about: 'blockdev-backup. None: a filter is there from the beginning, and no job.',
      name: 'START',
      value: start.by === 'filter' ? null : backupArguments(scenario, start, NAMES.named),
    },
    {
      about: 'The backup of a second disk, which the same transaction starts, and its completion-mode. None: there is one disk.',
      name: 'SECOND, COMPLETION',
      value: new Tuple(start.transaction === null ? null : backupArguments(scenario, start, SECOND.named), start.transaction),
    },
    {
      about: 'Options for a newer QEMU, so that its job copies cluster by cluster as the one of the trace does.',
      name: 'START_IF_KNOWN',
      value: isWithoutChunks(job, start) ? { 'x-perf': { 'max-workers': 1, 'max-chunk': smallestChunk(scenario) } } : {},
    },
    {
      about: 'The increment that is made once the job is over.',
      name: 'NEXT',
      value: start.bitmapMode === null ? null : nextIncrement('next', NAMES.named),
    },
    {
      about:
        'Ends of the job after which the bitmap still has all that was written since the first backup. The target is that backup again.',
      name: 'KEEPS_POINT',
      value: ENDS.filter((end) => keepsItsPoint(start, end)),
    },
    { about: 'The sync mode.', name: 'MODE', value: scenario.mode },
    { about: 'What shows the bug: target, reader, guest, increment, group, crash or hang.', name: 'CHECK', value: check },
    {
      about: 'Whether a failed copy makes the backup void, and readers of its target are not told.',
      name: 'MAY_BE_VOID',
      value: start.onCbwError === 'break-snapshot' && start.reads === 'target',
    },
    {
      about: 'What a QEMU must have: commands, and the way through their arguments.',
      name: 'NEEDS',
      value: [...NEEDED, ...neededFor(start).map((name) => ASKED[name])].map((way) => [...way]),
    },
  ];
}

/** The job of 5.2 copies one cluster after the other, and can't be told otherwise (block/backup.c, `backup_loop`). */
const isWithoutChunks = (job: string, { by, workers }: Start): boolean =>
  by === 'job' && workers === null && Number(/^\d+/.exec(versionOf({ job: job as 'qemu x' })!)![0]) < CHUNKS_SINCE;
const CHUNKS_SINCE = 6;

const ENDS: readonly JobEnd[] = ['completed', 'failed', 'cancelled'];

function diskConstants({ scenario }: FailingTrace, start: Start): Constant[] {
  const disks = new Disks(scenario, start.bitmapMode !== null);
  const { discardReads } = scenario.disk;
  const all = (start.transaction === null ? [NAMES] : [NAMES, SECOND]).map((names) => {
    const { commands, ...nudged } = setUpOf(disks, scenario, start, names, true);
    const bare = setUpOf(disks, scenario, start, names, false).commands.length;
    return { ...nudged, names, opening: commands.slice(0, bare), nudging: commands.slice(bare) };
  });
  const nudges = all.flatMap(({ behind, names }) => [...behind].map(([{ name }, node]) => [names.named(name), node] as const));
  const guests = Object.fromEntries(all.map(({ guest, names }) => [names.named('source'), guest]));
  return [
    { about: 'Bytes of a sector and of the disk.', name: 'SECTOR, SIZE', value: new Tuple(disks.sectorBytes, sizeOf(disks)) },
    {
      about: 'Our disks. data: (offset in the file, offset on the disk, length, whose); meta: (offset in the file, bytes of qcow2).',
      name: 'DISKS',
      value: Object.fromEntries(all.flatMap(({ served }) => served.map((one) => [one.name, diskOf(one, disks, discardReads)]))),
    },
    {
      about: 'What a source that is no raw file shows at the beginning, as data of a disk.',
      name: 'SHOWN',
      value: disks.source.format === 'raw' ? [] : shownAtBegin(disks),
    },
    { about: 'The graph, and exports over it.', name: 'SET_UP', value: all.flatMap(({ opening }) => opening.map(tupleOfCommand)) },
    {
      about: 'Exports of what lies behind the end of each disk.',
      name: 'SET_UP_NUDGES',
      value: all.flatMap(({ nudging }) => nudging.map(tupleOfCommand)),
    },
    {
      about: 'Exports for the guests, for readers of the point in time, and behind the end of each disk.',
      name: 'GUEST, READER, NUDGES',
      value: new Tuple(guests, all[0]!.reader, Object.fromEntries(nudges)),
    },
  ];
}

const tupleOfCommand = ({ execute, arguments: args }: QmpCommand): Tuple => new Tuple(execute, args);

function diskOf({ image, readOnly, disk }: Served, disks: Disks, discardReads: string): object {
  const found = disks.all.find(({ name }) => name === disk);
  const { data, meta } = imageOf(image, disks);
  return {
    size: found?.bytes ?? image.length,
    total: image.length,
    raw: found?.format === 'raw',
    ...(disk === null ? { held: false } : {}),
    ...(readOnly ? { read_only: true } : {}),
    ...(discardReads === 'zero' || discardReads === 'backing' ? {} : { trims: false }),
    ...(data.length === 0 ? {} : { data }),
    ...(meta.length === 0 ? {} : { meta }),
  };
}

const sizeOf = ({ contents, sectorBytes }: Disks): number => contents.sectors * sectorBytes;

function shownAtBegin(disks: Disks): readonly Tuple[] {
  const { sectorBytes, contents } = disks;
  const shown = Buffer.alloc(sizeOf(disks));
  for (let s = 0; s < contents.sectors; s++) fillSector(shown.subarray(s * sectorBytes, (s + 1) * sectorBytes), disks.shownAtBegin(s));
  return imageOf(shown, disks).data;
}
