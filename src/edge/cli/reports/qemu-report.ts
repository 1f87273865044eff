/** What `cowcheck qemu` says at its end: as JSON (docs/command.md), or in words. */
import type { SyncMode } from '../../../../model/sync.ts';
import { realColumns } from '../../../explain/real-run.ts';
import { describeScenario } from '../../../explain/scenario.ts';
import { wrap } from '../../../explain/wrap.ts';
import { type QemuPromise, sentenceOf } from '../../qemu/campaign/promises.ts';
import type { QemuResult } from '../../qemu/campaign/campaign.ts';
import type { FailingTrace } from '../../../trace/format.ts';
import { type ModeRuns, type Verdict, together, verdictOfMode } from '../../../search/campaign/verdict.ts';
import { boundInWords, boundJson } from './bound.ts';
import { io } from '../io/io.ts';
import type { FailureJson, SearchJson } from '../reporters/result.ts';
import { printEndings } from './endings-report.ts';
import type { ModeChoice } from '../io/mode-option.ts';
import { type Out, type Paint, WIDTH } from './page.ts';
import { printFailureRows } from './failure-table.ts';
import { MODE_WIDTH, type Wordiness, counted, whyUnfinished, wordOf } from './report.ts';
import { count, plural } from '../io/terminal.ts';
import { optionForQemu } from '../io/qemu-binary.ts';
import { handOn, whyBroken } from './real-run.ts';
import { whyNotHandedOn } from '../../qemu/reproducer/check.ts';
import { printTally, tallyJson } from './validation-report.ts';

export interface QemuOptions {
  readonly mode: ModeChoice;
  readonly only: readonly string[];
  readonly binary: string;
  readonly strategy: string;
  readonly runs: number | null;
  readonly seconds: number | null;
  readonly seed: string;
  readonly clusters: number;
  readonly writes: number;
  readonly faults: boolean;
  readonly keepGoing: boolean;
  readonly validate: boolean;
}

export interface QemuSaved {
  readonly trace: FailingTrace;
  readonly preemptions: number;
  /** The property, and what of the set-up it takes (cause.ts). */
  readonly cause: readonly string[];
  readonly promise: QemuPromise | null;
  readonly path: string;
  /** Why its trace is not there. */
  readonly loss: string | null;
}

export interface QemuReport {
  readonly options: QemuOptions;
  /** How many runs of each mode have to end before it holds. */
  readonly needed: ReadonlyMap<SyncMode, number>;
  readonly result: QemuResult;
  readonly failures: readonly QemuSaved[];
  /** Where logs have been written that the model has no run for, and nobody knows why; null: it could not be. */
  readonly unexplained: readonly (string | null)[];
}

function verdictOfModeIn({ needed, result }: QemuReport, mode: SyncMode, runs: ModeRuns): Verdict {
  const verdict = verdictOfMode(runs, needed.get(mode)!);
  return verdict === 'holds' && result.interrupted ? 'unfinished' : verdict;
}

export function qemuVerdictOf(report: QemuReport): Verdict {
  const {
    result: { tally },
    failures,
  } = report;
  return failures.length > 0 ? 'broken' : together([...tally.byMode].map(([mode, runs]) => verdictOfModeIn(report, mode, runs)));
}

export const scopeOf = ({ clusters, writes, faults }: QemuOptions): string =>
  `up to ${clusters} clusters of 64 KiB, up to ${writes} guest requests${faults ? ', some of it failing' : ''}`;

export function qemuReportJson(report: QemuReport): SearchJson {
  const {
    options,
    failures,
    result: { tally, validation, seconds, version, lacks },
  } = report;
  const verdict = qemuVerdictOf(report);
  return {
    verdict,
    complete: false,
    scope: scopeOf(options),
    binary: options.binary,
    version,
    lacks,
    options,
    schedules: tally.schedules,
    steps: tally.steps,
    states: 0,
    scenarios: tally.schedules,
    canonicalScenarios: 0,
    cutOff: tally.cutOff,
    seconds,
    schedulesPerSecond: Math.round(tally.schedules / seconds),
    byMode: Object.fromEntries(
      [...tally.byMode].map(([mode, runs]) => [
        mode,
        { schedules: runs.schedules, states: 0, verdict: verdictOfModeIn(report, mode, runs) },
      ]),
    ),
    failures: failures.map(failureJson),
    ...(validation === null ? {} : { validation: tallyJson(validation, report.unexplained) }),
    endings: tally.endings.rows(),
    marks: Object.fromEntries(tally.marks().map(({ name, runs }) => [name, runs])),
    ...(verdict === 'holds' ? { bound: boundJson({ schedules: tally.schedules, bounds: new Map() }) } : {}),
  };
}

function failureJson({
  trace: { verdict, scenario, schedule },
  cause,
  promise,
  preemptions,
  path,
  loss,
}: QemuSaved): FailureJson & { readonly promise: QemuPromise | null } {
  return {
    property: verdict.property,
    cause,
    mode: scenario.mode,
    ...(verdict.sector === undefined ? {} : { sector: verdict.sector }),
    step: verdict.step,
    steps: schedule.length,
    preemptions,
    guestRequests: scenario.guest.length,
    minimal: 'best effort',
    trace: loss === null ? path : null,
    sentence: sentenceOf(verdict.property),
    promise,
  };
}

