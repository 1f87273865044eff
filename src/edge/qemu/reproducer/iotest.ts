/**
 * The trace of a real QEMU in the form of QEMU's own tests (tests/qemu-iotests, `iotests.QMPTestCase`). The storage daemon has no HMP, so
 * blkdebug's breakpoints (`qemu-io NODE "break ..."`) can't be set there: no request can be held, and only errors can be injected. So a
 * trace can be told so if its requests come one after the other, above a filter or a NONE job, which copies nothing by itself.
 */
import { ZERO } from '../../../../model/block/content.ts';
import type { Fault } from '../../../../model/block/faults.ts';
import type { GuestOperation, Scenario } from '../../../../model/scenario/scenario.ts';
import { syncOf } from '../../../../model/sync.ts';
import { wrap } from '../../../explain/wrap.ts';
import type { FailingTrace, Trace, TraceStep } from '../../../trace/format.ts';
import { copyClusterSectors } from '../../../validate/log.ts';
import { promiseOf, sentenceOf } from '../campaign/promises.ts';
import { startOf, versionOf } from '../campaign/real-trace.ts';
import { backupArguments } from '../case/job.ts';
import { type QmpCommand, setUpOf } from '../case/set-up.ts';
import { type Disk, Disks, sectorBytesOf } from '../disks/disks.ts';
import { runtimeSource } from '../../files/sources.ts';
import { NotHandedOn, checkOf } from './check.ts';
import { LINE_MAX, Tuple, assignment, comment } from './python.ts';
import { failures, stepsOf } from './steps.ts';

/** Bytes that tell whose data it is, as qemu-io has them: a guest's is the first plus its number. */
const PATTERN = { atT0: 0xa0, old: 0xd0, firstGuest: 0x10 } as const;
const NBD_SECTOR_BYTES = 512;

/** The text of the file. @throws NotHandedOn if QEMU's tools can't bring it about */
export function iotestOf(trace: Trace): string {
  const { failing } = checkOf(trace);
  const why = whyNoIotest(failing);
  if (why !== null) throw new NotHandedOn(why);
  return [
    '#!/usr/bin/env python3',
    '# group: rw quick',
    '#',
    ...aboutOf(failing).map((line) => comment(line).trimEnd()),
    'import os',
    'import iotests',
    'from iotests import QemuStorageDaemon, qemu_img, qemu_io',
    'from qemu.qmp import ExecuteError',
    '',
    'SOCKET = os.path.join(iotests.sock_dir, "nbd.sock")',
    ...constantsOf(failing).map(([name, value]) => assignment(name, value)),
    runtimeSource('iotest.py'),
  ].join('\n');
}

/** Null: it can be told so. */
function whyNoIotest({ scenario, schedule, verdict: { property } }: FailingTrace): string | null {
  const start = startOf(schedule);
  const copiesItself = start.by === 'job' && syncOf(scenario.mode).selects !== 'none';
  if (property !== 'stable-reader' && property !== 'snapshot-kept') return `an iotest does not check ${property}`;
  if (copiesItself) return "an iotest cannot hold the requests of a job that copies by itself: QEMU's storage daemon has no breakpoints";
  if (start.transaction !== null || start.bitmapMode !== null) return 'an iotest starts one job, without a bitmap';
  if (start.onCbwError === 'break-snapshot' && start.reads === 'target') return 'readers of the target are not told that it is broken';
  const cut =
    start.reads === 'snapshot-access' ? scenario.guest.find((one) => one.kind === 'readT0' && clustersOf(one, scenario) > 1) : undefined;
  if (cut !== undefined) return `qemu-io cannot make the read of ${cut.id}: QEMU's NBD server cuts it where its block status changes`;
  return whyNotInARow(schedule, scenario) ?? (scenario.disk.overlay === undefined ? null : 'an iotest has no source with a backing file');
}

