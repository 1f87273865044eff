/**
 * What `drive-backup` checks before it starts a job, in its order, and what it decides for the
 * target: reference A.10, QEMU 1.6 (commit fc5d3f84). Here the checks are rows of a table, each a
 * question about a request and its surroundings, both plain data; QEMU asks as it goes along.
 *
 * Out of scope: HMP's `drive_backup`, which has other defaults; the transaction action, which drains
 * everything and then calls the same function; and what QMP's schema refuses before the command is
 * called (an argument missing, of another type, or with a value that is none of its enum's).
 *
 * No rows, because with the checks before them they can't refuse: the second look for the format
 * and for the backing file's format in bdrv_img_create, the second length query in backup_start, and
 * the second look whether the device is in use in block_job_create.
 */
import { type SyncMode, syncOf } from '../../model/sync.ts';
import type { ErrorPolicy } from '../../model/job/error-policy.ts';

export type NewImageMode = 'absolute-paths' | 'existing';

export interface DriveBackupRequest {
  readonly device: string;
  readonly target: string;
  readonly sync: SyncMode;
  readonly format?: string;
  readonly mode?: NewImageMode;
  /** Bytes a second; 0: as fast as it goes. */
  readonly speed?: number;
  readonly onSourceError?: ErrorPolicy;
  readonly onTargetError?: ErrorPolicy;
}

/** What the command fills in; `format` is no constant, see commandOf. */
export const DEFAULTS = {
  mode: 'absolute-paths',
  speed: 0,
  onSourceError: 'report',
  onTargetError: 'report',
} as const satisfies Partial<DriveBackupRequest>;

const STRERROR = {
  EACCES: 'Permission denied',
  EFBIG: 'File too large',
  EINVAL: 'Invalid argument',
  EIO: 'Input/output error',
  EMEDIUMTYPE: 'Wrong medium type',
  ENOENT: 'No such file or directory',
  ENOSPC: 'No space left on device',
  ENOTSUP: 'Operation not supported',
} as const;

export type Errno = keyof typeof STRERROR;
export const ERRNOS = Object.keys(STRERROR) as Errno[];

/** With what an image was opened, and what its backup's target inherits. */
export type OpenFlag = 'read-write' | 'no-cache' | 'unmap' | 'copy-on-read' | 'snapshot';

/** An image by the name and format it was opened with. */
export interface ImageName {
  readonly file: string;
  readonly format: string;
}

/** A device, and the image that it has open. */
export interface Device extends ImageName {
  /** False also for a host's own drive with nothing in it, though that has a format and a file. */
  readonly inserted: boolean;
  readonly inUseBy: 'block job' | 'dataplane' | 'migration' | null;
  /** What it answers when asked for its length, in bytes. */
  readonly length: number | Errno;
  readonly flags: readonly OpenFlag[];
  readonly backing: ImageName | null;
  /** bdrv_iostatus_is_enabled: the device keeps one, and stops on some error (rerror, werror). */
  readonly ioStatus: boolean;
}

/** What a format can do as a new target. */
export interface Format {
  readonly creates: boolean;
  /** What its images can say of a backing file; raw: nothing, vmdk: its name only. */
  readonly backing: 'nothing' | 'name' | 'name and format';
  /** Bytes of its largest image, if less than any disk's. */
  readonly largest?: number;
}

export interface Protocol {
  readonly creates: boolean;
}

/** What is found under a file name. */
export interface ImageFile {
  /** The format that probing takes it for; absent: nothing is there. */
  readonly holds?: string;
  /** Creating or emptying it fails with this. */
  readonly creating?: Errno;
  /** Opening it fails with this, even just after it was created: no O_DIRECT on its file system, for one. */
  readonly opening?: Errno;
}

type Table<Row> = Readonly<Record<string, Row>>;

