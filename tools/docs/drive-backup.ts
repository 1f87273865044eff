/** docs/drive-backup.md: what `drive-backup` refuses, decides and does not look at. */
import {
  CHECKS,
  DEFAULTS,
  NOT_CHECKED,
  type DriveBackupRequest,
  type NewImageMode,
  refusal,
  targetOf,
} from '../drive-backup/checks.ts';
import { ACCEPTED, type Change, REFUSED, exampleWith } from '../drive-backup/examples.ts';
import { SYNC_MODES, type SyncMode } from '../../model/sync.ts';
import { code, table } from './markdown.ts';

export function driveBackupDocument(): string {
  return `${[
    '<!-- Written by `npm run docs` from tools/drive-backup/checks.ts. -->',
    '# drive-backup: what it refuses, and what it decides',
    'The QMP command `drive-backup` of QEMU 1.6 (commit fc5d3f84, the release that brought the three sync ' +
      'modes). What the schema of QMP refuses, HMP and `transaction` are left out.',
    '## Checks, in order',
    checksIntroduction(),
    checksTable(),
    '## Defaults',
    defaultsTable(),
    '## What a new target is laid over',
    `By \`sync\`, for a source \`${DISK.file}\`. Its length is the source's. An existing target keeps its ` +
      'length and its backing file, whatever they are.',
    backingTable(),
    '## What 1.6 does not check',
    'QEMU leaves each to the user who gives the command, until the release in the last column. Defects are numbered as ' +
      'in `npx cowcheck rules`; what the model has a rule for bears its name.',
    notCheckedTable(),
  ].join('\n\n')}\n`;
}

const DISK = ACCEPTED.environment.devices[ACCEPTED.request.device]!;

function checksIntroduction(): string {
  const numberOf = (name: string): number => CHECKS.findIndex((check) => check.name === name) + 1;
  return [
    `The first that refuses is the answer. Numbers ${numberOf('protocolKnown')} ` +
      `to ${numberOf('targetCreated')} are for \`mode\` absolute-paths only, in which the target is created;`,
    'where a later one refuses, the target has been created, or emptied, all the same. Later releases answer ' +
      `GenericError also to number ${numberOf('deviceExists')}.`,
  ].join(' ');
}

function checksTable(): string {
  const rows = CHECKS.map(({ name, sentence, errorClass }, i) => [
    String(i + 1),
    code(name),
    sentence,
    errorClass,
    code(textOf(REFUSED[name])),
  ]);
  return table(['', 'check', 'refuses when', 'class', 'text, for example'], rows);
}

function textOf(change: Change): string {
  const { request, environment } = exampleWith(change);
  return refusal(request, environment)!.description;
}

function defaultsTable(): string {
  return table(
    ['argument', 'default'],
    [
      [code('mode'), DEFAULTS.mode],
      [code('format'), `absolute-paths: ${formatOf('absolute-paths')}; existing: ${formatOf('existing')}`],
      [code('speed'), `${DEFAULTS.speed}: as fast as it goes`],
      [code('on-source-error'), DEFAULTS.onSourceError],
      [code('on-target-error'), DEFAULTS.onTargetError],
    ],
  );
}

function formatOf(mode: NewImageMode): string {
  const { request, environment } = exampleWith({ request: { mode }, files: { [ACCEPTED.request.target]: { holds: 'qcow2' } } });
  return targetOf(request, environment)!.probed ? 'what the target is probed as' : "the source's";
}

function backingTable(): string {
  const rows = SYNC_MODES.flatMap((sync) => [DISK.backing, null].map((backing) => backingRow({ sync }, backing)));
  return table(['sync', 'source has a backing file', 'runs as', 'target laid over'], rows);
}

function backingRow(asked: Pick<DriveBackupRequest, 'sync'>, backing: typeof DISK.backing): string[] {
  const { request, environment } = exampleWith({ request: asked, device: { backing } });
  const { sync, creation } = targetOf(request, environment)!;
  return [
    upper(asked.sync),
    backing === null ? 'no' : code(backing.file),
    upper(sync),
    creation!.backing === null ? 'nothing' : code(creation!.backing.file),
  ];
}

const upper = (sync: SyncMode): string => sync.toUpperCase();

function notCheckedTable(): string {
  const rows = NOT_CHECKED.map(({ name, sentence, without, id, since }) => [code(name), sentence, without, id, since]);
  return table(['', 'what should hold', 'what goes wrong without', 'defect', 'QEMU since'], rows);
}
