import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CHECKS,
  type CheckName,
  type Device,
  type DriveBackupRequest,
  ERRNOS,
  type Environment,
  type Format,
  type ImageFile,
  NOT_CHECKED,
  type Protocol,
  type Target,
  commandOf,
  refusal,
  targetOf,
} from './checks.ts';
import { ACCEPTED, type Change, type Example, REFUSED, exampleWith } from './examples.ts';
import { SYNC_MODES, type SyncMode } from '../../model/sync.ts';
import { ERROR_POLICIES } from '../../model/job/error-policy.ts';

const NAMES = CHECKS.map(({ name }) => name);
const TARGET = ACCEPTED.request.target;
const DISK = ACCEPTED.environment.devices[ACCEPTED.request.device]!;

const refusing = ({ request, environment }: Example): CheckName[] =>
  CHECKS.filter(({ refuses }) => refuses(commandOf(request, environment))).map(({ name }) => name);
const refusedBy = ({ request, environment }: Example): CheckName | null => refusal(request, environment)?.check ?? null;
const decided = (...changes: Change[]): Target | null => {
  const { request, environment } = exampleWith(...changes);
  return targetOf(request, environment);
};
/** An existing target of a format, so that `existing` is accepted. */
const existing = (holds = 'qcow2', target = TARGET): Change => ({ request: { mode: 'existing', target }, files: { [target]: { holds } } });

