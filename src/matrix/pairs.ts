/**
 * Pairs of rules that matter only together: in some scenario every schedule holds with either of them
 * off, and with both off one breaks. Each keeps what the other would; each masks the other there. Every
 * scenario of a small scope is asked, with every schedule, so what is not here is not in that scope.
 */
import type { Setting } from '../../model/machine/shape.ts';
import type { SyncMode } from '../../model/sync.ts';
import { RULE_NAMES, type RuleName } from '../../model/families/notifier/rules.ts';
import type { Scenario } from '../../model/scenario/scenario.ts';
import { ANY_COST, type MinimalSchedule, minimalSchedule } from '../search/minimal/minimal-schedule.ts';
import { Experiment, namedSchedule } from '../search/experiment.ts';
import { type Scope, describeScopes, isApplicable, scenariosOf } from '../scenarios/scope/scope.ts';
import { recordTrace } from '../replay/record.ts';
import type { FailingTrace } from '../trace/format.ts';
import { Searcher } from './searcher.ts';

export interface Pair {
  readonly mode: SyncMode;
  /** In the order of the table of rules. */
  readonly rules: readonly [RuleName, RuleName];
  /** The cheapest schedule of the first such scenario. */
  readonly trace: FailingTrace;
}

const SETTING = { effects: 'cluster', wake: 'any', requestsMin: 0 } as const satisfies Omit<Setting, 'without'>;
const settingWithout = (...without: readonly RuleName[]): Setting => ({ ...SETTING, without });

export const pairScopes = (mode: SyncMode): Scope[] =>
  [
    { mode, clusters: 1, clusterSectors: 2, requests: 2, kinds: ['write', 'discard'] } as const,
    { mode, clusters: 2, clusterSectors: 1, requests: 2, kinds: ['write'] } as const,
    { mode, clusters: 1, clusterSectors: 2, requests: 1, kinds: ['write'], variant: 'fault' } as const,
    { mode, clusters: 1, clusterSectors: 2, requests: 2, kinds: ['write'], variant: 'reader' } as const,
  ].filter(isApplicable);

/** What was searched, in words. */
export const pairScopeInWords = (mode: SyncMode): string => describeScopes(pairScopes(mode), { ...SETTING, without: [] }).join('. ');

/** Searches the pairs of a mode. What is known of single rules is kept for the next pair. */
export class PairSearch {
  readonly #mode: SyncMode;
  readonly #scenarios: readonly Scenario[];
  readonly #singles = new Map<RuleName, Single>();

  constructor(mode: SyncMode) {
    this.#mode = mode;
    this.#scenarios = pairScopes(mode).flatMap((scope) => [...scenariosOf(scope)].map(({ scenario }) => scenario));
  }

  /** @param shouldStop asked now and then; then there may be a pair, and null is no answer */
  search(first: RuleName, second: RuleName, shouldStop: () => boolean): Pair | null {
    const [a, b] = [this.#single(first, shouldStop), this.#single(second, shouldStop)];
    if (!a.asked.has(second) || !b.asked.has(first)) return null; // up to the first question both off are as one off
    const both = new Searcher(settingWithout(first, second));
    for (const [i, scenario] of this.#scenarios.entries()) {
      if (shouldStop()) return null;
      if (a.broken[i] || b.broken[i]) continue;
      if (both.search(scenario, shouldStop).broken === null) continue;
      const rules = inOrder(first, second);
      return { mode: this.#mode, rules, trace: traceOf(scenario, rules) };
    }
    return null;
  }

  #single(rule: RuleName, shouldStop: () => boolean): Single {
    const known = this.#singles.get(rule);
    if (known !== undefined) return known;
    const searcher = new Searcher(settingWithout(rule));
    const broken = this.#scenarios.map((scenario) => searcher.search(scenario, shouldStop).broken !== null);
    const single = { broken, asked: searcher.asked };
    this.#singles.set(rule, single);
    return single;
  }
}

const inOrder = (a: RuleName, b: RuleName): [RuleName, RuleName] => (RULE_NAMES.indexOf(a) < RULE_NAMES.indexOf(b) ? [a, b] : [b, a]);

interface Single {
  /** By scenario: whether a schedule breaks something with this rule off. */
  readonly broken: readonly boolean[];
  /** The rules that are asked with this one off. */
  readonly asked: ReadonlySet<RuleName>;
}

function traceOf(scenario: Scenario, without: readonly RuleName[]): FailingTrace {
  const setting = settingWithout(...without);
  const { machine, properties } = new Experiment(scenario, setting);
  const { cheapest } = minimalSchedule(machine, properties, { below: ANY_COST, bytesMax: 2 ** 27, shouldStop: () => false }, () => true);
  // A schedule breaks something, and this search sees all that the exhaustive one sees.
  const { schedule } = cheapest as MinimalSchedule;
  return recordTrace(
    { scenario, setting, steps: namedSchedule(scenario, setting, schedule) },
    { minimal: 'the cheapest schedule of the first scenario that needs both rules' },
  );
}
