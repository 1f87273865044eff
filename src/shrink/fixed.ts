/**
 * Whether the defect of a trace is gone with all rules on: in every schedule of every scenario that was searched
 * until it was found to be the smallest. Those are the scenarios of its mode with at most its requests,
 * its clusters and its features. Traces share most of them, so scopes within others are left out.
 */
import type { Setting } from '../../model/machine/shape.ts';
import type { RuleName } from '../../model/machine/job-names.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import type { Violation } from '../../properties/property.ts';
import { searchExhaustively } from '../search/exhaustive/exhaustive.ts';
import { MachinePool, watchedMachine } from '../search/pool.ts';
import type { Trace } from '../trace/format.ts';
import { type ScenarioSize, scenarioCost } from './cost.ts';
import { type Family, scenariosOfSize } from './family.ts';
import { describeFeatures, featuresOf } from './features.ts';

export interface FoundScope extends Family, ScenarioSize {
  readonly effects: 'cluster' | 'sector';
}

export interface FixedResult {
  readonly scenarios: number;
  readonly states: number;
  /** Null: every schedule holds. */
  readonly broken: { readonly scenario: Scenario; readonly violation: Violation } | null;
}

const BYTES_MAX = 2 ** 29;

export function scopeFoundIn({ scenario, effects }: Trace): FoundScope {
  const { requests, clusters } = scenarioCost(scenario);
  return { mode: scenario.mode, clusterSectors: scenario.disk.clusterSectors, features: featuresOf(scenario), requests, clusters, effects };
}

/** The scopes of traces, without those that are within another. */
export function scopesFoundIn(traces: readonly Trace[]): FoundScope[] {
  const scopes = [...new Map(traces.map((trace) => [JSON.stringify(scopeFoundIn(trace)), scopeFoundIn(trace)])).values()];
  return scopes.filter((scope) => !scopes.some((other) => other !== scope && isWithin(scope, other)));
}

export function isWithin(scope: FoundScope, other: FoundScope): boolean {
  const isSameKind = scope.mode === other.mode && scope.clusterSectors === other.clusterSectors && scope.effects === other.effects;
  return (
    isSameKind &&
    scope.requests <= other.requests &&
    scope.clusters <= other.clusters &&
    scope.features.every((feature) => other.features.includes(feature))
  );
}

export function scopeInWords({ mode, clusters, clusterSectors, requests, features, effects }: FoundScope): string {
  return [
    `${mode.toUpperCase()}, at most ${plural(clusters, 'cluster')} of ${clusterSectors} sectors ` +
      `and ${plural(requests, 'request')} (errors and cancels among them)`,
    ...describeFeatures(features),
    `effects per ${effects}, any wake order`,
  ].join(', ');
}

const plural = (n: number, thing: string): string => `${n} ${thing}${n === 1 ? '' : 's'}`;

/** Every schedule of every scenario. @param without the rules that are off, if any @throws if a scenario does not fit into memory */
export function searchFixed(scope: FoundScope, without: readonly RuleName[] = []): FixedResult {
  const setting: Setting = { effects: scope.effects, wake: 'any', without, requestsMin: 0 };
  const machines = new MachinePool(watchedMachine);
  let [scenarios, states] = [0, 0];
  for (const scenario of scenariosUpTo(scope)) {
    const { machine, properties } = machines.for(scenario, setting);
    const { broken, complete, states: seen } = searchExhaustively(machine, properties, { bytesMax: BYTES_MAX, shouldStop: () => false });
    if (broken !== null) return { scenarios, states, broken: { scenario, violation: broken.violation } };
    if (!complete) throw new Error('a small scenario did not fit into memory');
    scenarios++;
    states += seen;
  }
  return { scenarios, states, broken: null };
}

function* scenariosUpTo(scope: FoundScope): Generator<Scenario> {
  for (let requests = 0; requests <= scope.requests; requests++) {
    for (let clusters = 0; clusters <= scope.clusters; clusters++) yield* scenariosOfSize(scope, { requests, clusters }, () => false);
  }
}