describe('refusal', () => {
  it('is null for a request that nothing is wrong with, in every mode, for a new target and an existing one', () => {
    for (const sync of SYNC_MODES) {
      expect(refusing(exampleWith({ request: { sync } }))).toEqual([]);
      expect(refusing(exampleWith({ request: { sync } }, existing()))).toEqual([]);
    }
    expect(refusal(ACCEPTED.request, ACCEPTED.environment)).toBeNull();
  });

  it.each<[CheckName, string]>([
    ['deviceExists', "Device 'drive1' not found"],
    ['mediumInserted', "Device 'drive0' has no medium"],
    ['formatKnown', "Invalid block format 'qcow4'"],
    ['deviceNotInUse', "Device 'drive0' is in use"],
    ['lengthReadable', 'bdrv_getlength failed: Input/output error'],
    ['protocolKnown', "Unknown protocol 'gopher://backup/disk.qcow2'"],
    ['backingSupported', "Backing file not supported for file format 'raw'"],
    ['backingFormatSupported', "Backing file format not supported for file format 'vmdk'"],
    ['targetIsNotItsBacking', 'Error: Trying to create an image with the same filename as the backing file'],
    ['creationSupported', "Formatting or formatting option not supported for file format 'qcow2'"],
    ['sizeSupported', "The image size is too large for file format 'vpc'"],
    ['targetCreated', '/backup/disk.qcow2: error while creating qcow2: Permission denied'],
    ['targetOpened', "Could not open '/backup/disk.qcow2': Invalid argument"],
    ['sourceHasIoStatus', "Invalid parameter 'on-source-error'"],
    ['speedNotNegative', "Invalid parameter 'speed'"],
  ])('%s alone: %s', (check, description) => {
    const example = exampleWith(REFUSED[check]);
    expect(refusing(example)).toEqual([check]);
    expect(refusal(example.request, example.environment)).toEqual({
      errorClass: check === 'deviceExists' ? 'DeviceNotFound' : 'GenericError',
      description,
      check,
    });
    expect(targetOf(example.request, example.environment)).toBeNull();
  });

  it('has an example for each check', () => {
    expect(Object.keys(REFUSED)).toEqual(NAMES);
  });

  it.each<[string, CheckName | null, Change[]]>([
    ['a data plane uses the device', 'deviceNotInUse', [{ device: { inUseBy: 'dataplane' } }]],
    ['a migration uses the device', 'deviceNotInUse', [{ device: { inUseBy: 'migration' } }]],
    ["an existing target's name has a protocol that nobody knows", 'targetOpened', [existing('raw', 'gopher:disk')]],
    ['a new target over NBD', 'creationSupported', [{ request: { target: 'nbd:backup:10809' } }]],
    ['an existing target over NBD', null, [existing('raw', 'nbd:backup:10809')]],
    ['a colon behind a slash is no protocol', null, [{ request: { target: './gopher:disk' }, files: { './gopher:disk': {} } }]],
    ['a format that cannot create', 'creationSupported', [{ formats: { qcow2: { creates: false, backing: 'name and format' } } }]],
    ['the same for an existing target', null, [{ formats: { qcow2: { creates: false, backing: 'name and format' } } }, existing()]],
    ['a file system says ENOTSUP', 'creationSupported', [{ files: { [TARGET]: { creating: 'ENOTSUP' } } }]],
    ['a file system says EFBIG', 'sizeSupported', [{ files: { [TARGET]: { creating: 'EFBIG' } } }]],
    ['the largest size is not too large', null, [REFUSED.sizeSupported, { device: { length: 2040 * 2 ** 30 } }]],
    ['nor is any for an existing target', null, [REFUSED.sizeSupported, existing('vpc')]],
    ['raw for FULL', null, [{ request: { format: 'raw', sync: 'full' } }]],
    ['raw for TOP', 'backingSupported', [{ request: { format: 'raw', sync: 'top' } }]],
    ['raw for TOP of an image without a backing file', null, [{ request: { format: 'raw', sync: 'top' }, device: { backing: null } }]],
    ['raw for NONE into an existing target', null, [{ request: { format: 'raw' } }, existing('raw')]],
    [
      'a raw source for NONE, format by default',
      'backingSupported',
      [{ device: { format: 'raw' }, files: { [DISK.file]: { holds: 'raw' } } }],
    ],
    ['TOP onto its own backing file', 'targetIsNotItsBacking', [{ request: { sync: 'top', target: '/vm/base.qcow2' } }]],
    ['an existing target that is not there', 'targetOpened', [{ request: { mode: 'existing' } }]],
    ['an existing target that may not be written', 'targetOpened', [existing(), { files: { [TARGET]: { opening: 'EACCES' } } }]],
    ['an existing target of another format than named', 'targetOpened', [{ request: { format: 'vmdk' } }, existing()]],
    ['raw is what any file can be', null, [{ request: { format: 'raw' } }, existing()]],
    ['a new target whose backing file cannot be opened', 'targetOpened', [{ files: { [DISK.file]: { opening: 'EACCES' } } }]],
    [
      'enospc asks for an I/O status as stop does',
      'sourceHasIoStatus',
      [{ request: { onSourceError: 'enospc' }, device: { ioStatus: false } }],
    ],
    ['report and ignore do not', null, [{ request: { onSourceError: 'ignore' }, device: { ioStatus: false } }]],
    ['nor does any policy for the target', null, [{ request: { onTargetError: 'stop' }, device: { ioStatus: false } }]],
    ['no speed is as fast as it goes', null, [{ request: { speed: 0 } }]],
    ['a name that every object has is no device', 'deviceExists', [{ request: { device: 'constructor' } }]],
    ['nor a format', 'formatKnown', [{ request: { format: 'constructor' } }]],
  ])('%s: %s', (_, check, changes) => {
    expect(refusedBy(exampleWith(...changes))).toBe(check);
  });

  it('says of an existing target which protocol is unknown no more than QEMU does', () => {
    const { request, environment } = exampleWith(existing('raw', 'gopher:disk'));
    expect(refusal(request, environment)!.description).toBe('Unknown protocol');
  });
});

