/** What `check --exhaustive` says at its end: as JSON (the contract is docs/command.md), or in words. */
import type { JobName, RuleName } from '../../../../model/machine/job-names.ts';
import type { CustomJobFile } from '../../../../model/families/custom/file-name.ts';
import type { GuestKind } from '../../../../model/block/guest.ts';
import type { WakeOrder } from '../../../../model/kernel/wake/orders.ts';
import { wrap } from '../../../explain/wrap.ts';
import { type Scope, type VariantName, describeScopes } from '../../../scenarios/scope/scope.ts';
import type { SweepOutcome } from '../../workers/sweep.ts';
import type { Verdict } from '../../../search/campaign/verdict.ts';
import type { Told } from '../io/failures.ts';
import { io } from '../io/io.ts';
import type { SearchJson } from '../reporters/result.ts';
import type { AskedNames } from '../io/flags.ts';
import type { ModeChoice } from '../io/mode-option.ts';
import { type Out, type Paint, WIDTH } from './page.ts';
import { type Wordiness, failureJson, MODE_WIDTH, idleRules, printFailures, printJob } from './report.ts';
import { count, plural } from '../io/terminal.ts';

export interface ProofOptions extends AskedNames {
  readonly mode: ModeChoice;
  readonly job: JobName | CustomJobFile;
  readonly without: readonly RuleName[];
  readonly wake: WakeOrder;
  readonly effects: 'cluster' | 'sector';
  readonly exhaustive: true;
  readonly seconds: number | null;
  /** Bytes. */
  readonly memory: number;
  readonly clusters: number;
  readonly clusterSectors: number;
  readonly writes: number;
  readonly kinds: readonly GuestKind[];
  readonly variants: readonly VariantName[];
  readonly faults: boolean;
  readonly keepGoing: boolean;
}

export interface Proof {
  readonly options: ProofOptions;
  readonly scopes: readonly Scope[];
  readonly outcome: SweepOutcome;
  readonly failures: readonly Told[];
}

export function verdictOf({ failures, outcome }: Proof): Verdict {
  if (failures.length > 0) return 'broken';
  return outcome.complete ? 'holds' : 'unfinished';
}

/** A mode holds only if all of it has been searched, whatever broke elsewhere. */
const verdictOfMode = ({ complete }: SweepOutcome, broken: boolean): Verdict => (broken ? 'broken' : complete ? 'holds' : 'unfinished');

export const scopeInWords = ({ scopes, options }: Pick<Proof, 'scopes' | 'options'>): string => describeScopes(scopes, options).join('. ');

export function proofJson(proof: Proof): SearchJson {
  const { options, outcome, failures } = proof;
  const { tally, seconds, complete } = outcome;
  const { states, transitions, scenarios, canonicalScenarios } = tally.all;
  return {
    verdict: verdictOf(proof),
    complete,
    scope: scopeInWords(proof),
    options,
    schedules: 0,
    steps: transitions,
    states,
    scenarios,
    canonicalScenarios,
    cutOff: 0,
    seconds,
    schedulesPerSecond: 0,
    byMode: Object.fromEntries(
      [...tally.byMode].map(([mode, { broken, ...counts }]) => [
        mode,
        {
          schedules: 0,
          states: counts.states,
          scenarios: counts.scenarios,
          canonicalScenarios: counts.canonicalScenarios,
          verdict: verdictOfMode(outcome, broken),
        },
      ]),
    ),
    failures: failures.map(failureJson),
    marks: {},
    collisionBound: tally.collisionBound,
  };
}

export function printProof(proof: Proof, { details, quiet, verbose }: Wordiness, paint: Paint): void {
  const { options, outcome, failures } = proof;
  const out: Out = (line = '') => io().out(`${line}\n`);
  if (quiet) return printFailures(failures, details, out, paint);
  const [first = '', ...more] = wrap(
    `every schedule of every scenario, up to ${plural(options.clusters, 'cluster')} of ${plural(options.clusterSectors, 'sector')}, ` +
      plural(options.writes, 'guest request'),
    WIDTH - 10,
  );
  out(`${paint('bold', 'cowcheck')}  ${first}`);
  for (const line of more) out(`          ${line}`);
  for (const line of wrap(
    `${options.variants.join(', ')}; wake order ${options.wake}; I/O takes effect per ${options.effects}`,
    WIDTH - 10,
  ))
    out(paint('dim', `          ${line}`));
  printJob(options, out, paint);
  out();
  printModes(outcome, out, paint);
  printFailures(failures, details || verbose, out, paint);
  printEnd(proof, out, paint);
}

const COLUMNS = ['scenarios', 'searched', 'states'] as const;

function printModes(outcome: SweepOutcome, out: Out, paint: Paint): void {
  const { byMode, all } = outcome.tally;
  const row = (numbers: readonly (string | number)[]): string =>
    numbers.map((n) => (typeof n === 'number' ? count(n) : n).padStart(15)).join('');
  const counts = (mode: typeof all): number[] => [mode.scenarios, mode.canonicalScenarios, mode.states];
  const indent = ' '.repeat(2 + MODE_WIDTH + ' unfinished '.length);
  out(paint('dim', `${indent}${row(COLUMNS)}`));
  for (const [mode, { broken, ...of }] of byMode) {
    const verdict = { broken: paint('red', 'BROKEN    '), holds: paint('green', 'holds     '), unfinished: 'unfinished' }[
      verdictOfMode(outcome, broken)
    ];
    out(`  ${mode.toUpperCase().padEnd(MODE_WIDTH)} ${verdict} ${row(counts(of))}`);
  }
  if (byMode.size > 1) out(`${indent}${row(counts(all))}`);
  out();
}

function printEnd(proof: Proof, out: Out, paint: Paint): void {
  const { options, scopes, outcome } = proof;
  const { tally, seconds, interrupted, complete } = outcome;
  const { states, transitions } = tally.all;
  if (interrupted) out(paint('yellow', 'Interrupted: these are the results so far.'));
  else if (tally.cut === 'memory')
    out(paint('yellow', 'Unfinished: the states of a scenario did not fit in memory: give it more --memory.'));
  else if (!complete && tally.found.length === 0) out(paint('yellow', 'Unfinished: time ran out: give it more --seconds.'));
  out(
    paint(
      'dim',
      `${plural(states, 'state')} and ${plural(transitions, 'step')} in ${seconds.toFixed(1)} ` +
        `s, ${count(Math.round(states / seconds))} states/s`,
    ),
  );
  if (verdictOf(proof) !== 'holds') return;
  const say = (text: string, indent = ''): void => wrap(text, WIDTH - indent.length).forEach((line) => out(`${indent}${line}`));
  out();
  out(paint('green', 'Proved: no property is broken.'));
  for (const sentence of describeScopes(scopes, options)) say(`${sentence}.`, '  ');
  say(
    'States are distinguished by 64-bit hashes: the probability that a collision hid a failure is ' +
      `below ${tally.collisionBound.toExponential(0)}. This proves something about the model and this scope, ` +
      `not about larger disks or QEMU's code.`,
  );
  for (const note of idleRules(options)) say(note);
}
