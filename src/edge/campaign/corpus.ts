/**
 * A corpus: the failures of all searches so far, a trace for each cause, in a folder that may be a repository. Each search runs them
 * again before it looks for others.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type CustomJobFile, isCustomJob } from '../../../model/families/custom/file-name.ts';
import { type JobName, familyOfJob } from '../../../model/machine/job-names.ts';
import { rulesOff } from '../../../model/machine/jobs.ts';
import type { Scenario } from '../../../model/scenario/scenario.ts';
import type { SyncMode } from '../../../model/sync.ts';
import { replay } from '../../replay/replay.ts';
import { bucketOf } from '../../search/diagnose/bucket.ts';
import { costOf, isLess } from '../../shrink/cost.ts';
import { type FailingTrace, isFailing, isQemuJob } from '../../trace/format.ts';
import { fileError } from '../files/text.ts';
import { loadTrace, removeTrace, saveTrace } from '../files/traces.ts';

/** What is searched now: what a trace is run on. */
export interface CorpusSubject extends Pick<FailingTrace, 'without' | 'wake' | 'effects' | 'asked'> {
  readonly job: JobName | CustomJobFile;
  readonly modes: readonly SyncMode[];
}

export interface CorpusFailure {
  readonly path: string;
  readonly trace: FailingTrace;
}

/** A failure of the corpus that does not happen any more, and what happens instead. */
export interface Gone extends CorpusFailure {
  readonly why: string;
}

const ENDING = '.trace.yaml';

export class Corpus {
  readonly #folder: string;
  readonly #failures: CorpusFailure[];
  readonly #gone: Gone[] = [];

  /** @param folder which need not be there yet @throws FileError if a trace in it can't be read */
  constructor(folder: string) {
    this.#folder = folder;
    this.#failures = namesIn(folder).flatMap((name) => {
      const path = join(folder, name);
      const trace = loadTrace(path);
      return isFailing(trace) && !isQemuJob(trace.job) ? [{ path, trace }] : [];
    });
  }

  /** Those that were run again and do not fail any more. */
  get gone(): readonly Gone[] {
    return this.#gone;
  }

  /**
   * Runs those again that this search could find: of its job, its modes and its wake order, and whose cause is off in it.
   * @returns those that still fail, as traces of this search
   */
  async replay(subject: CorpusSubject, signal: AbortSignal): Promise<CorpusFailure[]> {
    const still: CorpusFailure[] = [];
    for (const { path, trace } of this.#failures) {
      await setImmediate(); // to be interrupted
      if (signal.aborted) break;
      if (!isOf(trace, subject)) continue;
      const { with: _with, ...rest } = trace;
      const { job, without, asked } = subject;
      const here: FailingTrace = { ...rest, job, without, ...(asked === undefined ? {} : { asked }) };
      const { outcome, detail } = replay(here);
      if (outcome === 'reproduced') still.push({ path, trace: here });
      else this.#gone.push({ path, trace, why: detail });
    }
    return still;
  }

  has(path: string): boolean {
    return this.#failures.some((failure) => failure.path === path);
  }

  /**
   * Adds a failure, unless one of its cause is there that is no larger and still fails. It takes the place of those of its cause; but what
   * no longer fails on a custom job may have been another mistake, now mended, and stays.
   * @returns the file of the trace; null: it was not needed
   * @throws FileError if it can't be written
   */
  add(trace: FailingTrace): string | null {
    const same = this.#failures.filter((other) => keyOf(other.trace) === keyOf(trace));
    const isGone = ({ path }: CorpusFailure): boolean => this.#gone.some((gone) => gone.path === path);
    if (same.some((other) => !isGone(other) && !isLess(costOf(trace), costOf(other.trace)))) return null;
    const path = saveTrace(trace, this.#folder);
    const replaced = same.filter((other) => other.path !== path && !(isCustomJob(trace.job) && isGone(other)));
    for (const other of replaced) removeTrace(other.path);
    this.#failures.splice(0, Infinity, ...this.#failures.filter((other) => !replaced.includes(other) && other.path !== path), {
      path,
      trace,
    });
    return path;
  }
}

function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(ENDING))
      .toSorted();
  } catch (error) {
    throw fileError(folder, `it is not a readable directory (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}

/** The same for failures of one cause. A custom job has no rules that would tell one cause from another: what its run needs may do so. */
export const keyOf = ({ job, wake, effects, scenario, verdict, cause }: FailingTrace): string =>
  [
    ...(isCustomJob(job) ? [job, ...needsOf(scenario)] : [familyOfJob(job)]),
    wake,
    effects,
    bucketOf(scenario.mode, verdict.property, cause),
  ].join(' ');

/** Which errors a run needs, and whether it needs a cancel: a trace that needs them shows another mistake than one that does not. */
const needsOf = ({ faults = [], cancel }: Scenario): string[] => {
  const kinds = new Set(faults.map(({ side, op }) => `${side}.${op}`));
  return [...Array.from(kinds).toSorted(), ...(cancel ? ['cancel'] : [])];
};

function isOf({ job, wake, effects, scenario, cause }: FailingTrace, subject: CorpusSubject): boolean {
  if (isQemuJob(job) || wake !== subject.wake || effects !== subject.effects || !subject.modes.includes(scenario.mode)) return false;
  if (isCustomJob(job) || isCustomJob(subject.job)) return job === subject.job;
  const off = rulesOff({ job: subject.job, without: subject.without });
  return familyOfJob(job) === familyOfJob(subject.job) && cause.every((rule) => off.includes(rule));
}
