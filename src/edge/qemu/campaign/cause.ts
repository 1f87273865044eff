/**
 * What a failure is the case of. Two failures with one cause are taken for one: they break the same promise in the same set-up, with
 * the same kinds of errors. It is asked again once a failure has been made small, when only what it takes is left.
 */
import type { CaseResult } from '../case/case.ts';
import { PLAIN } from '../case/start.ts';

/** `snapshot-kept none filter reads:snapshot-access write:EIO`: its parts, the property first. */
export function causeOf({ scenario, start, violation }: CaseResult): string[] {
  const { by, reads, onCbwError, finalize } = start;
  const options = [
    ...(by === PLAIN.by ? [] : [by]),
    ...(reads === PLAIN.reads ? [] : [reads]),
    ...(onCbwError === PLAIN.onCbwError ? [] : [onCbwError]),
    ...(finalize === PLAIN.finalize ? [] : ['manual-finalize']),
  ];
  const errors = new Set((scenario.faults ?? []).map(({ side, op, errno }) => `${side} ${op} ${errno}`));
  return [violation!.property, scenario.mode, ...options, ...[...errors].toSorted(), ...crashOf(violation!)];
}

/** A crash is told from others by what QEMU says last: the assertion that failed. */
const crashOf = ({ property, detail }: NonNullable<CaseResult['violation']>): string[] =>
  property === 'nothing-freed' ? [/[Aa]ssertion [`'](?<asserted>.*)'/.exec(detail)?.groups!['asserted'] ?? 'crash'] : [];
