/** `--job FILE`: a custom job. It is loaded because the command line names it, and for no other reason. */
import { InvalidArgumentError } from 'commander';
import type { JobName } from '../../../../model/machine/job-names.ts';
import { jobNames } from '../../../../model/machine/jobs.ts';
import { type CustomJobFile, isCustomJob } from '../../../../model/families/custom/file-name.ts';
import { jobModes } from '../../../../model/families/custom/known.ts';
import { RELEASES } from '../../../../model/families/releases.ts';
import { whyNotAsked } from '../../../../model/families/custom/asked.ts';
import { askedHere } from '../../files/asked-here.ts';
import { loadJob } from '../../files/custom-job.ts';
import { jobHere } from '../../files/job-here.ts';
import { STANDARD_INPUT } from '../../files/standard-input.ts';
import { fileError } from '../../files/text.ts';
import { type Trace, isQemuJob } from '../../../trace/format.ts';
import type { Flags } from '../io/flags.ts';
import { modesIn } from '../io/mode-option.ts';
import { choice, invalidName } from '../io/suggestion.ts';

/** An option that takes the name of a job, `all`, or a custom job's file. */
export function jobNameOrFile(text: string): JobName | 'all' | CustomJobFile {
  const names = [...jobNames(), 'all' as const];
  const name = names.find((known) => known === text);
  if (name !== undefined) return name;
  if (isCustomJob(text)) return text;
  refuseStandardInput(text);
  const releases = `a release from qemu-${RELEASES[0]} to qemu-${RELEASES.at(-1)}`;
  const list = `correct, all, ${releases}, or a module with a custom job, such as ./my-job.mjs`;
  throw invalidName(text, names, list);
}

/** A custom job is imported by its workers, and named in traces: it has to be a file. */
function refuseStandardInput(text: string): void {
  if (text === STANDARD_INPUT)
    throw new InvalidArgumentError('A custom job cannot come from standard input: save it as a file, such as ./my-job.mjs.');
}

export function jobFile(text: string): string {
  refuseStandardInput(text);
  if (isCustomJob(text)) return text;
  throw new InvalidArgumentError('Expected a module with a custom job, such as ./my-job.mjs.');
}

/** Loads the job that was asked for, if it is somebody's own. @returns what makes no sense together in one line, or null */
export async function takeCustomJob(flags: Flags): Promise<string | null> {
  if (!isCustomJob(flags.job)) return null;
  const name = await loadJob(flags.job);
  flags.customJob = { name, modes: jobModes(name) };
  flags.job = name;
  if (flags.without.length > 0) return "option '--without' cannot be used with a custom job: it switches off rules of built-in jobs";
  const { modes } = flags.customJob;
  const lacking = flags.mode === 'all' ? undefined : modesIn(flags.mode).find((mode) => !modes.includes(mode));
  return lacking === undefined ? null : `${name} has no mode '${lacking}'. Expected ${choice(modes)}`;
}

/**
 * Loads the custom job that traces are to be run with.
 * @param asked by `--job`; absent: the job of `check` in the configuration, if one of the traces is of a custom job
 * @returns by trace: null, if it is run with a built-in one
 */
export async function jobOfTraces(asked: string | undefined, traces: readonly Trace[]): Promise<(trace: Trace) => CustomJobFile | null> {
  const named = asked ?? (traces.some(({ job }) => isCustomJob(job)) ? jobHere() : null);
  const job = named === null ? null : await loadJob(named);
  return (trace) => (asked === undefined && !isCustomJob(trace.job) ? null : job);
}

/** @param job a custom job that has been loaded; null: none */
export function withJob(path: string, trace: Trace, job: CustomJobFile | null): Trace {
  if (isCustomJob(trace.job) && job === null)
    throw fileError(path, `it is a trace of a custom job, and a trace never loads a module by itself: add --job ${trace.job}`);
  if (!isCustomJob(trace.job) && job !== null) throw fileError(path, `it is a trace of a built-in job (${trace.job}): remove --job`);
  if (isQemuJob(trace.job)) return trace;
  const asked = askedHere()?.name;
  const unasked = trace.verdict === null ? null : whyNotAsked(job, trace.verdict.property, asked);
  if (unasked !== null) throw fileError(path, unasked);
  return { ...trace, ...(job === null ? {} : { job }), ...(asked === undefined ? {} : { asked }) };
}
