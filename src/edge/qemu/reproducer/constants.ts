/** What a reproducer knows of its trace besides the steps: how the backup is started, what guests ask for, and the disks. */
import type { FailingTrace } from '../../../trace/format.ts';
import { startOf } from '../campaign/real-trace.ts';
import { backupArguments, keepsItsPoint } from '../case/job.ts';
import { type Names, type QmpCommand, type Served, type SetUp, setUpOf } from '../case/set-up.ts';
import type { Start } from '../../../validate/start.ts';
import { smallestChunk } from '../case/start.ts';
import { Disks, PAD_BYTES } from '../disks/disks.ts';
import { fillSector } from '../disks/pattern.ts';
import { imageOf } from './images.ts';
import { ENDS, type Need, nudgedDisks } from './needs.ts';
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

export function constantsOf(trace: FailingTrace, needs: ReadonlySet<Need>): Constant[] {
  const start = startOf(trace.schedule);
  return [
    ...when(needs.has('second'), { name: 'ON_SECOND', value: start.second }),
    ...backupConstants(trace, start, needs),
    ...diskConstants(trace, start, needs),
  ];
}

const when = (is: boolean, constant: Constant): Constant[] => (is ? [constant] : []);

function backupConstants({ scenario }: FailingTrace, start: Start, needs: ReadonlySet<Need>): Constant[] {
  const isPair = start.transaction !== null;
  const jobs = ['job', ...(isPair ? ['job2'] : [])];
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
      about: 'A job copies one after the other.',
      name: 'SINCE_6_0',
      value: { 'x-perf': { 'max-workers': 1, 'max-chunk': smallestChunk(scenario) } },
    }),
    ...when(needs.has('second'), { name: 'JOBS', value: jobs }),
    ...when(needs.has('keeps'), {
      about: 'Ends of the job after which the bitmap has all since the first backup: the target is that backup again.',
      name: 'KEEPS_POINT',
      value: ENDS.filter((end) => keepsItsPoint(start, end)),
    }),
  ];
}

/** The command that starts the backup, and its arguments. */
function started(scenario: FailingTrace['scenario'], start: Start): Tuple {
  const [first, second] = [NAMES, SECOND].map(({ named }) => withoutDefaults(backupArguments(scenario, start, named)));
  if (start.transaction === null) return new Tuple('blockdev-backup', first);
  const actions = [first, second].map((data) => ({ type: 'blockdev-backup', data }));
  return new Tuple('transaction', { actions, properties: { 'completion-mode': start.transaction } });
}

/** An error is reported unless QEMU is told otherwise. */
const withoutDefaults = (options: object): object => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== 'report'));

