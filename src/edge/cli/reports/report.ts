/** What `check` says at its end: as JSON (the contract is docs/command.md), or in words. */
import { ruleNamed, rulesOff } from '../../../../model/machine/jobs.ts';
import type { JobName, RuleName } from '../../../../model/machine/job-names.ts';
import { defectsOf } from '../../../../model/families/history.ts';
import type { SyncMode } from '../../../../model/sync.ts';
import { type Verdict, type ModeRuns, together, verdictOfMode } from '../../../search/campaign/verdict.ts';
import { textOfExplanation } from '../../../explain/formats/text.ts';
import { wrap } from '../../../explain/wrap.ts';
import type { CampaignResult } from '../../workers/campaign.ts';
import { minimalityOf } from '../../../shrink/failure.ts';
import type { FailingTrace } from '../../../trace/format.ts';
import { type CustomJobFile, isCustomJob } from '../../../../model/families/custom/file-name.ts';
import type { FailureJson, SearchJson } from '../reporters/result.ts';
import { boundInWords, boundJson } from './bound.ts';
import { type Told, sentenceOf } from '../io/failures.ts';
import { shellWord } from '../../../explain/shell-word.ts';
import { printFailureTable } from './failure-table.ts';
import { notTried } from './not-tried.ts';
import { io } from '../io/io.ts';
import { type RecordedWindow, cutInWords, windowInWords } from '../io/recorded.ts';
import type { AskedNames } from '../io/flags.ts';
import type { ModeChoice } from '../io/mode-option.ts';
import { type Out, type Paint, WIDTH } from './page.ts';
import { count, plural } from '../io/terminal.ts';

export interface CheckOptions extends AskedNames {
  readonly mode: ModeChoice;
  readonly job: JobName | CustomJobFile;
  readonly without: readonly RuleName[];
  readonly wake: string;
  readonly effects: string;
  readonly strategy: string;
  readonly runs: number | null;
  readonly seconds: number | null;
  readonly seed: string;
  readonly clusters: number;
  readonly clusterSectors: number;
  readonly writes: number;
  readonly workload: string | null;
  /** Of a workload: as the option takes it, be it asked for or chosen. */
  readonly window?: string;
  readonly scenario: string | null;
  readonly faults: boolean;
  readonly keepGoing: boolean;
}

export interface Report {
  readonly options: CheckOptions;
  /** Of a workload. */
  readonly recorded: RecordedWindow | null;
  /** How many runs of each mode have to end before it holds. */
  readonly needed: ReadonlyMap<SyncMode, number>;
  readonly result: CampaignResult;
  readonly failures: readonly Told[];
}

/** A mark met in fewer runs than one in so many is called rare. */
const RARE = 10_000;
/** Before the commands that come next. */
const WHAT_WIDTH = 'a race of QEMU 1.6'.length;
const NOT_TRIED = '  not tried: ';
/** Of the column of modes: the longest is BITMAP. */
export const MODE_WIDTH = 'BITMAP'.length;
/** Behind our name. */
const INDENT = 10;

/** A search that was interrupted did not come to what was asked of it. */
function verdictOfModeIn({ needed, result }: Report, mode: SyncMode, runs: ModeRuns): Verdict {
  const verdict = verdictOfMode(runs, needed.get(mode)!);
  return verdict === 'holds' && result.interrupted ? 'unfinished' : verdict;
}

export function verdictOf(report: Report): Verdict {
  const {
    result: { tally },
    failures,
  } = report;
  return failures.length > 0 ? 'broken' : together([...tally.byMode].map(([mode, runs]) => verdictOfModeIn(report, mode, runs)));
}

export function reportJson(report: Report): SearchJson {
  const { options, recorded, failures } = report;
  const { tally, seconds } = report.result;
  const verdict = verdictOf(report);
  return {
    verdict,
    complete: false,
    scope: scopeOf(report),
    options,
    ...(recorded === null ? {} : { recorded }),
    schedules: tally.schedules,
    steps: tally.steps,
    states: 0,
    scenarios: scenariosOf(report),
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
    marks: Object.fromEntries(tally.marks().map(({ name, runs }) => [name, runs])),
    ...(verdict === 'holds' ? { bound: boundJson(tally) } : {}),
  };
}