export interface Environment {
  readonly devices: Table<Device>;
  readonly formats: Table<Format>;
  /** By the prefix of a file name; `file` is for those without. */
  readonly protocols: Table<Protocol>;
  /** Also the files that the devices have open. Each under every name that is used for it: names are compared as text, as QEMU does. */
  readonly files: Table<ImageFile>;
}

/** A request as the command sees it: defaults filled in, names looked up. */
export interface Command {
  readonly request: DriveBackupRequest & Required<Omit<DriveBackupRequest, 'format'>>;
  readonly device: Device | undefined;
  /** Null: the target is probed. */
  readonly format: string | null;
  readonly driver: Format | undefined;
  readonly protocol: Protocol | undefined;
  readonly creates: boolean;
  /** What the target is laid over if it is created. */
  readonly backing: ImageName | null;
  readonly files: Table<ImageFile>;
}

export function commandOf(request: DriveBackupRequest, environment: Environment): Command {
  const device = lookUp(environment.devices, request.device);
  const mode = request.mode ?? DEFAULTS.mode;
  const sync = syncModeOf(request.sync, device);
  const format = request.format ?? (mode === 'existing' ? null : (device?.format ?? null));
  return {
    request: { ...DEFAULTS, ...request, sync },
    device,
    format,
    driver: format === null ? undefined : lookUp(environment.formats, format),
    protocol: lookUp(environment.protocols, protocolOf(request.target)),
    creates: mode !== 'existing',
    backing: backingOf(sync, device),
    files: environment.files,
  };
}

/** TOP of an image without a backing file becomes FULL, and nobody is told. */
function syncModeOf(asked: SyncMode, device: Device | undefined): SyncMode {
  return (device?.backing === null ? syncOf(asked).withoutBacking : null) ?? asked;
}

/** The choice that targetBacking makes for images, here by name. */
function backingOf(sync: SyncMode, device: Device | undefined): ImageName | null {
  if (device === undefined) return null;
  const source = { file: device.file, format: device.format };
  return { nothing: null, backing: device.backing, source, previous: null }[syncOf(sync).beneath];
}

/** A row of its own: `constructor` is no device. */
function lookUp<Row>(table: Table<Row>, name: string): Row | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** path_has_protocol: a colon, and no slash before it. */
function protocolOf(file: string): string {
  return /^([^:/]*):/.exec(file)?.[1] ?? 'file';
}

/**
 * path_combine: where the target will look for its backing file. QEMU stores the name as it was
 * given, and a relative one then counts from the target's folder (S-22).
 */
function foundFrom(target: string, backing: string): string {
  if (backing.startsWith('/') || /^[^:/]*:/.test(backing)) return backing;
  const folder = Math.max(target.lastIndexOf('/'), target.indexOf(':')) + 1;
  return target.slice(0, folder) + backing;
}

function lengthError({ device }: Command): Errno | undefined {
  return typeof device?.length === 'string' ? device.length : undefined;
}

function creationError({ request, creates, files }: Command): Errno | undefined {
  return creates ? lookUp(files, request.target)?.creating : undefined;
}

/** A target is opened with its backing file, if it is to have one. An existing target's own is taken to open. */
function openingError({ request: { target }, creates, protocol, format, backing, files }: Command): Errno | undefined {
  const file = lookUp(files, target);
  if (!creates) return protocol === undefined ? 'ENOENT' : errorOf(file, format);
  if (file?.opening !== undefined || backing === null) return file?.opening;
  return errorOf(lookUp(files, foundFrom(target, backing.file)), backing.format);
}

/** EMEDIUMTYPE is what most drivers say to another format's header; raw takes anything. */
function errorOf(file: ImageFile | undefined, format: string | null): Errno | undefined {
  if (file?.opening !== undefined) return file.opening;
  if (file?.holds === undefined) return 'ENOENT';
  const isOf = format === null || format === 'raw' || format === file.holds;
  return isOf ? undefined : 'EMEDIUMTYPE';
}

