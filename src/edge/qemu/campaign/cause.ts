/**
 * What a failure is the case of. Two failures with one cause are taken for one: they break the same promise, in the same sync mode and
 * bitmap-mode, with the same kinds of requests that fail or are held. It is asked again once a failure has been made small, when only
 * what it takes is left. Which request of a copy fails, its read or its write, and with what, is no cause of its own; nor is a copy
 * that waits while another one fails; nor the sync mode of a job whose snapshot a guest's failed copy has broken: no mode looks at it when
 * it completes (B-103; the model breaks in FULL and in TOP without the same rule, `brokenSnapshotFailsJob`).
 */
import type { CaseResult } from '../case/case.ts';
import { PLAIN } from '../../../validate/start.ts';
import { ROLES, type Role } from '../disks/role.ts';

const WORDS: Readonly<Record<Role, string>> = {
  guest: "a guest's request",
  'guest copy': "a guest's copy",
  'job copy': "the job's copy",
  reader: 'a read of the point in time',
};

/** `stable-reader`, `none`, `snapshot-access`, `a read of the point in time is held`: its parts, the property first. */
export function causeOf({ scenario, start, violation, struck, overtaken }: CaseResult): string[] {
  const { sync, bitmapMode, reads, onCbwError, transaction, chain } = start;
  const options = [
    ...(bitmapMode === null ? [] : [bitmapMode]),
    ...(transaction === null ? [] : [`two disks, ${transaction}`]),
    ...(chain === null ? [] : ['a chain']),
    ...(reads === PLAIN.reads ? [] : [reads]),
    ...(onCbwError === PLAIN.onCbwError ? [] : [onCbwError]),
  ];
  const kinds = (does: string, isOne: (role: Role) => boolean): string[] => ROLES.filter(isOne).map((role) => `${WORDS[role]} ${does}`);
  return [
    violation!.property,
    ...(isOfBrokenJob({ start, violation, struck }) ? [] : [sync === 'mode' ? scenario.mode : sync]),
    ...options,
    ...kinds('fails', (role) => struck.some((one) => one.role === role)),
    ...kinds('is held', (role) => overtaken.has(role) && (struck.length === 0 || role === 'reader')),
    ...crashOf(violation!),
  ];
}

const isOfBrokenJob = ({ start: { by, onCbwError }, violation, struck }: Pick<CaseResult, 'start' | 'violation' | 'struck'>): boolean =>
  by === 'job' &&
  onCbwError === 'break-snapshot' &&
  violation!.property === 'snapshot-kept' &&
  struck.some(({ role }) => role === 'guest copy');

/** A crash is told from others by what QEMU says last: the assertion that failed. */
const crashOf = ({ property, detail }: NonNullable<CaseResult['violation']>): string[] =>
  property === 'nothing-freed' ? [/[Aa]ssertion [`'](?<asserted>.*)'/.exec(detail)?.groups!['asserted'] ?? 'crash'] : [];