/** What is told of each failure. Its trace is null if it could not be written. */
export function failureJson(failure: Told): FailureJson {
  const { trace, cost, path, loss } = failure;
  const { job, verdict, scenario, schedule, cause } = trace;
  return {
    property: verdict.property,
    cause,
    defects: [...new Set(cause.flatMap((rule) => defectsOf(ruleNamed(rule, job))))],
    mode: scenario.mode,
    ...(verdict.sector === undefined ? {} : { sector: verdict.sector }),
    step: verdict.step,
    steps: schedule.length,
    preemptions: cost.preemptions,
    guestRequests: scenario.guest.length,
    ...minimalityOf(trace),
    trace: loss === null ? path : null,
    sentence: sentenceOf(failure),
  };
}

/** Whether scenarios are drawn, and not given by a file. */
const areDrawn = ({ workload, scenario }: CheckOptions): boolean => workload === null && scenario === null;

export function scopeOf({ options, recorded }: Pick<Report, 'options' | 'recorded'>): string {
  const { faults, effects } = options;
  return `${subjectOf(options, recorded)}${faults ? ', some of it failing' : ''}; I/O takes effect per ${effects}`;
}

/** Each unit draws for itself, and may draw what others have drawn. */
const scenariosOf = ({ options, result }: Report): number => (options.scenario === null ? result.tally.scenarios : 1);

function subjectOf({ clusters, clusterSectors, writes, workload, scenario }: CheckOptions, recorded: RecordedWindow | null): string {
  if (scenario !== null) return `the scenario of ${scenario}`;
  if (recorded !== null) return `${workload}, ${windowInWords(recorded)}; T0 at a random request`;
  return `up to ${clusters} clusters of ${clusterSectors} sectors, up to ${writes} guest requests`;
}

/** How much is said. */
export interface Wordiness {
  /** All of each failure, however many there are. */
  readonly details: boolean;
  /** Failures, and nothing else. */
  readonly quiet: boolean;
  /** Also how often each situation was met. */
  readonly verbose: boolean;
}

export function printReport(report: Report, { details, quiet, verbose }: Wordiness, paint: Paint): void {
  const { options, recorded, result, failures } = report;
  const { tally } = result;
  const out = (line = ''): void => io().out(`${line}\n`);
  if (quiet) return printFailures(failures, details, out, paint);
  const [first = '', ...more] = wrap(scopeOf(report), WIDTH - INDENT);
  out(`${paint('bold', 'cowcheck')}  ${first}`);
  for (const line of more) out(' '.repeat(INDENT) + line);
  for (const line of recorded === null ? [] : cutInWords(recorded)) out(' '.repeat(INDENT) + line);
  out(paint('dim', `          strategy ${options.strategy}, wake order ${options.wake}, seed ${options.seed}`));
  printJob(options, out, paint);
  out();
  for (const [mode, runs] of tally.byMode)
    out(
      `  ${mode.toUpperCase().padEnd(MODE_WIDTH)} ${wordOf(verdictOfModeIn(report, mode, runs), runs, paint)} ` +
        ` ${counted(runs.schedules, 'schedule')}`,
    );
  out();
  printMarks(report, verbose, out, paint);
  printFailures(failures, details || verbose, out, paint);
  printEnd(report, out, paint);
}

/** The verdict of a mode, in a column. */
export function wordOf(verdict: Verdict, { schedules }: ModeRuns, paint: Paint): string {
  if (verdict === 'broken') return paint('red', 'BROKEN    ');
  return verdict === 'holds' ? paint('green', 'holds     ') : paint('yellow', schedules === 0 ? 'not run   ' : 'unfinished');
}

/** In a column of numbers. */
export const counted = (n: number, thing: string): string => `${count(n).padStart(11)} ${thing}${n === 1 ? '' : 's'}`;

