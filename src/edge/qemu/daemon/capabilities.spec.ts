import { expect, it } from 'vitest';
import { capabilitiesOf } from './capabilities.ts';
import type { Qmp } from './qmp.ts';

const object = (name: string, members: Record<string, string>, more: object = {}): object => ({
  name,
  'meta-type': 'object',
  members: Object.entries(members).map(([member, type]) => ({ name: member, type })),
  ...more,
});
const command = (name: string, type: string): object => ({ name, 'meta-type': 'command', 'arg-type': type });
const driver = (driversAndTypes: Record<string, string>, tag: string): object => ({
  tag,
  variants: Object.entries(driversAndTypes).map(([name, type]) => ({ case: name, type })),
});

const HELD = [
  command('nbd-server-start', '0'),
  command('blockdev-backup', '1'),
  command('blockdev-add', '2'),
  command('block-export-add', '3'),
  object('0', {}),
  object('3', {}, driver({ nbd: '0' }, 'type')),
];

const asked = async (version: string, schema: object[]): Promise<string[]> =>
  [...(await capabilitiesOf({ call: async () => schema } as unknown as Qmp, version))].toSorted();

it('what a QEMU can do is asked of its schema: arguments, arguments of arguments, and drivers', async () => {
  const schema = [
    ...HELD,
    object('1', { sync: 'str', 'x-perf': '4', 'on-cbw-error': 'enum' }),
    object('4', { 'max-workers': 'int' }),
    object('2', { driver: 'enum' }, driver({ nbd: '0', 'copy-before-write': '5' }, 'driver')),
    object('5', { file: 'str', bitmap: 'str' }),
  ];
  expect(await asked('one', schema)).toEqual(['filter', 'filter-bitmap', 'on-cbw-error', 'x-perf']);
});

it('one that is too old to be held says in a line what it lacks', async () => {
  const old = [command('blockdev-backup', '1'), command('blockdev-add', '2'), object('1', {}), object('2', { driver: 'enum' })];
  await expect(asked('2.0.0', old)).rejects.toThrow(
    'QEMU 2.0.0 is too old to hold its I/O: it lacks blockdev-add driver=nbd, block-export-add type=nbd, nbd-server-start',
  );
});