function strerror(error: Errno | undefined): string {
  return error === undefined ? 'Success' : STRERROR[error];
}

export type ErrorClass = 'DeviceNotFound' | 'GenericError';

export interface Check {
  readonly name: string;
  /** When it refuses. */
  readonly sentence: string;
  readonly errorClass: ErrorClass;
  /** What QMP answers, word for word. */
  readonly description: (command: Command) => string;
  readonly refuses: (command: Command) => boolean;
}

/** What bdrv_create may answer and bdrv_img_create has a sentence for; it appends strerror to the rest. */
const EXPLAINED: readonly (Errno | undefined)[] = [undefined, 'ENOTSUP', 'EFBIG'];

/** bdrv_file_open reports this one itself, and QMP answers with what was reported first. */
const UNKNOWN_PROTOCOL = 'Unknown protocol';

/**
 * In the order of A.10: the first that refuses is the answer. Those from protocolKnown to
 * targetCreated are bdrv_img_create's, so they only look at a target that is created.
 */
export const CHECKS = [
  {
    name: 'deviceExists',
    sentence: 'There is no device of that name.',
    errorClass: 'DeviceNotFound',
    description: ({ request }) => `Device '${request.device}' not found`,
    refuses: ({ device }) => device === undefined,
  },
  {
    name: 'mediumInserted',
    sentence: 'The device has no medium.',
    errorClass: 'GenericError',
    description: ({ request }) => `Device '${request.device}' has no medium`,
    refuses: ({ device }) => device !== undefined && !device.inserted,
  },
  {
    name: 'formatKnown',
    sentence: 'The target is to be of a format that QEMU does not know.',
    errorClass: 'GenericError',
    description: ({ format }) => `Invalid block format '${format}'`,
    refuses: ({ format, driver }) => format !== null && driver === undefined,
  },
  {
    name: 'deviceNotInUse',
    sentence: 'The device is in use: by a block job of any kind, a data plane, a migration.',
    errorClass: 'GenericError',
    description: ({ request }) => `Device '${request.device}' is in use`,
    refuses: ({ device }) => device !== undefined && device.inUseBy !== null,
  },
  {
    name: 'lengthReadable',
    sentence: 'The length of the source cannot be read.',
    errorClass: 'GenericError',
    description: (command) => `bdrv_getlength failed: ${strerror(lengthError(command))}`,
    refuses: (command) => lengthError(command) !== undefined,
  },
  {
    name: 'protocolKnown',
    sentence: "The target's name begins with a protocol that QEMU does not know.",
    errorClass: 'GenericError',
    description: ({ request }) => `Unknown protocol '${request.target}'`,
    refuses: ({ creates, protocol }) => creates && protocol === undefined,
  },
  {
    name: 'backingSupported',
    sentence: "TOP or NONE, and the target's format cannot name a backing file.",
    errorClass: 'GenericError',
    description: ({ format }) => `Backing file not supported for file format '${format}'`,
    refuses: ({ creates, backing, driver }) => creates && backing !== null && driver?.backing === 'nothing',
  },
  {
    // A.10 does not list it. bdrv_img_create asks right after the name, and drive-backup always gives both.
    name: 'backingFormatSupported',
    sentence: "TOP or NONE, and the target's format cannot say of which format its backing file is.",
    errorClass: 'GenericError',
    description: ({ format }) => `Backing file format not supported for file format '${format}'`,
    refuses: ({ creates, backing, driver }) => creates && backing !== null && driver?.backing === 'name',
  },
  {
    name: 'targetIsNotItsBacking',
    sentence: "TOP or NONE, and the target has its own backing file's name.",
    errorClass: 'GenericError',
    description: () => 'Error: Trying to create an image with the same filename as the backing file',
    refuses: ({ creates, backing, request }) => creates && backing?.file === request.target,
  },
  // The next three are one call, bdrv_create, by what it fails with: in QEMU no two of them can meet,
  // so the order among them is ours.
  {
    name: 'creationSupported',
    sentence: "The target's format, or its protocol, cannot create images.",
    errorClass: 'GenericError',
    description: ({ format }) => `Formatting or formatting option not supported for file format '${format}'`,
    refuses: (command) =>
      command.creates && (command.driver?.creates === false || command.protocol?.creates === false || creationError(command) === 'ENOTSUP'),
  },
  {
    name: 'sizeSupported',
    sentence: "The source is larger than the target's format, or its file system, can hold.",
    errorClass: 'GenericError',
    description: ({ format }) => `The image size is too large for file format '${format}'`,
    refuses: (command) => command.creates && (isTooLarge(command) || creationError(command) === 'EFBIG'),
  },
  {
    name: 'targetCreated',
    sentence: "The target's file cannot be created.",
    errorClass: 'GenericError',
    description: (command) => `${command.request.target}: error while creating ${command.format}: ${strerror(creationError(command))}`,
    refuses: (command) => !EXPLAINED.includes(creationError(command)),
  },
  {
    name: 'targetOpened',
    sentence: 'The target, or the backing file it was given, cannot be opened: not there, of another format, or the host says no.',
    errorClass: 'GenericError',
    description: (command) =>
      command.protocol === undefined ? UNKNOWN_PROTOCOL : `Could not open '${command.request.target}': ${strerror(openingError(command))}`,
    refuses: (command) => openingError(command) !== undefined,
  },
  {
    // Only for the source: the job switches the target's I/O status on itself.
    name: 'sourceHasIoStatus',
    sentence:
      'on-source-error is stop or enospc, and the device keeps no I/O status: it cannot, or neither its rerror ' +
      'nor its werror stops the guest.',
    errorClass: 'GenericError',
    description: () => "Invalid parameter 'on-source-error'",
    refuses: ({ device, request }) => device?.ioStatus === false && ['stop', 'enospc'].includes(request.onSourceError),
  },
  {
    name: 'speedNotNegative',
    sentence: 'The speed is negative.',
    errorClass: 'GenericError',
    description: () => "Invalid parameter 'speed'",
    refuses: ({ request }) => request.speed < 0,
  },
] as const satisfies readonly Check[];

