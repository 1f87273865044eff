/** What a reproducer knows of its trace besides the steps: how the backup is started, what guests ask for, and the disks. */
import type { FailingTrace } from '../../../trace/format.ts';
import { startOf } from '../campaign/real-trace.ts';
import { backupArguments, keepsItsPoint } from '../case/job.ts';
import { type Names, type QmpCommand, type Served, setUpOf } from '../case/set-up.ts';
import type { Start } from '../../../validate/start.ts';
import { smallestChunk } from '../case/start.ts';
import { Disks } from '../disks/disks.ts';
import { fillSector } from '../disks/pattern.ts';
import type { Check } from './check.ts';
import { imageOf } from './images.ts';
import { ENDS, type Need } from './needs.ts';
import { CommandLine, Tuple } from './python.ts';

export interface Constant {
  /** Where its name does not say it. */
  readonly about?: string | undefined;
  readonly name: string;
  readonly value: unknown;
}

/** One process runs one case, so names need no number; and QEMU runs in the folder of the sockets. */
const NAMES: Names = { named: (what: string): string => what, socket: 'disks' };
/** Of the second disk of a transaction. */
const SECOND: Names = { named: (what: string): string => `${what}2`, socket: 'disks' };

export function constantsOf(trace: FailingTrace, check: Check, needs: ReadonlySet<Need>): Constant[] {
  const start = startOf(trace.schedule);
  return [...guestConstants(trace, start, needs), ...backupConstants(trace, start, check, needs), ...diskConstants(trace, start, needs)];
}

function guestConstants({ scenario: { guest } }: FailingTrace, start: Start, needs: ReadonlySet<Need>): Constant[] {
  return [{ name: 'GUESTS', value: guest.map(({ id }) => id) }, ...when(needs.has('second'), { name: 'ON_SECOND', value: start.second })];
}

const when = (is: boolean, constant: Constant): Constant[] => (is ? [constant] : []);

function backupConstants({ scenario }: FailingTrace, start: Start, check: Check, needs: ReadonlySet<Need>): Constant[] {
  const isPair = start.transaction !== null;
  const jobs = start.by === 'job' ? { job: 'source', ...(isPair ? { job2: 'source2' } : {}) } : {};
  const said = (command: string, args: object): Tuple => new Tuple(command, args);
  const device = { device: 'job' };
  const commands = {
    start: started(scenario, start),
    ...(needs.has('cancel') ? { cancel: said('block-job-cancel', { ...device, force: true }) } : {}),
    ...(needs.has('resume') ? { pause: said('block-job-pause', device), resume: said('block-job-resume', device) } : {}),
    ...(needs.has('finalize') ? { finalize: said('job-finalize', { id: 'job' }) } : {}),
  };
  return [
    ...when(start.by === 'job', { name: 'COMMANDS', value: commands }),
    ...when(needs.has('chunks'), {
      about: 'Where a job copies several clusters at once unless it is told not to.',
      name: 'SINCE_6_0',
      value: { 'x-perf': { 'max-workers': 1, 'max-chunk': smallestChunk(scenario) } },
    }),
    { about: start.by === 'job' ? undefined : 'There is none, but a filter from the beginning on.', name: 'JOBS', value: jobs },
    ...when(needs.has('keeps'), {
      about: 'Ends of the job after which the bitmap has all since the first backup: the target is that backup again.',
      name: 'KEEPS_POINT',
      value: ENDS.filter((end) => keepsItsPoint(start, end)),
    }),
    {
      about: 'The exit status if QEMU does so.',
      name: 'CRASH, HANG',
      value: new Tuple(check === 'crash' ? BUG : CANNOT_SAY, check === 'hang' ? BUG : CANNOT_SAY),
    },
  ];
}

/** As for `git bisect run`. */
const [BUG, CANNOT_SAY] = [1, 125];

/** The command that starts the backup, and its arguments. */
function started(scenario: FailingTrace['scenario'], start: Start): Tuple {
  const [first, second] = [NAMES, SECOND].map(({ named }) => backupArguments(scenario, start, named));
  if (start.transaction === null) return new Tuple('blockdev-backup', first);
  const actions = [first, second].map((data) => ({ type: 'blockdev-backup', data }));
  return new Tuple('transaction', { actions, properties: { 'completion-mode': start.transaction } });
}

