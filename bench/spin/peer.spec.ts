import { describe, expect, it } from 'vitest';
import type { RuleName } from '../../model/backup/rules.ts';
import { Machine, shapeOf } from '../../model/machine.ts';
import type { GuestOperation, Scenario } from '../../model/scenario.ts';
import { request } from '../../model/testing.ts';
import { Properties } from '../../properties/all.ts';
import { type ExhaustiveResult, NO_REDUCTION, searchExhaustively } from '../../src/explore/exhaustive.ts';
import { hasSpin, searchWithSpin } from './search.ts';

type Mode = Scenario['mode'];

function scenario(mode: Mode, clusters: number, guest: readonly GuestOperation[], more: { sectors?: number; zero?: readonly number[]; allocated?: readonly number[] } = {}): Scenario {
  const { sectors = 2 * clusters, zero = [sectors - 1], allocated = [0] } = more;
  const overlay = mode === 'top' ? { overlay: { clusterSectors: 2, allocated, zeroClusters: [], baseSectors: sectors } } : {};
  return { mode, disk: { sectors, clusterSectors: 2, zero, discardReads: 'zero', ...overlay }, targetClusterSectors: mode === 'full' ? 0 : 2, guest, cancel: mode === 'none' };
}

function search(of: Scenario, without: readonly RuleName[] = []): ExhaustiveResult {
  const machine = new Machine(shapeOf(of, { effects: 'cluster', wake: 'any', without, requestsMin: 0 }));
  const properties = new Properties(machine);
  machine.load(of);
  return searchExhaustively(machine, properties, { bytesMax: 2 ** 30, shouldStop: () => false }, NO_REDUCTION);
}

const one = request('g1', 'write', [0, 2]);
const part = request('g1', 'write', [1, 1]);
const across = request('g2', 'write', [1, 2]);
const later = request('g2', 'write', [0, 2], { after: ['g1'] });

for (const mode of ['full', 'top', 'none'] as const) {
  it(mode, async () => {
   for (const sc of [
    scenario(mode, 1, [one]), scenario(mode, 2, [part, across]), scenario(mode, 2, [part, later]), scenario(mode, 2, [part, across, request('g3', 'write', [0, 1])]),
    scenario(mode, 2, [part, across, request('g3', 'write', [0, 1])], {sectors: 3, allocated: [1]}),
    scenario(mode, 3, [request('g1','write', [0,6]), request('g2','write', [3,2]), request('g3', 'write', [0, 3], {after:['g2']})]),
   ]) {
    const ours = search(sc); const theirs = await searchWithSpin(sc, {reduction: false});
    const red = await searchWithSpin(sc, {reduction: true});
    console.log(mode, ours.states, theirs.states, ours.transitions, theirs.transitions, ours.broken?.violation, theirs.error, theirs.complete, red.states, red.error);
    const o = search(sc, ['waitForOverlappingCopies']);
    const t = await searchWithSpin(sc, {reduction: false, without: ['waitForOverlappingCopies']});
    console.log(o.broken?.violation.property, t.error, o.states, t.states);
   }
  }, 100000);
}