export type CheckName = (typeof CHECKS)[number]['name'];

function isTooLarge({ device, driver }: Command): boolean {
  return typeof device?.length === 'number' && device.length > (driver?.largest ?? Infinity);
}

export interface Refusal {
  readonly errorClass: ErrorClass;
  readonly description: string;
  readonly check: CheckName;
}

/** What the command answers if it does not start a job. */
export function refusal(request: DriveBackupRequest, environment: Environment): Refusal | null {
  const command = commandOf(request, environment);
  const check = CHECKS.find(({ refuses }) => refuses(command));
  return check === undefined ? null : { errorClass: check.errorClass, description: check.description(command), check: check.name };
}

export interface TargetBacking extends ImageName {
  /** The name under which the target finds it, from its own folder. */
  readonly foundAs: string;
}

export interface Target {
  readonly file: string;
  /** The format it is opened as. */
  readonly format: string;
  readonly probed: boolean;
  /** The source's own, and writable. */
  readonly flags: readonly OpenFlag[];
  /** How the job runs. */
  readonly sync: SyncMode;
  /** Null: it exists, and neither its size nor its backing is looked at. */
  readonly creation: { readonly size: number; readonly backing: TargetBacking | null } | null;
}

/** What the command decides for the target; null if it refuses. */
export function targetOf(request: DriveBackupRequest, environment: Environment): Target | null {
  if (refusal(request, environment) !== null) return null;
  const { request: full, device, format, creates, backing, files } = commandOf(request, environment);
  return {
    file: full.target,
    format: format ?? lookUp(files, full.target)!.holds!,
    probed: format === null,
    flags: [...new Set([...device!.flags, 'read-write' as const])],
    sync: full.sync,
    creation: creates
      ? { size: device!.length as number, backing: backing && { ...backing, foundAs: foundFrom(full.target, backing.file) } }
      : null,
  };
}

