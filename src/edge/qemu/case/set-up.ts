/**
 * What QEMU is told so that a case can run: our disks under a source and a target, and its own exports over them. Plain data, which
 * `graph.ts` carries out and a reproducer writes down (../reproducer).
 */
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import { syncOf } from '../../../../model/sync.ts';
import type { Disk, DiskName, Disks } from '../disks/disks.ts';
import { emptyBytesOf, writeQcow2 } from '../disks/qcow2.ts';
import { BITMAP } from './job.ts';
import type { Start } from '../../../validate/start.ts';

/** A command of QEMU's monitor, as it goes over the wire. */
export interface QmpCommand {
  readonly execute: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Bytes that we serve. */
export interface Served {
  readonly name: string;
  readonly image: Buffer;
  readonly readOnly: boolean;
  /** The disk whose requests are held; null: QEMU is always answered at once. */
  readonly disk: DiskName | null;
}

export interface SetUp {
  readonly served: readonly Served[];
  /** In the order in which they are sent. Nobody needs to wait for a reply before sending the next. */
  readonly commands: readonly QmpCommand[];
  /** QEMU's export that the guest uses. */
  readonly guest: string;
  /** The one that shows the point in time; null: it can't be read yet. */
  readonly reader: string | null;
  /** By disk, the one that shows the bytes behind its end (nudge.ts). */
  readonly behind: ReadonlyMap<Disk, string>;
}

export interface Names {
  /** Makes a name of this case's of a node's. */
  readonly named: (what: string) => string;
  /** The unix socket on which we serve. */
  readonly socket: string;
}

const LOOK_CLUSTER_BYTES = 65_536;

/** @param isNudged whether QEMU may leave answers unheeded, so that the bytes behind the end of each disk must be in reach */
export function setUpOf(
  disks: Disks,
  { mode }: Scenario,
  { by, reads, onCbwError, bitmapMode, granularity, backing }: Start,
  names: Names,
  isNudged: boolean,
): SetUp {
  const { named } = names;
  const { beneath, readableWhileRunning } = syncOf(mode);
  const served: Served[] = disks.all.map((disk) => ({
    name: named(disk.name),
    image: disk.image,
    readOnly: disk.name === 'base',
    disk: disk.name,
  }));
  const base = disks.base === null ? null : named('base');
  const commands: QmpCommand[] = [
    ...(disks.base === null ? [] : openDisk(disks.base, null, names)),
    ...openDisk(disks.source, base, names),
    ...openDisk(
      disks.target,
      { nothing: null, backing: backing === 'later' ? null : base, source: named('source'), previous: null }[beneath],
      names,
    ),
  ];
  if (bitmapMode !== null)
    commands.push({ execute: 'block-dirty-bitmap-add', arguments: { node: named('source'), name: BITMAP, granularity } });
  if (by === 'filter')
    commands.push(
      add({
        driver: 'copy-before-write',
        'node-name': named('filter'),
        file: named('source'),
        target: named('target'),
        discard: 'unmap',
        ...(onCbwError === 'break-snapshot' ? { 'on-cbw-error': onCbwError } : {}),
      }),
    );
  const snapshot = named(reads === 'snapshot-access' ? 'snapshot' : 'target');
  if (reads === 'snapshot-access') commands.push(add({ driver: 'snapshot-access', 'node-name': snapshot, file: named('filter') }));
  const guest = named(by === 'filter' ? 'filter' : 'source');
  commands.push(exportOf(guest, true));
  if (readableWhileRunning) commands.push(exportOf(snapshot, false));
  const behind = new Map<Disk, string>();
  for (const disk of isNudged ? disks.all : []) {
    const end = endOf(disk, names);
    served.push(...end.served);
    commands.push(...end.commands);
    behind.set(disk, end.exportName);
  }
  return { served, commands, guest: exportNameOf(guest), reader: readableWhileRunning ? exportNameOf(snapshot) : null, behind };
}

/** What shows the bytes behind the end of a disk that is open. */
export function endOf(disk: Disk, names: Names): Pick<SetUp, 'served' | 'commands'> & { readonly exportName: string } {
  const protocol = names.named(`${disk.name}-p`);
  const look = disk.format === 'raw' ? null : lookThrough(disk, protocol, names);
  const node = look === null ? protocol : look.served.name;
  return {
    served: look === null ? [] : [look.served],
    commands: [...(look === null ? [] : [look.command]), exportOf(node, false)],
    exportName: exportNameOf(node),
  };
}

/** What makes a disk of the bytes. */
export function formatOf(disk: Disk, backing: string | null, { named }: Names): QmpCommand {
  const driver = disk.format === 'raw' ? { driver: 'raw', size: disk.bytes } : { driver: 'qcow2', backing };
  return add({ ...driver, 'node-name': named(disk.name), file: named(`${disk.name}-p`), ...accessOf(disk) });
}

/** The name of an export of a node. */
export const exportNameOf = (node: string): string => `on-${node}`;

/** An export of a node. */
export const exportOf = (node: string, writable: boolean): QmpCommand => ({
  execute: 'block-export-add',
  arguments: { type: 'nbd', id: exportNameOf(node), 'node-name': node, name: exportNameOf(node), writable },
});

const add = (options: Readonly<Record<string, unknown>>): QmpCommand => ({ execute: 'blockdev-add', arguments: options });

const accessOf = ({ name }: Disk): object => (name === 'base' ? { 'read-only': true } : { discard: 'unmap' });

export const openDisk = (disk: Disk, backing: string | null, names: Names): QmpCommand[] => [
  add({ ...nbd(names.named(disk.name), names), 'node-name': names.named(`${disk.name}-p`), ...accessOf(disk) }),
  formatOf(disk, backing, names),
];

const nbd = (exportName: string, { socket }: Names): object => ({
  driver: 'nbd',
  server: { type: 'unix', path: socket },
  export: exportName,
});

/**
 * Shows the bytes behind the end of a format's file over the very connection that the file has: an export does not share the right to
 * resize, which qcow2 wants of its file; the backing file of an overlay does.
 */
function lookThrough(disk: Disk, protocol: string, names: Names): { served: Served; command: QmpCommand } {
  const bytes = disk.image.length;
  const image = Buffer.alloc(emptyBytesOf(bytes, LOOK_CLUSTER_BYTES));
  writeQcow2(image, { bytes, clusterBytes: LOOK_CLUSTER_BYTES, cluster: () => null });
  const name = names.named(`${disk.name}-look`);
  return {
    served: { name, image, readOnly: true, disk: null },
    command: add({ driver: 'qcow2', 'node-name': name, 'read-only': true, file: nbd(name, names), backing: protocol }),
  };
}