describe('the order of the checks', () => {
  /** More ways to be refused by a check, for where the first is not to be had together with another check's. */
  const UNKNOWN = REFUSED.protocolKnown.request!.target!;
  const ALSO: Partial<Record<CheckName, readonly Change[]>> = {
    backingSupported: [{ formats: { qcow2: { creates: true, backing: 'nothing' } } }],
    backingFormatSupported: [{ formats: { qcow2: { creates: true, backing: 'name' } } }],
    targetIsNotItsBacking: [{ device: { file: UNKNOWN }, files: { [UNKNOWN]: { holds: 'qcow2' } } }],
    creationSupported: [{ formats: { qcow2: { creates: false, backing: 'name and format' } } }],
    sizeSupported: [TARGET, UNKNOWN].map((file) => ({ files: { [file]: { creating: 'EFBIG' } } })),
    targetCreated: [{ files: { [UNKNOWN]: { creating: 'EIO' } } }],
    targetOpened: [{ files: { [UNKNOWN]: { opening: 'EIO' } } }],
  };
  const waysToRefuse = (name: CheckName): readonly Change[] => [REFUSED[name], ...(ALSO[name] ?? [])];

  /** An example that both checks refuse, each for itself, or null. */
  function refusedByBoth(earlier: CheckName, later: CheckName): Example | null {
    for (const one of waysToRefuse(earlier))
      for (const other of waysToRefuse(later)) {
        const example = exampleWith(one, other);
        const names = refusing(example);
        if (names.includes(earlier) && names.includes(later) && names.every((name) => name === earlier || name === later)) return example;
      }
    return null;
  }

  const PAIRS = NAMES.flatMap((earlier, i) =>
    NAMES.slice(i + 1).map((later) => ({ earlier, later, example: refusedByBoth(earlier, later) })),
  );

  it.each(PAIRS.filter(({ example }) => example !== null))('$earlier is before $later', ({ earlier, example }) => {
    expect(refusedBy(example!)).toBe(earlier);
  });

  it('is tried for all pairs but those of which one leaves nothing for the other to look at', () => {
    const without = PAIRS.filter(({ example }) => example === null).map(({ earlier, later }) => `${earlier}, ${later}`);
    expect(without).toEqual([
      ...[
        'mediumInserted',
        'deviceNotInUse',
        'lengthReadable',
        'backingSupported',
        'backingFormatSupported',
        'targetIsNotItsBacking',
        'sourceHasIoStatus',
      ].map((later) => `deviceExists, ${later}`),
      'formatKnown, backingSupported',
      'formatKnown, backingFormatSupported',
      'backingSupported, backingFormatSupported',
    ]);
  });
});

describe('targetOf', () => {
  it('fills in the defaults', () => {
    expect(commandOf(ACCEPTED.request, ACCEPTED.environment).request).toEqual({
      ...ACCEPTED.request,
      mode: 'absolute-paths',
      speed: 0,
      onSourceError: 'report',
      onTargetError: 'report',
    });
  });

  it('leaves what was asked for', () => {
    const asked: DriveBackupRequest = {
      ...ACCEPTED.request,
      format: 'raw',
      mode: 'existing',
      speed: 512,
      onSourceError: 'ignore',
      onTargetError: 'enospc',
    };
    expect(commandOf(asked, ACCEPTED.environment)).toMatchObject({ request: asked, format: 'raw', creates: false });
  });

  it("creates a target of the source's format and length, and opens it writable, else as the source", () => {
    expect(decided({ device: { flags: ['no-cache'] } })).toEqual({
      file: TARGET,
      format: 'qcow2',
      probed: false,
      flags: ['no-cache', 'read-write'],
      sync: 'none',
      creation: { size: DISK.length, backing: { file: DISK.file, format: DISK.format, foundAs: DISK.file } },
    });
  });

  it('probes an existing target, unless its format is named', () => {
    expect(decided(existing('vmdk'))).toMatchObject({ format: 'vmdk', probed: true, creation: null });
    expect(decided(existing('vmdk'), { request: { format: 'raw' } })).toMatchObject({ format: 'raw', probed: false, creation: null });
  });

  it.each<[SyncMode, Device['backing'], SyncMode, Device['backing']]>([
    ['full', DISK.backing, 'full', null],
    ['full', null, 'full', null],
    ['top', DISK.backing, 'top', DISK.backing],
    ['top', null, 'full', null],
    ['none', DISK.backing, 'none', { file: DISK.file, format: DISK.format }],
    ['none', null, 'none', { file: DISK.file, format: DISK.format }],
  ])('%s of a source over %o runs as %s, its target over %o', (sync, sourceBacking, runsAs, backing) => {
    const changes: Change = { request: { sync }, device: { backing: sourceBacking } };
    const target = decided(changes)!;
    expect(target.sync).toBe(runsAs);
    expect(target.creation!.backing).toEqual(backing === null ? null : { ...backing, foundAs: backing.file });
    expect(decided(changes, existing())).toMatchObject({ sync: runsAs, creation: null });
  });

  it("names the backing file's own format, not the target's", () => {
    const change: Change = {
      request: { sync: 'top' },
      device: { backing: { file: '/vm/base.raw', format: 'raw' } },
      files: { '/vm/base.raw': { holds: 'raw' } },
    };
    expect(decided(change)).toMatchObject({ format: 'qcow2', creation: { backing: { file: '/vm/base.raw', format: 'raw' } } });
  });
});