function diskConstants({ scenario, schedule }: FailingTrace, start: Start, needs: ReadonlySet<Need>): Constant[] {
  const disks = new Disks(scenario, start.bitmapMode !== null);
  const all = (start.transaction === null ? [NAMES] : [NAMES, SECOND]).map((names) => ({
    ...setUpOf(disks, scenario, start, names, true),
    bare: setUpOf(disks, scenario, start, names, false).commands.length,
    names,
  }));
  const served = all.flatMap((one) => one.served);
  // A QEMU that needs no nudge may refuse the exports for them, so they are asked for once its version is known.
  const commands = all.flatMap(({ commands: each, bare }) => each.filter(({ execute }, i) => i < bare || execute === 'blockdev-add'));
  const argumentsOf = (execute: string): QmpCommand['arguments'][] =>
    commands.filter((command) => command.execute === execute).map((command) => command.arguments);
  const asks = (...kinds: string[]): boolean =>
    schedule.some(({ what }) => kinds.includes(what.split(/[. ]/)[0]!)) || scenario.guest.some(({ kind }) => kinds.includes(kind));
  const [trims, zeroes] = [asks('trim', 'discard'), asks('zero')];
  const { discardReads } = scenario.disk;
  const trimsChange = trims && (discardReads === 'zero' || discardReads === 'backing');
  const clients = all.flatMap(({ guest, reader, names }) => [
    [names.named('guest'), guest],
    ...(reader === null || names === SECOND ? [] : [['reader', reader]]),
  ]) as [string, string][];
  const nudges = all.flatMap(({ behind, names }) => [...behind].map(([{ name }, node]) => [names.named(name), node.replace(/^on-/, '')]));
  return [
    { about: 'Bytes of a sector, and of the disk.', name: 'SECTOR, SIZE', value: new Tuple(disks.sectorBytes, sizeOf(disks)) },
    {
      about: `Bytes with the TAIL; data: offset, place on the disk, size, whose${needs.has('qcow2') ? TABLES : '.'}`,
      name: 'DISKS',
      value: Object.fromEntries(served.map((one) => [one.name, diskOf(one, disks)])),
    },
    ...when(needs.has('qcow2'), {
      name: 'QCOW2',
      value: served.filter(({ disk }) => disks.all.find(({ name }) => name === disk)?.format !== 'raw').map(({ name }) => name),
    }),
    ...when(needs.has('shown'), {
      about: 'What the source shows at the beginning, as data of a disk.',
      name: 'SHOWN',
      value: shownAtBegin(disks),
    }),
    {
      about: 'What the disks can do (NBD transmission flags), and what changes them.',
      name: 'FLAGS, CHANGES',
      value: new Tuple(FLUSH + (trims ? TRIM : 0) + (zeroes ? ZEROES : 0), [
        'write',
        ...(zeroes ? ['zero'] : []),
        ...(trimsChange ? ['trim'] : []),
      ]),
    },
    {
      name: 'QEMU',
      value: new CommandLine([
        ['nbd-server', { addr: { type: 'unix', path: 'exports' } }],
        ...argumentsOf('blockdev-add').map((node) => ['blockdev', trims ? node : withoutTrims(node)] as const),
        ...argumentsOf('block-export-add').map((one) => ['export', one] as const),
      ]),
    },
    ...when(needs.has('bitmap'), { name: 'BITMAPS', value: argumentsOf('block-dirty-bitmap-add') }),
    ...when(needs.has('keeps'), {
      name: 'TARGETS',
      value: Object.fromEntries(
        argumentsOf('blockdev-add')
          .filter((node) => /^target2?$/.test(String(node['node-name'])))
          .map((node) => [String(node['node-name']), node]),
      ),
    }),
    { about: 'Exports.', name: 'CLIENTS', value: Object.fromEntries(clients) },
    { about: 'What shows the TAIL of each disk.', name: 'NUDGES', value: Object.fromEntries(nudges) },
  ];
}

const TABLES = '; offset and bytes of tables.';

/** Nothing trims these disks, so it is all the same whether they would be. */
function withoutTrims(node: QmpCommand['arguments']): object {
  const { discard: _discard, ...rest } = node;
  return rest;
}

/** NBD_FLAG_HAS_FLAGS and NBD_FLAG_SEND_FLUSH, NBD_FLAG_SEND_TRIM, NBD_FLAG_SEND_WRITE_ZEROES. */
const [FLUSH, TRIM, ZEROES] = [5, 32, 64];

function diskOf({ image }: Served, disks: Disks): Tuple {
  const { data, meta } = imageOf(image, disks);
  return new Tuple(image.length, data, ...(meta.length === 0 ? [] : [meta]));
}

const sizeOf = ({ contents, sectorBytes }: Disks): number => contents.sectors * sectorBytes;

function shownAtBegin(disks: Disks): readonly Tuple[] {
  const { sectorBytes, contents } = disks;
  const shown = Buffer.alloc(sizeOf(disks));
  for (let s = 0; s < contents.sectors; s++) fillSector(shown.subarray(s * sectorBytes, (s + 1) * sectorBytes), disks.shownAtBegin(s));
  return imageOf(shown, disks).data;
}
