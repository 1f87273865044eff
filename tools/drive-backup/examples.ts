/** A `drive-backup` that is accepted, and for each check a way to be refused by it alone. */
import type { CheckName, Device, DriveBackupRequest, Environment } from './checks.ts';

const GIB = 2 ** 30;

const DISK: Device = {
  file: '/vm/disk.qcow2',
  format: 'qcow2',
  inserted: true,
  inUseBy: null,
  length: 8 * GIB,
  flags: ['read-write'],
  backing: { file: '/vm/base.qcow2', format: 'qcow2' },
  ioStatus: true,
};

export interface Example {
  readonly request: DriveBackupRequest;
  readonly environment: Environment;
}

/** NONE, because every check can refuse it: it always wants a backing file. */
export const ACCEPTED: Example = {
  request: { device: 'drive0', target: '/backup/disk.qcow2', sync: 'none' },
  environment: {
    devices: { drive0: DISK },
    formats: {
      raw: { creates: true, backing: 'nothing' },
      qcow2: { creates: true, backing: 'name and format' },
      vmdk: { creates: true, backing: 'name' },
      vpc: { creates: true, backing: 'nothing', largest: 2040 * GIB },
    },
    protocols: { file: { creates: true }, nbd: { creates: false } },
    files: { '/vm/disk.qcow2': { holds: 'qcow2' }, '/vm/base.qcow2': { holds: 'qcow2' } },
  },
};

/** What is different from an example. */
export interface Change {
  readonly request?: Partial<DriveBackupRequest>;
  readonly device?: Partial<Device>;
  readonly formats?: Environment['formats'];
  readonly protocols?: Environment['protocols'];
  readonly files?: Environment['files'];
}

export const REFUSED: Readonly<Record<CheckName, Change>> = {
  deviceExists: { request: { device: 'drive1' } },
  mediumInserted: { device: { inserted: false } },
  formatKnown: { request: { format: 'qcow4' } },
  deviceNotInUse: { device: { inUseBy: 'block job' } },
  lengthReadable: { device: { length: 'EIO' } },
  protocolKnown: { request: { target: 'gopher://backup/disk.qcow2' } },
  backingSupported: { request: { format: 'raw' } },
  backingFormatSupported: { request: { format: 'vmdk' } },
  targetIsNotItsBacking: { device: { file: '/backup/disk.qcow2' }, files: { '/backup/disk.qcow2': { holds: 'qcow2' } } },
  creationSupported: { request: { target: 'nbd:backup:10809' } },
  sizeSupported: { request: { sync: 'full', format: 'vpc' }, device: { length: 4096 * GIB } },
  targetCreated: { files: { '/backup/disk.qcow2': { creating: 'EACCES' } } },
  targetOpened: { files: { '/backup/disk.qcow2': { opening: 'EINVAL' } } },
  sourceHasIoStatus: { request: { onSourceError: 'stop' }, device: { ioStatus: false } },
  speedNotNegative: { request: { speed: -1 } },
};

/** The accepted example with these changes. */
export function exampleWith(...changes: readonly Change[]): Example {
  return changes.reduce(changed, ACCEPTED);
}

function changed({ request, environment }: Example, change: Change): Example {
  const { drive0 } = environment.devices;
  return {
    request: { ...request, ...change.request },
    environment: {
      devices: { drive0: { ...drive0!, ...change.device } },
      formats: { ...environment.formats, ...change.formats },
      protocols: { ...environment.protocols, ...change.protocols },
      files: mergedRows(environment.files, change.files ?? {}),
    },
  };
}

/** A file may be changed twice: once in what it holds, once in what it fails with. */
function mergedRows<Row extends object>(rows: Readonly<Record<string, Row>>, changes: Readonly<Record<string, Row>>): Record<string, Row> {
  const merged: Record<string, Row> = { ...rows };
  for (const [name, row] of Object.entries(changes)) merged[name] = { ...merged[name], ...row };
  return merged;
}