describe('what is not checked', () => {
  /** A source by a relative name. */
  const relative: Change = { device: { file: 'disk.qcow2' }, files: { 'disk.qcow2': { holds: 'qcow2' } } };

  it('has a name of its own for each row, and no check of that name', () => {
    const names: string[] = [...NAMES, ...NOT_CHECKED.map(({ name }) => name)];
    expect(new Set(names).size).toBe(names.length);
  });

  it('is whether the target is the source: FULL and TOP create over the live image, any mode goes onto it if existing (S-11)', () => {
    for (const sync of ['full', 'top'] as const)
      expect(decided({ request: { sync, target: DISK.file } })).toMatchObject({ file: DISK.file, creation: { size: DISK.length } });
    for (const sync of SYNC_MODES) expect(decided({ request: { sync } }, existing('qcow2', DISK.file))).toMatchObject({ file: DISK.file });
    expect(refusedBy(exampleWith({ request: { sync: 'none', target: DISK.file } }))).toBe('targetIsNotItsBacking');
  });

  it('is the format of an existing target (S-21): it is what probing finds', () => {
    expect(decided({ device: { format: 'raw' } }, existing('qcow2'))).toMatchObject({ format: 'qcow2', probed: true });
  });

  it("is whether the backing file's name can be followed from the target (S-22): it opens nothing, or another image", () => {
    expect(refusedBy(exampleWith(relative))).toBe('targetOpened');
    const found = (change: Change): unknown => decided(relative, change)?.creation?.backing?.foundAs;
    expect(
      found({ files: { '/backup/disk.qcow2': {}, '/other/disk.qcow2': { holds: 'qcow2' } }, request: { target: '/other/new.qcow2' } }),
    ).toBe('/other/disk.qcow2');
    expect(found({ request: { target: 'new.qcow2' } })).toBe('disk.qcow2');
    expect(found({ request: { target: 'file:new.qcow2' }, files: { 'file:disk.qcow2': { holds: 'qcow2' } } })).toBe('file:disk.qcow2');
    expect(
      decided({ device: { file: 'file:disk.qcow2' }, files: { 'file:disk.qcow2': { holds: 'qcow2' } } })?.creation?.backing?.foundAs,
    ).toBe('file:disk.qcow2');
  });

  it("is whether the source's flags are for the target, too (S-13)", () => {
    expect(decided({ device: { flags: ['read-write', 'copy-on-read', 'snapshot'] } })!.flags).toEqual([
      'read-write',
      'copy-on-read',
      'snapshot',
    ]);
  });

  it('is whether an existing target for NONE can have holes (S-24)', () => {
    expect(decided(existing('raw'))).toMatchObject({ format: 'raw', sync: 'none' });
  });
});