function diskConstants(trace: FailingTrace, start: Start, needs: ReadonlySet<Need>): Constant[] {
  const { scenario, schedule } = trace;
  const disks = new Disks(scenario, start.bitmapMode !== null);
  const all = (start.transaction === null ? [NAMES] : [NAMES, SECOND]).map((names) => ({
    ...nudging(setUpOf(disks, scenario, start, names, needs.has('nudged')), nudgedDisks(trace), names),
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
  const [first, second] = all;
  const clients = [
    ...scenario.guest.map(({ id, kind }) => [
      id,
      kind === 'readT0' ? first!.reader : start.second.includes(id) ? second!.guest : first!.guest,
    ]),
    ...(needs.has('reader_judged') ? [['reader', first!.reader]] : []),
    ...(needs.has('check_increment') && needs.has('shown') ? all.map(({ guest, names }) => [names.named('guest'), guest]) : []),
  ] as [string, string][];
  const nudges = all.flatMap(({ behind, names }) => [...behind].map(([{ name }, node]) => [names.named(name), node.replace(/^on-/, '')]));
  const opened = argumentsOf('blockdev-add').map((node) => (trims ? node : withoutTrims(node)));
  const nodes = needs.has('keeps') ? opened : withDisksWithin(opened, new Set(nudges.map(([, node]) => node!)));
  return [
    {
      about: `bytes of a sector, of the disk${needs.has('nudged') ? ', behind it' : ''}`,
      name: needs.has('nudged') ? 'SECTOR, SIZE, TAIL' : 'SECTOR, SIZE',
      value: new Tuple(disks.sectorBytes, sizeOf(disks), ...(needs.has('nudged') ? [PAD_BYTES] : [])),
    },
    {
      about: `Bytes; data: offset in the file, place on the disk, size, whose${needs.has('qcow2') ? TABLES : '.'}`,
      name: 'DISKS',
      value: Object.fromEntries(served.map((one) => [one.name, diskOf(one, disks)])),
    },
    ...when(needs.has('shown') && needs.has('t0'), {
      about: 'What the source shows at the beginning, as data of a disk.',
      name: 'SHOWN',
      value: shownAtBegin(disks),
    }),
    {
      about: 'NBD transmission flags, and what changes a disk.',
      name: 'FLAGS, CHANGES',
      value: new Tuple(FLUSH + (trims ? TRIM : 0) + (zeroes ? ZEROES : 0), [
        'write',
        ...(zeroes ? ['zero'] : []),
        ...(trimsChange ? ['trim'] : []),
      ]),
    },
    ...when(nodes !== opened, { name: 'NBD', value: 'file.driver=nbd,file.server.type=unix,file.server.path=disks,file.export' }),
    {
      name: 'QEMU',
      value: new CommandLine([
        ...nodes.map((node) => ['blockdev', node] as const),
        ONCE_OPEN,
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
    { name: 'CLIENTS', value: Object.fromEntries(clients) },
    ...when(needs.has('nudged'), { about: 'What shows the TAIL of each disk.', name: 'NUDGES', value: Object.fromEntries(nudges) }),
  ];
}

/** QEMU does these in the order of its command line: its monitor connects once the disks are open. */
const ONCE_OPEN = '--nbd-server addr.type=unix,addr.path=exports --chardev socket,id=m,path=qmp --monitor chardev=m';

/** A set-up in which only some disks show what lies behind their end. */
function nudging({ served, commands, behind, ...rest }: SetUp, nudged: ReadonlySet<string>, { named }: Names): SetUp {
  const left = [...behind].filter(([{ name }]) => !nudged.has(named(name)));
  const looks = new Set(left.map(([{ name }]) => named(`${name}-look`)));
  const exports = new Set(left.map(([, name]) => name));
  return {
    ...rest,
    served: served.filter(({ name }) => !looks.has(name)),
    commands: commands.filter(({ arguments: one }) => !looks.has(String(one['node-name'])) && !exports.has(String(one['name']))),
    behind: new Map([...behind].filter(([disk]) => !left.some(([one]) => one === disk))),
  };
}

const TABLES = '; tables: offset, 8-byte words.';

/** Nothing trims these disks, so it is all the same whether they would be. */
function withoutTrims(node: QmpCommand['arguments']): QmpCommand['arguments'] {
  const { discard: _discard, ...rest } = node;
  return rest;
}

/** Nodes of which each has its disk within, as `{NBD}=source`. @param named nodes of disks that must have a name */
function withDisksWithin(nodes: readonly QmpCommand['arguments'][], named: ReadonlySet<string>): QmpCommand['arguments'][] {
  const disks = new Map(nodes.filter(({ driver }) => driver === 'nbd').map((node) => [node['node-name'], node]));
  return nodes
    .filter(({ driver }) => driver !== 'nbd')
    .map((node) => {
      const { file, ...rest } = node;
      const disk = disks.get(file);
      if (disk === undefined) return node;
      const { driver: _driver, server: _server, export: name, 'node-name': nodeName, ...options } = disk;
      const isNamed = named.has(String(nodeName)) || nodes.some(({ backing }) => backing === nodeName);
      return { ...rest, file: { ...(isNamed ? { 'node-name': nodeName } : {}), ...options }, '{NBD}': name };
    });
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
