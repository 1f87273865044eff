/**
 * One rule off in one mode: the smallest failure, and under which wake orders it is one; or how much was
 * searched without one. Random schedules come first, for they look at scenarios of every kind; where
 * they find nothing, every schedule of a stated scope.
 */
import type { Setting } from '../../model/machine/shape.ts';
import { type SyncMode, syncOf } from '../../model/sync.ts';
import { RULES, type RuleName } from '../../model/families/notifier/rules.ts';
import type { Rule } from '../../model/families/rule.ts';
import type { WakeOrder } from '../../model/kernel/wake/orders.ts';
import { Benches, type Found, runUnit } from '../search/campaign/campaign.ts';
import { type Scope, describeScopes } from '../scenarios/scope/scope.ts';
import { Sweeper } from '../search/exhaustive/sweep.ts';
import { generated } from '../scenarios/sources.ts';
import { isLess } from '../shrink/cost.ts';
import { type Failure, failureOf, minimalityOf, provenFailure } from '../shrink/failure.ts';
import { replay } from '../replay/replay.ts';

/** A failure, and the wake orders under which its schedule is possible. */
export interface Finding {
  readonly failure: Failure;
  readonly wakes: readonly WakeOrder[];
}

export interface Cell {
  readonly rule: RuleName;
  readonly mode: SyncMode;
  /** One for both wake orders, or one for each; none: nothing was found. */
  readonly findings: readonly Finding[];
  /** By wake order without a finding, what was searched, in words. */
  readonly searched: Partial<Record<WakeOrder, string>>;
  /** False: somebody said stop before it was done. */
  readonly complete: boolean;
}

const DRAWN = { clusters: 3, clusterSectors: 2, writes: 3 };
const SCHEDULES = 20_000;
/** Searches, each with a seed of its own, as long as none ends in a proof. */
const SEARCHES = 3;
/** How many times a proof asks whether to stop: a bound that is the same on every computer. */
const PROOF_ASKS = 400_000;
const BYTES_MAX = 2 ** 28;

/** The scope of which every schedule is searched where chance finds nothing. */
export const scopesOf = (mode: SyncMode): Scope[] => [
  { mode, clusters: 2, clusterSectors: 2, requests: 2 },
  { mode, clusters: 1, clusterSectors: 2, requests: 1, variant: 'fault' },
  ...(syncOf(mode).readableWhileRunning ? [{ mode, clusters: 1, clusterSectors: 2, requests: 2, variant: 'reader' } as const] : []),
];

export function searchCell(rule: RuleName, mode: SyncMode, seed: string, shouldStop: () => boolean): Cell {
  const searched: Cell['searched'] = {};
  const findings: Finding[] = [];
  const any = smallestFailure(rule, mode, 'any', seed, shouldStop);
  if (any === null) searched.any = searchedInWords(mode, rule, 'any');
  else findings.push({ failure: any, wakes: isPossible(any, 'qemu') ? ['any', 'qemu'] : ['any'] });
  if (findings[0]?.wakes.length !== 2) {
    const qemu = any === null ? null : smallestFailure(rule, mode, 'qemu', seed, shouldStop); // whose schedules are among the others
    if (qemu === null) searched.qemu = searchedInWords(mode, rule, 'qemu');
    else findings.push({ failure: qemu, wakes: ['qemu'] });
  }
  return { rule, mode, findings, searched, complete: !shouldStop() };
}

/** Whether its schedule is one under another wake order as well. */
function isPossible({ trace }: Failure, wake: WakeOrder): boolean {
  return replay({ ...trace, wake }).outcome === 'reproduced';
}

function smallestFailure(rule: RuleName, mode: SyncMode, wake: WakeOrder, seed: string, shouldStop: () => boolean): Failure | null {
  let smallest: Failure | null = null;
  for (const failure of failures(rule, mode, wake, seed, shouldStop)) {
    if (smallest === null || isLess(failure.cost, smallest.cost)) smallest = failure;
    if (minimalityOf(failure.trace).minimal === 'proven') return failure;
  }
  return smallest;
}

/** As small as can be. The first search looks longest; where it finds nothing by chance, whatever the scope has. */
function* failures(rule: RuleName, mode: SyncMode, wake: WakeOrder, seed: string, shouldStop: () => boolean): Generator<Failure> {
  const source = generated({ ...DRAWN, faults: (RULES[rule] as Rule).needsFaults === true });
  const setting: Setting = { effects: 'sector', wake, without: [rule], requestsMin: DRAWN.writes };
  for (let n = 0; n < SEARCHES && !shouldStop(); n++) {
    const about = { strategy: 'portfolio', seed: `${seed} ${n}` };
    const unit = { mode, number: 0, schedules: n === 0 ? SCHEDULES : SCHEDULES / 4 };
    const { found } = runUnit({ ...about, setting, keepGoing: false }, source, unit, new Benches(), shouldStop);
    if (found.length > 0) yield proven(failureOf(found[0]!, { ...about, setting }, shouldStop), shouldStop);
    else if (n === 0) {
      const caught = sweep(mode, { ...setting, effects: 'cluster', requestsMin: 0 }, shouldStop);
      if (caught !== null)
        yield proven(
          failureOf(caught, { strategy: 'exhaustive', seed: '', setting: { ...setting, effects: 'cluster' } }, shouldStop),
          shouldStop,
        );
      return;
    }
  }
}

function proven(failure: Failure, shouldStop: () => boolean): Failure {
  let asks = 0;
  return provenFailure(failure, () => ++asks > PROOF_ASKS || shouldStop());
}

/** The first failure of the scope; null: every schedule holds. */
function sweep(mode: SyncMode, setting: Setting, shouldStop: () => boolean): Found | null {
  const sweeper = new Sweeper({ scopes: scopesOf(mode), setting, keepGoing: false });
  for (let unit = 0; unit < sweeper.units && !shouldStop(); unit++) {
    const { found, cut } = sweeper.run(unit, BYTES_MAX, shouldStop);
    if (found.length > 0) return found[0]!;
    if (cut === 'memory') throw new Error('a small scope did not fit into memory');
  }
  return null;
}

/** What is searched before nothing is found. */
export function searchedInWords(mode: SyncMode, rule: RuleName, wake: WakeOrder): string {
  const scope = describeScopes(scopesOf(mode), { effects: 'cluster', wake, without: [rule] });
  return (
    `nothing in ${SCHEDULES.toLocaleString('en-US')} random ` +
    `schedules${(RULES[rule] as Rule).needsFaults === true ? ' with errors' : ''}, nor in any of the ` +
    `scope: ${scope.join('. ')}`
  );
}