/**
 * Clusters that a request meets. Between two of them block status of a snapshot may change, and the server reads each part by itself for
 * a client with structured replies, as qemu-io always is (nbd/server.c, `nbd_co_send_sparse_read`).
 */
function clustersOf({ first, count }: GuestOperation, scenario: Scenario): number {
  const size = copyClusterSectors(scenario);
  return Math.ceil((first + count) / size) - Math.floor(first / size);
}

/** Null: each request is over before anything else is asked for. */
function whyNotInARow(schedule: readonly TraceStep[], { guest }: Scenario): string | null {
  let open: string | null = null;
  let hasStarted = false;
  for (const { who, what, saw } of schedule) {
    const asks = guest.some(({ id }) => id === who) ? who : null;
    const isOf = asks ?? (who === 'user' || who === 'operator' ? what.split(' ')[0]! : null);
    if (isOf !== null && open !== null)
      return `an iotest cannot hold the requests of ${open} while ${isOf} begins: QEMU's storage daemon has no breakpoints`;
    if (asks !== null && !hasStarted) return `an iotest starts the backup first, and ${asks} comes before it`;
    if (isOf === 'start') hasStarted = true;
    else if (isOf === 'cancel' || isOf === 'stop') return null;
    else if (asks === null && isOf !== null) return `an iotest gives no command to ${isOf} a job`;
    open = asks ?? open;
    if (open !== null && saw.split(', ').some((text) => text === `${open} ok` || text.startsWith(`${open} error`))) open = null;
  }
  return null;
}

function aboutOf(trace: FailingTrace): string[] {
  const { verdict, schedule } = trace;
  const promise = promiseOf(trace);
  const fails = failures(stepsOf(schedule));
  const told = [
    `Found by cowcheck on QEMU ${versionOf(trace)}.`,
    ...(fails.length === 0 ? [] : [`Fails: ${fails.join('; ')}.`]),
    `Seen: ${verdict.detail}.`,
    `Promised: ${promise === null ? sentenceOf(verdict.property) : `${promise.text} (${promise.source})`}.`,
  ];
  return [...told.flatMap((line) => wrap(line, LINE_MAX - 2)), ''];
}

const NAMES = { named: (what: string): string => what, socket: '' };

function constantsOf(trace: FailingTrace): [name: string, value: unknown][] {
  const { scenario, schedule } = trace;
  const start = startOf(schedule);
  const disks = new Disks(scenario);
  const setUp = setUpOf(disks, scenario, start, NAMES, false);
  const faults = (scenario.faults ?? []).filter((fault) => struckBy(fault, schedule));
  const size = disks.contents.sectors * disks.sectorBytes;
  return [
    ['SIZE, GUESTS, READER', new Tuple(size, setUp.guest, setUp.reader)],
    ['IMAGES', Object.fromEntries(disks.all.map((disk) => [disk.name, imageOf(disk, disks)]))],
    ['AT_T0', runsOf(disks, (s) => (disks.shownAtBegin(s) === ZERO ? 0 : PATTERN.atT0))],
    ['SETUP', setUp.commands.filter(({ arguments: { driver } }) => driver !== 'nbd').flatMap((one) => withErrors(one, faults, trace))],
    ['START', start.by === 'filter' ? [] : [new Tuple('blockdev-backup', backupArguments(scenario, start, NAMES.named))]],
    ['STEPS', stepsIn(trace)],
  ];
}

/** Bytes of a cluster, 0 if it is raw; its size; and its data. */
function imageOf(disk: Disk, disks: Disks): Tuple {
  const isTarget = disk.name === 'target';
  const data =
    disk.format === 'qcow2' ? [] : runsOf(disks, (s) => (isTarget ? PATTERN.old : disks.shownAtBegin(s) === ZERO ? 0 : PATTERN.atT0));
  const cluster = disk.format === 'qcow2' ? 2 ** disk.image.readUInt32BE(20) : 0;
  return new Tuple(
    cluster,
    disks.contents.sectors * disks.sectorBytes,
    data.filter(({ items: [pattern] }) => pattern !== 0),
  );
}