/** What is checked. */
export function printJob(
  { job, without, properties = [], skip = [] }: Pick<CheckOptions, 'job' | 'without'> & AskedNames,
  out: Out,
  paint: Paint,
): void {
  const rules = without.length === 0 ? '' : `without ${without.join(', ')}`;
  const more = properties.length === 0 ? '' : `also checked: ${properties.join(', ')}`;
  const less = skip.length === 0 ? '' : `not checked: ${skip.join(', ')}`;
  for (const line of [aboutJob(job), rules, more, less].filter((text) => text !== '').flatMap((text) => wrap(text, WIDTH - 10)))
    out(`          ${paint('yellow', line)}`);
}

function aboutJob(job: CheckOptions['job']): string {
  if (isCustomJob(job)) return `job ${job}`;
  if (job === 'block-copy') return 'the correct job of the family block-copy: QEMU 4.2 and later';
  if (job === 'correct') return 'the correct job of the family notifier: QEMU 1.6 to 4.1';
  const lacking = rulesOff({ job, without: [] }).length;
  if (lacking === 0) return `${job}, which is not known to break any rule of a correct backup`;
  return `${job}, which breaks ${plural(lacking, 'rule')} of a correct backup`;
}

function printMarks(report: Report, verbose: boolean, out: Out, paint: Paint): void {
  const {
    options,
    result: { tally },
  } = report;
  const marks = tally.marks();
  const met = marks.filter(({ runs }) => runs > 0);
  out(areDrawn(options) ? `  ${met.length} of the ${marks.length} situations that a good search must meet came up` : '  situations met:');
  if (verbose || !areDrawn(options)) for (const { name, runs } of met) out(`    in ${count(runs).padStart(6)} runs  ${name}`);
  // another job has other situations, and a short search has met few
  if (verdictOf(report) !== 'holds' || !areDrawn(options)) return out();
  if (isCustomJob(options.job)) {
    for (const [name, runs] of tally.ownMarks) if (runs === 0) out(`    ${paint('yellow', 'never')}  ${name}`);
    printNotTried(options, out);
    return out();
  }
  const never = marks.filter(({ runs }) => runs === 0);
  const rare = met.filter(({ runs }) => runs * RARE < tally.schedules);
  for (const { name } of never) out(`    ${paint('yellow', 'never')}  ${name}`);
  for (const { name, runs } of rare) out(`    ${paint('dim', `rare, ${runs}`)}  ${name}`);
  printNotTried(options, out);
  out();
}

function printNotTried(options: CheckOptions, out: Out): void {
  const [first = '', ...more] = notTried(options);
  out(`${NOT_TRIED}${first}`);
  for (const line of more) out(' '.repeat(NOT_TRIED.length) + line);
}

/** More than one are listed, unless all of each is asked for: `explain` has the rest. */
export function printFailures(failures: readonly Told[], details: boolean, out: Out, paint: Paint): void {
  if (failures.length > 1 && !details) printFailureTable(failures, out, paint);
  else failures.forEach((failure, i) => printFailure(failure, i + 1, out, paint));
}

/** Four blocks: what broke, how, why, and how to go on. */
function printFailure({ trace, path, explanation }: Told, n: number, out: Out, paint: Paint): void {
  if (explanation === null) printUnexplained(trace, path, n, out, paint);
  else
    for (const line of textOfExplanation(explanation, {
      width: WIDTH,
      ascii: false,
      full: false,
      compare: false,
      path,
      paint,
      number: `${n}.`,
    }))
      out(line);
  out();
}

