/** `cowcheck explain`: why a trace fails, in a few short sentences, and in forms that can be handed on. */
import { chmodSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { Option, type Command } from 'commander';
import { type CustomJobFile, isCustomJob } from '../../../../model/families/custom/file-name.ts';
import { explain } from '../../../explain/explain-any.ts';
import { type Explanation, isAsTold } from '../../../explain/explanation.ts';
import { htmlOfExplanation } from '../../../explain/formats/html.ts';
import { jsonOfExplanation } from '../../../explain/formats/json.ts';
import { markdownOfExplanation } from '../../../explain/formats/markdown.ts';
import { svgOfExplanation } from '../../../explain/formats/svg.ts';
import { TEST_RUNNERS, type TestRunner, testOfExplanation } from '../../../explain/formats/test.ts';
import { textOfExplanation } from '../../../explain/formats/text.ts';
import { writeOutput } from '../../files/output.ts';
import { testRunnerOf } from '../../files/test-runner.ts';
import { fileError } from '../../files/text.ts';
import { loadTrace } from '../../files/traces.ts';
import { type Trace, isFailing, isQemuJob } from '../../../trace/format.ts';
import { printable } from '../../../trace/printable.ts';
import { type ReplayResult, replay } from '../../../replay/replay.ts';
import { io } from '../io/io.ts';
import { NotHandedOn } from '../../qemu/reproducer/check.ts';
import { iotestOf } from '../../qemu/reproducer/iotest.ts';
import { reproducerOf } from '../../qemu/reproducer/reproducer.ts';
import { jobFile, jobOfTraces, withJob } from './custom-job.ts';
import { realRunJson, textOfRealRun } from '../reports/real-run.ts';
import { refuseIdle } from '../io/one-line.ts';
import { json, painter } from '../io/terminal.ts';
import { wholeNumber } from '../io/usage.ts';

const FORMATS = ['text', 'md', 'svg', 'html', 'json', 'test', 'reproducer', 'iotest'] as const;

interface Flags {
  format: (typeof FORMATS)[number];
  width: number;
  ascii: boolean;
  full: boolean;
  compare?: 'correct';
  runner?: TestRunner;
  job?: string;
  out?: string;
  json: boolean;
  color: boolean;
}

const WIDTH = 80;
const WIDTH_MIN = 60;
const WIDTH_MAX = 400;

const ABOUT = `
Formats:
  text   for a terminal
  md     Markdown, for a bug report
  svg    an image that follows the light or dark theme
  html   one self-contained file
  json   for other tools
  test   a test that runs the trace again, for vitest, jest or node:test; for a
         custom job, it passes after any correct fix
  reproducer
         for a trace of a real QEMU: one Python file for a bug report and for
         git bisect run; it needs only Python 3.9 or newer and a
         qemu-storage-daemon
  iotest
         for a trace of a real QEMU in which each request completes before
         the next begins: a test for QEMU's own tests/qemu-iotests

docs/glossary.md explains the terms.

Exit status: 0 if the trace fails as its file says and is explained, 1 if not,
2 if it cannot be read, or cannot be written in that format.

Examples:
  cowcheck explain traces/gallery/drainBeforeUnhook.trace.yaml
  cowcheck explain some.trace.yaml --compare correct --width 120
  cowcheck explain some.trace.yaml --format html --out why.html
  cowcheck explain traces/releases/lost-cluster-5.2.trace.yaml \\
    --format reproducer --out lost-cluster.py
`;

export function defineExplain(command: Command): void {
  command
    .argument('<trace>', 'trace file; - reads standard input')
    .optionsGroup('What is printed:')
    .addOption(new Option('--format <name>', 'output format').choices([...FORMATS]).default('text'))
    .option('--full', 'all steps, including unrelated ones (text and md only)', false)
    .addOption(new Option('--compare <job>', 'the same schedule on another job, side by side (text only)').choices(['correct']))
    .addOption(
      new Option('--runner <name>', 'test runner (test only; default: the one in the nearest package.json, else node)').choices([
        ...TEST_RUNNERS,
      ]),
    )
    .optionsGroup('Which job:')
    .option('--job <file>', 'custom job of the trace', jobFile)
    .optionsGroup('Output:')
    .option('--width <n>', 'width of the text in columns', wholeNumber(WIDTH_MIN, WIDTH_MAX), WIDTH)
    .option('--ascii', 'ASCII characters only (text only)', false)
    .option('--out <file>', 'file to write, replaced if it exists')
    .option('--json', 'the same as --format json', false)
    .addHelpText('after', ABOUT)
    .action(async (path: string) => {
      const flags = command.optsWithGlobals<Flags>();
      refuseIdleOptions(flags, command);
      const trace = loadTrace(path);
      const jobOf = await jobOfTraces(flags.job, [trace]);
      io().end(explainPath(path, trace, flags, jobOf(trace), command));
    });
}

function refuseIdleOptions({ format, json: asJson }: Flags, command: Command): void {
  if (asJson) refuseIdle(command, ['--format'], 'cannot be used with --json');
  const as = asJson ? 'json' : format;
  if (as !== 'text') refuseIdle(command, ['--width', '--ascii', '--compare'], `works only with --format text, not ${as}`);
  if (as !== 'test') refuseIdle(command, ['--runner'], `works only with --format test, not ${as}`);
  if (as !== 'text' && as !== 'md') refuseIdle(command, ['--full'], `works only with --format text or md, not ${as}`);
}

/** @returns the exit status */
function explainPath(path: string, loaded: Trace, flags: Flags, job: CustomJobFile | null, command: Command): number {
  if (isQemuJob(loaded.job)) {
    refuseIdle(command, ['--job', '--ascii'], 'cannot be used here: this is a trace of a real QEMU, not of the model');
    return explainReal(path, loaded, flags);
  }
  if (isCustomJob(loaded.job)) refuseIdle(command, ['--compare'], 'cannot be used here: a custom job has no correct job to compare with');
  const format = flags.json ? 'json' : flags.format;
  if (format === 'reproducer' || format === 'iotest') return handOn(path, loaded, format, flags);
  const trace = withJob(path, loaded, job);
  const explanation = explain(trace);
  if (explanation === null || !isAsTold(explanation)) return refuse(path, trace, replay(trace), format === 'json');
  const text = written(explanation, path, format, flags);
  print(path, flags, text);
  return 0;
}

/** A run on a real QEMU is told out of its own record: nobody sees what QEMU does within. @returns the exit status */
function explainReal(path: string, trace: Trace, flags: Flags): number {
  if ((flags.format === 'reproducer' || flags.format === 'iotest') && !flags.json) return handOn(path, trace, flags.format, flags);
  if (flags.format !== 'text' && flags.format !== 'json')
    throw fileError(path, 'it is a trace of a real QEMU: use --format text, json, reproducer or iotest');
  if (flags.compare !== undefined)
    throw fileError(path, 'it is a trace of a real QEMU, which has no correct job to compare with (see: cowcheck qemu --validate)');
  const asJson = flags.json || flags.format === 'json';
  print(path, flags, asJson ? json(realRunJson(trace, path)) : `${textOfRealRun(trace, printable(path), flags).join('\n')}\n`);
  return isFailing(trace) ? 0 : 1;
}

/** @throws TextFileError if it can't be handed on. @returns the exit status */
function handOn(path: string, trace: Trace, format: 'reproducer' | 'iotest', flags: Flags): number {
  try {
    print(path, flags, format === 'iotest' ? iotestOf(trace) : reproducerOf(trace));
    if (flags.out !== undefined) chmodSync(flags.out, EXECUTABLE); // QEMU's ./check refuses a test that is not
    return 0;
  } catch (error) {
    throw error instanceof NotHandedOn ? fileError(path, error.message) : error;
  }
}

const EXECUTABLE = 0o755;

function print(path: string, { out }: Flags, text: string): void {
  if (out === undefined) io().out(text);
  else writeOutput(out, text, path);
}

/** A trace that holds, or can't be followed, has no reason why it fails. */
function refuse(path: string, trace: Trace, { outcome, detail }: ReplayResult, asJson: boolean): number {
  if (asJson) io().out(json({ trace: path, outcome, detail, property: trace.verdict?.property ?? null }));
  else io().out(`${outcome}  ${printable(path)}\n  ${detail}${isFailing(trace) ? '' : ': there is nothing to explain'}\n`);
  return 1;
}

function written(
  explanation: Explanation,
  path: string,
  format: Exclude<Flags['format'], 'reproducer' | 'iotest'>,
  { width, ascii, full, compare, color, out, runner = testRunnerOf(folderOf(out)) }: Flags,
): string {
  const formats: Record<typeof format, () => string> = {
    text: () => {
      const paint = painter(color && out === undefined);
      return `${textOfExplanation(explanation, { width, ascii, full, compare: compare !== undefined, path, paint }).join('\n')}\n`;
    },
    md: () => markdownOfExplanation(explanation, { full, path }),
    svg: () => svgOfExplanation(explanation),
    html: () => htmlOfExplanation(explanation, path),
    json: () => json(jsonOfExplanation(explanation, path)),
    test: () => testOfExplanation(explanation, jobModule(explanation.trace, out), runner),
  };
  return formats[format]();
}

/** Where a test will stand. */
const folderOf = (out: string | undefined): string => (out === undefined ? '.' : dirname(out));

/** How a test imports the custom job that the trace is of: from the folder where the test is written. @returns null: it is of none */
function jobModule({ job }: Trace, out: string | undefined): string | null {
  if (!isCustomJob(job)) return null;
  const path = relative(resolve(folderOf(out)), resolve(job))
    .split(sep)
    .join('/');
  return path.startsWith('../') ? path : `./${path}`;
}