/** Sectors in a row that have the same pattern: `(pattern, offset, bytes)`. */
function runsOf({ contents, sectorBytes }: Disks, patternOf: (sector: number) => number): Tuple[] {
  const runs: { pattern: number; first: number; end: number }[] = [];
  for (let s = 0; s < contents.sectors; s++) {
    const last = runs.at(-1);
    if (last?.pattern === patternOf(s)) last.end = s + 1;
    else runs.push({ pattern: patternOf(s), first: s, end: s + 1 });
  }
  return runs.map(({ pattern, first, end }) => new Tuple(pattern, first * sectorBytes, (end - first) * sectorBytes));
}

/** The command as it is, or with a blkdebug above the disk's format: there an offset is one of the disk, and not of its file. */
function withErrors({ execute, arguments: node }: QmpCommand, faults: readonly Fault[], { scenario, schedule }: FailingTrace): Tuple[] {
  const name = String(node['node-name']);
  const mine = execute === 'blockdev-add' ? faults.filter(({ side }) => side === name) : [];
  if (mine.length === 0) return [new Tuple(execute, node)];
  const errors = mine.flatMap((fault) =>
    Array.from({ length: fault.times }, () => ({
      event: 'none',
      iotype: iotypeOf(fault, schedule),
      errno: fault.errno === 'EIO' ? 5 : 28,
      sector: (fault.cluster * scenario.disk.clusterSectors * sectorBytesOf(scenario)) / NBD_SECTOR_BYTES,
      once: true,
    })),
  );
  return [
    new Tuple(execute, { ...node, 'node-name': `${name}-format` }),
    new Tuple(execute, { driver: 'blkdebug', 'node-name': name, image: `${name}-format`, 'inject-error': errors, discard: 'unmap' }),
  ];
}

const STRUCK = /^(?<kind>read|write|zero|status)\./;
const IOTYPES: Readonly<Record<string, string>> = { read: 'read', write: 'write', zero: 'write-zeroes', status: 'block-status' };
const KINDS: Readonly<Record<Fault['op'], readonly string[]>> = { read: ['read'], write: ['write', 'zero'], ask: ['status'] };

const kindsStruck = ({ side, op, errno }: Fault, schedule: readonly TraceStep[]): string[] =>
  schedule
    .filter(({ who, saw }) => who === side && saw.split(', ').includes(errno))
    .flatMap(({ what }) => STRUCK.exec(what)?.groups!['kind'] ?? [])
    .filter((kind) => KINDS[op].includes(kind));

const struckBy = (fault: Fault, schedule: readonly TraceStep[]): boolean => kindsStruck(fault, schedule).length > 0;
const iotypeOf = (fault: Fault, schedule: readonly TraceStep[]): string => IOTYPES[kindsStruck(fault, schedule)[0]!]!;

/** What the user and the guests do, up to the end of the backup. */
function stepsIn({ schedule, scenario }: FailingTrace): Tuple[] {
  const steps: Tuple[] = [];
  for (const { who, what } of schedule) {
    if (what === 'cancel' || what === 'stop') break;
    const n = scenario.guest.findIndex(({ id }) => id === who);
    if (n >= 0) steps.push(asked(scenario.guest[n]!, n, sectorBytesOf(scenario)));
    else if (who === 'user') steps.push(new Tuple('user', 'start'));
  }
  return steps;
}

function asked({ id, kind, first, count }: GuestOperation, n: number, sectorBytes: number): Tuple {
  const range = `${first * sectorBytes} ${count * sectorBytes}`;
  if (kind === 'readT0') return new Tuple(id, kind, first * sectorBytes, count * sectorBytes);
  if (kind === 'flush') return new Tuple(id, kind);
  if (kind === 'write') return new Tuple(id, `write -P ${PATTERN.firstGuest + n} ${range}`);
  return new Tuple(id, kind === 'zero' ? `write -z ${range}` : `${kind} ${range}`);
}