describe('any request, anywhere', () => {
  const FILES = ['/vm/disk.qcow2', '/vm/base.qcow2', '/backup/new.qcow2', 'new.qcow2', 'nbd:host:1', 'gopher:x', 'toString'];
  const FORMATS = ['raw', 'qcow2', 'vmdk', 'constructor'];
  const DEVICES = ['drive0', 'drive1', 'toString'];
  const file = fc.constantFrom(...FILES);
  const format = fc.constantFrom(...FORMATS);
  const errno = fc.constantFrom(...ERRNOS);
  const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 1 });
  const mostly = fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.boolean() });
  const someOf = <T>(names: readonly string[], row: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
    fc.dictionary(fc.constantFrom(...names), row, { maxKeys: names.length });

  const request: fc.Arbitrary<DriveBackupRequest> = fc.record(
    {
      device: fc.constantFrom(...DEVICES),
      target: file,
      sync: fc.constantFrom(...SYNC_MODES),
      format,
      mode: fc.constantFrom('absolute-paths' as const, 'existing' as const),
      speed: fc.integer({ min: -1, max: 1 << 20 }),
      onSourceError: fc.constantFrom(...ERROR_POLICIES),
      onTargetError: fc.constantFrom(...ERROR_POLICIES),
    },
    { requiredKeys: ['device', 'target', 'sync'] },
  );
  const device: fc.Arbitrary<Device> = fc.record({
    file,
    format,
    inserted: mostly,
    inUseBy: fc.oneof(
      { weight: 5, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom('block job' as const, 'dataplane' as const) },
    ),
    length: fc.oneof({ weight: 5, arbitrary: fc.nat() }, { weight: 1, arbitrary: errno }),
    flags: fc.subarray(['read-write', 'no-cache', 'unmap', 'copy-on-read', 'snapshot']),
    backing: fc.option(fc.record({ file, format })),
    ioStatus: mostly,
  });
  const formatRow: fc.Arbitrary<Format> = fc
    .record({
      creates: mostly,
      backing: fc.constantFrom('nothing' as const, 'name' as const, 'name and format' as const, 'name and format' as const),
      largest: rarely(fc.nat()),
    })
    .map(({ largest, ...rest }) => (largest === null ? rest : { ...rest, largest }));
  const protocol: fc.Arbitrary<Protocol> = fc.record({ creates: mostly });
  const imageFile: fc.Arbitrary<ImageFile> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ holds: format }) },
    { weight: 1, arbitrary: fc.record({ holds: format, creating: errno, opening: errno }, { requiredKeys: [] }) },
  );
  const environment: fc.Arbitrary<Environment> = fc.record({
    devices: someOf(DEVICES, device),
    formats: someOf(FORMATS, formatRow),
    protocols: someOf(['file', 'nbd'], protocol),
    files: someOf(FILES, imageFile),
  });

  it('is refused by the first check that refuses it, and accepted if none does', () => {
    fc.assert(
      fc.property(request, environment, (asked, where) => {
        const answer = refusal(asked, where);
        const [first] = refusing({ request: asked, environment: where });
        expect(answer?.check).toBe(first);
        expect(targetOf(asked, where) === null).toBe(answer !== null);
        if (answer === null) return;
        expect(answer.errorClass).toBe(answer.check === 'deviceExists' ? 'DeviceNotFound' : 'GenericError');
        expect(answer.description).not.toMatch(/undefined|null|Success|\[object|^$/);
      }),
      { numRuns: 5_000 },
    );
  });

  it('gets a target that it can have', () => {
    let accepted = 0;
    fc.assert(
      fc.property(request, environment, (asked, where) => {
        const target = targetOf(asked, where);
        if (target === null) return;
        accepted++;
        const source = where.devices[asked.device]!;
        expect(target.file).toBe(asked.target);
        expect(new Set(target.flags)).toEqual(new Set([...source.flags, 'read-write']));
        expect(target.creation === null).toBe(asked.mode === 'existing');
        if (target.creation === null) return;
        expect(target.probed).toBe(false);
        expect(target.creation.size).toBe(source.length);
        expect(target.creation.backing === null).toBe(target.sync === 'full');
        expect(target.creation.backing?.file).not.toBe(target.file);
      }),
      { numRuns: 5_000, seed: 1 },
    );
    expect(accepted).toBeGreaterThan(20);
  });
});