/** What a release later than 1.6 checks, or settles otherwise. */
export interface Unchecked {
  readonly name: string;
  /** What holds if nobody makes the mistake. */
  readonly sentence: string;
  /** What goes wrong where it does not hold. */
  readonly without: string;
  /** Where QEMU's history tells of it. */
  readonly id: string;
  /** The release that does. */
  readonly since: string;
}

const NONE_KNOWN = 'no release known';

/**
 * What QEMU 1.6 takes without a word. `S-08` and the like name sections of QEMU's history. What
 * rules.ts has a rule for bears that rule's name.
 */
export const NOT_CHECKED = [
  {
    name: 'targetLengthIsSourceLength',
    sentence: 'An existing target is as long as the source.',
    without: 'A shorter one fails when the copy gets to its end, which TOP and NONE may never do; a longer one keeps its old tail.',
    id: 'S-09',
    since: '5.1 (958a04bd32)',
  },
  {
    name: 'targetClusterNotLarger',
    sentence: "An existing target's clusters are no larger than the 64 KiB that are copied at a time, or it has its backing file already.",
    without: 'What a copy leaves of a target cluster is filled with zeroes, and hides the backing file that is attached later.',
    id: 'S-08',
    since: '2.6 (4c9bca7e39): copies whole clusters of the target',
  },
  {
    name: 'existingTargetIsEmpty',
    sentence: 'An existing target is empty.',
    without: 'TOP and NONE leave old data wherever they do not write, and it is read as the backup.',
    id: 'S-09',
    since: NONE_KNOWN,
  },
  {
    name: 'existingTargetHasBacking',
    sentence: 'An existing target for TOP or NONE is laid over what it would be given if it were created.',
    without: 'Whatever the job does not write is read from another image, or as zeroes.',
    id: 'S-08',
    since: NONE_KNOWN,
  },
  {
    name: 'targetIsNotSource',
    sentence:
      'The target is neither the source nor in its backing chain. All that is compared is the name of a new ' +
      'target with that of its own backing file.',
    without: 'Creating the target empties the live image; an existing one is copied onto itself.',
    id: 'S-11',
    since: '2.10, in practice: image locking',
  },
  {
    name: 'formatNamed',
    sentence: "An existing target's format is named.",
    without: 'It is probed, and a raw target that the guest has filled with a header of its choice is taken for an image.',
    id: 'S-21',
    since: `${NONE_KNOWN}; 2.3 (38f3ef574b) is related`,
  },
  {
    name: 'backingNameAbsolute',
    sentence: "The source's file name, for NONE, or its backing file's, for TOP, is absolute.",
    without: "The target looks for it from its own folder: it can't be opened, or it is laid over another image.",
    id: 'S-22',
    since: NONE_KNOWN,
  },
  {
    name: 'sourceHasFileName',
    sentence: 'The source, for NONE, has a file name, which one behind blkdebug has not.',
    without: 'The target is laid over nothing, and no error tells so: what was not overwritten reads as zeroes.',
    id: 'not numbered',
    since: NONE_KNOWN,
  },
  {
    name: 'sourceIsNotSnapshot',
    sentence: 'The source was not opened with snapshot=on.',
    without: 'The target inherits it: the backup goes to a temporary file over the target, and is gone when that is closed.',
    id: 'S-13',
    since: 'flags reworked in 2014 (b998875dcf, 317fc44ef2); exact fix not traced',
  },
  {
    name: 'targetTellsHoles',
    sentence: 'An existing target for TOP or NONE is of a format with backing files.',
    without: 'In a raw one, what was not copied cannot be told from zeroes that were.',
    id: 'S-24',
    since: NONE_KNOWN,
  },
] as const satisfies readonly Unchecked[];