/** Of a trace of many thousand steps that could not be made small in time: what broke, and how to go on. */
function printUnexplained({ verdict, scenario, schedule, minimal }: FailingTrace, path: string, n: number, out: Out, paint: Paint): void {
  out(
    paint(
      'red',
      `${n}. property ${verdict.property} is broken in ` +
        `mode ${scenario.mode.toUpperCase()}: ${plural(schedule.length, 'step')}, ${plural(scenario.guest.length, 'guest request')}`,
    ),
  );
  for (const line of wrap(`${verdict.detail}. Time ran out before it was shrunk and explained (minimal: ${minimal}).`, WIDTH - 3))
    out(`   ${line}`);
  out();
  out(`   ${paint('dim', 'run it again')}   npx cowcheck replay ${path}`);
  out(`   ${paint('dim', 'make it small')}  npx cowcheck shrink ${path}`);
}

function printEnd(report: Report, out: Out, paint: Paint): void {
  const { options, result } = report;
  const { tally, seconds, interrupted } = result;
  const speed =
    `${plural(tally.schedules, 'schedule')} of ${plural(scenariosOf(report), 'scenario')} ` +
    `in ${seconds.toFixed(1)} s, ${count(Math.round(tally.schedules / seconds))}/s`;
  if (interrupted) out(paint('yellow', 'Interrupted: these are the results so far.'));
  if (tally.cutOff > 0) out(paint('yellow', `${plural(tally.cutOff, 'run')} cut off at the step limit: neither a success nor a failure.`));
  if (verdictOf(report) === 'unfinished' && !interrupted)
    for (const line of wrap(whyUnfinished(tally.byMode, report.needed, options.runs, 'schedules'), WIDTH)) out(paint('yellow', line));
  out(paint('dim', speed));
  if (verdictOf(report) !== 'holds') return;
  for (const note of [...boundInWords(tally), ...idleRules(options)]) for (const line of wrap(note, WIDTH)) out(line);
  if (!areDrawn(options)) return;
  const next = whatNext(options);
  if (next.length === 0) return;
  out();
  out('Next:');
  for (const [what, command] of next) out(`  ${what.padEnd(WHAT_WIDTH)}  npx cowcheck ${command}`);
}

/** What was not tried comes first; then, of a built-in job, what there is to see. @returns what it is, and the command */
function whatNext({ faults, job, mode, without }: CheckOptions): [what: string, command: string][] {
  const same = [
    'check',
    ...(mode === 'all' ? [] : ['--mode', mode]),
    ...(job === 'correct' ? [] : ['--job', shellWord(job)]),
    ...without.flatMap((rule) => ['--without', rule]),
  ];
  const errors: [string, string][] = faults ? [] : [['with I/O errors', `${same.join(' ')} --faults`]];
  if (job !== 'correct' || without.length > 0) return errors;
  return [
    ...errors,
    ['break a rule', 'check --without waitForOverlappingCopies'],
    ['a race of QEMU 1.6', 'check --mode top --without drainBeforeUnhook'],
    ['all rules', 'rules'],
  ];
}

/** What is missing, and what to do. @param runs of `--runs` @param things schedules, or runs */
export function whyUnfinished(
  byMode: ReadonlyMap<SyncMode, ModeRuns>,
  needed: Report['needed'],
  runs: number | null,
  things: string,
): string {
  const short = [...byMode].filter(([mode, { schedules }]) => schedules < needed.get(mode)!);
  if (short.length === 0) return 'Unfinished: some runs reached the step limit, and each of them may be a failure.';
  const ran = short
    .map(([mode, { schedules }]) => `${mode.toUpperCase()} ran ${count(schedules)} of ${count(needed.get(mode)!)} ${things}`)
    .join(', ');
  const mend =
    runs === null
      ? 'A timed search must reach that number in each mode before it holds: give it more --seconds, or --runs.'
      : runs < byMode.size
        ? 'Give it at least one of --runs per mode, or one --mode.'
        : 'Give it more --seconds.';
  return `Unfinished: ${ran}. ${mend}`;
}

/** Rules that are off and can't be missed, for no I/O fails. */
export function idleRules({ without, faults }: Pick<CheckOptions, 'without' | 'faults'>): string[] {
  return without
    .filter((name) => !faults && ruleNamed(name).needsFaults === true)
    .map((name) => `${name} matters only if I/O fails: add --faults.`);
}
