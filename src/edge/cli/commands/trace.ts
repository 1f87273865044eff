/** `cowcheck trace`: trace files that people edit by hand. */
import { Argument, type Command } from 'commander';
import { isCustomJob } from '../../../../model/families/custom/file-name.ts';
import { STANDARD_INPUT } from '../../files/standard-input.ts';
import { fileError } from '../../files/text.ts';
import { loadTraceText, writeWhole } from '../../files/traces.ts';
import { type ReplayResult, replay } from '../../../replay/replay.ts';
import { NotRunnable, recordAgain } from '../../../replay/record-again.ts';
import { type Trace, isQemuJob } from '../../../trace/format.ts';
import { schemaFile } from '../../../trace/json-schema.ts';
import { printable } from '../../../trace/printable.ts';
import { writeTraceFile } from '../../../trace/write.ts';
import { BROKEN, HOLDS } from '../io/exit-status.ts';
import { io } from '../io/io.ts';
import { refuseIdle } from '../io/one-line.ts';
import { json, painter } from '../io/terminal.ts';

const ABOUT = `
Actions:
  fmt     rewrites each file in the newest format and canonical layout
  check   checks that each file has that layout and that its run ends as the
          file says
  record  after you edit a scenario or its steps by hand: runs the steps and
          fills in what they show and how the run ends

Exit status of check: 0 if every file passes, 1 if not. check does not run
traces of a custom job or of a real QEMU (see: cowcheck replay); record refuses
them.

Examples:
  cowcheck trace fmt some.trace.yaml
  cowcheck trace check traces/found/*.trace.yaml
  cowcheck trace record some.trace.yaml
  cowcheck trace fmt - < some.trace.yaml > other.trace.yaml
`;

/** One file. */
interface Looked {
  readonly trace: string;
  readonly formatted: boolean;
  /** Null: it was not run. */
  readonly outcome: ReplayResult['outcome'] | null;
}

interface Flags {
  readonly json: boolean;
  readonly color: boolean;
}

export function defineTrace(command: Command): void {
  command
    .addArgument(new Argument('<action>', 'what to do with the files').choices(['fmt', 'check', 'record']))
    .argument('<trace...>', 'trace files; - reads standard input')
    .optionsGroup('Output:')
    .option('--json', 'one JSON array on standard output', false)
    .addHelpText('after', ABOUT)
    .action((action: keyof typeof ACTIONS, paths: string[]) => {
      if (action !== 'check' && paths.includes(STANDARD_INPUT)) {
        if (paths.length > 1) command.error(`${action} of standard input writes to standard output, so it accepts no other trace`);
        refuseIdle(command, ['--json'], `has no effect here: ${action} of standard input writes the trace to standard output`);
      }
      io().end(ACTIONS[action](paths, command.optsWithGlobals<Flags>()));
    });
}

const ACTIONS = { fmt: format, check, record } as const;

/** All are run before the first is written. @returns the exit status */
function record(paths: readonly string[], flags: Flags): number {
  const files = paths.map((path) => {
    const { trace, text: before } = loadTraceText(path);
    if (isQemuJob(trace.job) || isCustomJob(trace.job))
      throw fileError(path, 'it is a trace of a custom job or of a real QEMU, which trace record cannot run (see: cowcheck replay)');
    const again = recorded(path, trace);
    const text = writeTraceFile(again, schemaOf(before));
    return { path, verdict: again.verdict, text, isChanged: text !== before };
  });
  for (const { path, text, isChanged } of files) put(path, text, isChanged);
  if (files.some(({ path }) => path === STANDARD_INPUT)) return HOLDS;
  if (flags.json)
    io().out(json(files.map(({ path, verdict, isChanged }) => ({ trace: path, changed: isChanged, property: verdict?.property ?? null }))));
  else
    for (const { path, verdict } of files)
      io().out(`${verdict === null ? 'nothing breaks' : `${verdict.property} breaks at step ${verdict.step}`}  ${printable(path)}\n`);
  return HOLDS;
}

function recorded(path: string, trace: Trace): Trace {
  try {
    return recordAgain(trace);
  } catch (error) {
    throw error instanceof NotRunnable ? fileError(path, error.message) : error;
  }
}

/** All are read before the first is written. @returns the exit status */
function format(paths: readonly string[], flags: Flags): number {
  const files = paths.map((path) => ({ path, ...formatted(path) }));
  for (const { path, text, isFormatted } of files) put(path, text, !isFormatted);
  if (files.some(({ path }) => path === STANDARD_INPUT)) return HOLDS;
  if (flags.json) io().out(json(files.map(({ path, isFormatted }) => ({ trace: path, changed: !isFormatted }))));
  else for (const { path, isFormatted } of files) if (!isFormatted) io().out(`formatted  ${printable(path)}\n`);
  return HOLDS;
}

/** What came from standard input goes to standard output, and nothing else does. */
function put(path: string, text: string, isChanged: boolean): void {
  if (path === STANDARD_INPUT) io().out(text);
  else if (isChanged) writeWhole(path, text);
}

/** @returns the exit status */
function check(paths: readonly string[], flags: Flags): number {
  const all = paths.map(look);
  const isFine = ({ formatted: is, outcome }: Looked): boolean => is && (outcome === null || outcome === 'reproduced');
  if (flags.json) io().out(json(all));
  else for (const one of all) io().out(`${inWords(one, isFine(one), painter(flags.color))}\n`);
  return all.every(isFine) ? HOLDS : BROKEN;
}

function look(path: string): Looked {
  const { trace, isFormatted } = formatted(path);
  const isRun = !isQemuJob(trace.job) && !isCustomJob(trace.job);
  return { trace: path, formatted: isFormatted, outcome: isRun ? replay(trace).outcome : null };
}

function formatted(path: string): { trace: ReturnType<typeof loadTraceText>['trace']; text: string; isFormatted: boolean } {
  const { trace, text: before } = loadTraceText(path);
  const text = writeTraceFile(trace, schemaOf(before));
  return { trace, text, isFormatted: text === before };
}

/** Where a file says that its schema is, if it is that of the format which is written. */
function schemaOf(text: string): string {
  const said = /^# yaml-language-server: \$schema=(?<path>\S+)$/m.exec(text)?.groups!['path'];
  return said?.split('/').at(-1) === schemaFile() ? said : schemaFile();
}

function inWords({ trace, formatted: is, outcome }: Looked, isFine: boolean, paint: ReturnType<typeof painter>): string {
  const what = [...(is ? [] : ['not formatted']), ...(outcome === null ? ['not run'] : [outcome])].join(', ');
  return `${paint(isFine ? 'green' : 'red', what)}  ${printable(trace)}`;
}
