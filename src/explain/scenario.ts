/** A scenario in words: the disk, the target, who asks for what, and what goes wrong with the hardware. */
import { type GuestKind, hasRange } from '../../model/block/guest.ts';
import type { GuestOperation, Scenario } from '../../model/scenario/scenario.ts';
import { NOTATIONS } from '../scenarios/dimensions/all.ts';
import { toldOf } from '../scenarios/dimensions/notation.ts';

const REQUESTS_SHOWN = 4;

const DOES: Record<GuestKind, string> = {
  write: 'writes',
  zero: 'zeroes',
  discard: 'discards',
  read: 'reads',
  flush: 'flushes',
  readT0: 'reads',
  savevm: 'saves the VM state',
};

export function describeScenario(scenario: Scenario): string {
  return [...diskWords(scenario), ...targetWords(scenario), ...requestWords(scenario.guest), ...dimensionWords(scenario, 'job')].join('; ');
}

function diskWords(scenario: Scenario): string[] {
  const { disk } = scenario;
  const { overlay } = disk;
  const words = [`${disk.sectors}-sector disk, ${disk.clusterSectors}-sector clusters`];
  if (overlay !== undefined)
    words.push(
      overlay.baseSectors === null
        ? 'no backing file'
        : `with a backing file, ${overlay.allocated.length === 0 ? 'nothing' : listed('cluster', overlay.allocated)} allocated`,
    );
  return [[...words, ...dimensionWords(scenario, 'disk')].join(', ')];
}

/** Of the optional parts that stand there. */
const dimensionWords = (scenario: Scenario, place: 'disk' | 'job'): string[] =>
  toldOf(NOTATIONS, scenario, place, (notation, value) => notation.words?.(value) ?? []);

function targetWords({ existingTarget: target, targetClusterSectors: clusters }: Scenario): string[] {
  if (target === undefined) return [];
  if (target.isSource === true) return ['the target is the source itself'];
  const kind = clusters === 0 ? 'raw' : `${clusters}-sector clusters, ${target.backed ? 'with a backing file' : 'without a backing file'}`;
  const old = target.data.length === 0 ? '' : `, with old data in ${listed('sector', target.data)}`;
  return [`existing target: ${plural(target.sectors, 'sector')}, ${kind}${old}`];
}

function requestWords(guest: readonly GuestOperation[]): string[] {
  const requests = guest.map(({ id, kind, first, count }) => {
    const range = count === 1 ? `sector ${first}` : `sectors ${first}-${first + count - 1}`;
    return `${id} ${DOES[kind]}${hasRange(kind) ? ` ${range}` : ''}${kind === 'readT0' ? ' as of T0' : ''}`;
  });
  const shown =
    requests.length > REQUESTS_SHOWN
      ? [...requests.slice(0, REQUESTS_SHOWN - 1), `${requests.length - REQUESTS_SHOWN + 1} more`]
      : requests;
  return shown.length === 0 ? [] : [shown.join(', ')];
}

function listed(thing: string, list: readonly number[]): string {
  return list.length === 1 ? `${thing} ${list[0]}` : `${thing}s ${list.slice(0, 8).join(' ')}${list.length > 8 ? ' ...' : ''}`;
}

const plural = (n: number, thing: string): string => `${n} ${thing}${n === 1 ? '' : 's'}`;