export function printQemuReport(report: QemuReport, { quiet, verbose }: Pick<Wordiness, 'quiet' | 'verbose'>, paint: Paint): void {
  const { options, result, failures } = report;
  const { tally, seconds, version, lacks, interrupted } = result;
  const out = (line = ''): void => io().out(`${line}\n`);
  if (quiet) return printQemuFailures(failures, verbose, optionForQemu(options.binary), out, paint);
  out(paint('bold', `QEMU ${version}`));
  out(`  ${scopeOf(options)}`);
  for (const line of [options.binary, `strategy ${options.strategy}, seed ${options.seed}`]) out(paint('dim', `  ${line}`));
  const missing = lacks.length === 0 ? [] : wrap(`not supported by ${version.split(' ', 1)[0]}: ${lacks.join(', ')}`, WIDTH - 2);
  for (const line of missing) out(`  ${line}`);
  out();
  for (const [mode, runs] of tally.byMode)
    out(
      `  ${mode.toUpperCase().padEnd(MODE_WIDTH)} ${wordOf(verdictOfModeIn(report, mode, runs), runs, paint)} ` +
        ` ${counted(runs.schedules, 'run')}`,
    );
  out();
  out('  runs that met each situation:');
  for (const { name, runs } of tally.marks()) out(`    ${runs === 0 ? paint('yellow', '  never') : count(runs).padStart(7)}  ${name}`);
  out();
  printEndings(
    tally.endings.rows(),
    failures.map(({ trace }) => trace.verdict.property),
    out,
  );
  if (result.validation !== null) printTally(result.validation, report.unexplained, out, paint);
  printQemuFailures(failures, verbose, optionForQemu(options.binary), out, paint);
  if (interrupted) out(paint('yellow', 'Interrupted: these are the results so far.'));
  if (tally.cutOff > 0) out(paint('yellow', `${plural(tally.cutOff, 'run')} cut off at the step limit: neither a success nor a failure.`));
  if (qemuVerdictOf(report) === 'unfinished' && !interrupted)
    for (const line of wrap(whyUnfinished(tally.byMode, report.needed, options.runs, 'runs'), WIDTH)) out(paint('yellow', line));
  out(
    paint(
      'dim',
      `${plural(tally.schedules, 'run')} of ${plural(tally.steps, 'step')} in ${seconds.toFixed(1)} ` +
        `s, ${(tally.schedules / seconds).toFixed(1)}/s`,
    ),
  );
  if (qemuVerdictOf(report) !== 'holds') return;
  for (const note of [...boundInWords({ schedules: tally.schedules, bounds: new Map() }), DISCARDS])
    for (const line of wrap(note, WIDTH)) out(line);
}

const DISCARDS =
  'If QEMU drops a discard while a job runs, as 7.2 does, that is no failure here: the discard succeeds ' +
  'for the guest, which then reads the same data as before.';

/**
 * More than one are listed, unless all of each is asked for: `explain` has the rest.
 * @param qemu the option that a replay needs, to run on the same QEMU
 */
function printQemuFailures(failures: readonly QemuSaved[], verbose: boolean, qemu: string, out: Out, paint: Paint): void {
  if (failures.length < 2 || verbose) return failures.forEach((failure, i) => printQemuFailure(failure, i + 1, verbose, qemu, out, paint));
  const rows = failures.map(({ trace, preemptions, cause, path }) => ({
    property: trace.verdict.property,
    mode: trace.scenario.mode,
    requests: trace.scenario.guest.length,
    preemptions,
    steps: trace.schedule.length,
    minimal: 'best effort',
    cause: cause.join(', '),
    path,
  }));
  printFailureRows(rows, '--verbose', out, paint);
}

/** Four blocks: what broke, how, why, and how to go on. */
function printQemuFailure(
  { trace, preemptions, promise, path }: QemuSaved,
  n: number,
  full: boolean,
  qemu: string,
  out: Out,
  paint: Paint,
): void {
  const { verdict, scenario, schedule } = trace;
  out(
    `${paint('red', `${n}. ${verdict.property} is broken`)} in ` +
      `mode ${scenario.mode.toUpperCase()}: ${plural(schedule.length, 'step')}, ${plural(preemptions, 'preemption')}`,
  );
  for (const line of wrap(verdict.detail, WIDTH - 3)) out(`   ${line}`);
  out();
  for (const line of wrap(describeScenario(scenario), WIDTH - 3)) out(`   ${line}`);
  for (const line of realColumns(trace, { width: WIDTH - 3, full })) out(`   ${line}`);
  out();
  for (const line of whyBroken(verdict.property, promise, WIDTH - 3)) out(`   ${line}`);
  out();
  for (const line of wrap(`Minimal: ${trace.minimal}`, WIDTH - 3)) out(`   ${line}`);
  out();
  out(`   ${paint('dim', 'run it again')}   npx cowcheck replay ${path}${qemu}`);
  out(`   ${paint('dim', 'all steps')}      npx cowcheck explain ${path} --full`);
  if (whyNotHandedOn(trace) === null) out(`   ${paint('dim', 'report it')}      ${handOn(path)}`);
  out();
}
