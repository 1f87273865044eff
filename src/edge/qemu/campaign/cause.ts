/**
 * What a failure is the case of. Two failures with one cause are taken for one: they break the same promise in the same set-up, with
 * the same kinds of errors. It is asked again once a failure has been made small, when only what it takes is left.
 */
import type { CaseResult } from '../case/case.ts';
import { PLAIN } from '../case/start.ts';

/** `stable-reader`, `none`, `filter`, `snapshot-access`: its parts, the property first. */
export function causeOf({ scenario, start, violation }: CaseResult): string[] {
  const { by, sync, bitmapMode, reads, onCbwError, finalize } = start;
  const options = [
    ...(by === PLAIN.by ? [] : [by]),
    ...(bitmapMode === null ? [] : [...(sync === 'mode' ? [] : [sync]), bitmapMode]),
    ...(reads === PLAIN.reads ? [] : [reads]),
    ...(onCbwError === PLAIN.onCbwError ? [] : [onCbwError]),
    ...(finalize === PLAIN.finalize ? [] : ['manual-finalize']),
  ];
  const errors = new Set((scenario.faults ?? []).map(({ side, op }) => `${side} ${op} fails`));
  return [violation!.property, scenario.mode, ...options, ...[...errors].toSorted(), ...crashOf(violation!)];
}

/** A crash is told from others by what QEMU says last: the assertion that failed. */
const crashOf = ({ property, detail }: NonNullable<CaseResult['violation']>): string[] =>
  property === 'nothing-freed' ? [/[Aa]ssertion [`'](?<asserted>.*)'/.exec(detail)?.groups!['asserted'] ?? 'crash'] : [];
