/** What reporters write of: what one search, or one replay, came to, as plain data. */
import type { SyncMode } from '../../../../model/sync.ts';
import type { Verdict } from '../../../search/campaign/verdict.ts';
import { plural } from '../io/terminal.ts';
import { optionForQemu } from '../io/qemu-binary.ts';
import { shellWord } from '../../../explain/shell-word.ts';
import { isCustomJob } from '../../../../model/families/custom/file-name.ts';

/** One thing that was checked: a mode, or a trace that was replayed. */
export interface Case {
  /** Such as `TOP`. */
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'unfinished';
  /** Why it has not passed, in a few short sentences; of what has passed, how much was run. */
  readonly message: string;
  /** Which property is broken, or how a replay has ended. */
  readonly kind: string;
  /** What causes it: rules that are off. The same cause, the same failure. */
  readonly cause: readonly string[];
  /** The file to look at: the custom job, or else the trace; null: there is none. */
  readonly file: string | null;
  readonly trace: string | null;
  /** Runs it again. */
  readonly command: string | null;
}

/** How far a search had come. */
export interface Sample {
  /** Since the search began. */
  readonly seconds: number;
  readonly schedules: number;
  /** Situations that had been met; null: nothing counts them. */
  readonly situations: number | null;
  readonly failures: number;
}

/** What `--json` prints of a search, without what is known of every command (docs/command.md says what each means). */
export interface SearchJson {
  /** Of a real QEMU: how jobs with a bitmap ended. */
  readonly endings?: readonly object[];
  readonly verdict: Verdict;
  readonly complete: boolean;
  readonly scope: string;
  readonly options: object & { readonly job?: string };
  readonly recorded?: object;
  readonly schedules: number;
  readonly steps: number;
  readonly states: number;
  readonly scenarios: number;
  readonly canonicalScenarios: number;
  readonly cutOff: number;
  readonly seconds: number;
  readonly schedulesPerSecond: number;
  readonly byMode: Readonly<Record<string, { readonly schedules: number; readonly states: number; readonly verdict: Verdict }>>;
  readonly failures: readonly FailureJson[];
  readonly marks: Readonly<Record<string, number>>;
  readonly bound?: object;
  readonly collisionBound?: number;
  /** With `--corpus`. */
  readonly corpus?: object;
  /** Of a real QEMU. */
  readonly binary?: string;
  readonly version?: string;
  readonly lacks?: readonly string[];
  readonly validation?: object;
}

export interface FailureJson {
  readonly property: string;
  readonly cause: readonly string[];
  readonly defects?: readonly string[];
  readonly mode: SyncMode;
  readonly sector?: number;
  readonly step: number;
  readonly steps: number;
  readonly preemptions: number;
  readonly guestRequests: number;
  readonly minimal: string;
  readonly minimalScope?: string;
  readonly trace: string | null;
  readonly sentence: string;
}

/** What is known of every command. */
export interface About {
  /** cowcheck's version. */
  readonly cowcheck: string;
  /** In UTC, as ISO 8601 has it. */
  readonly started: string;
  /** Seconds that all of it took: search, shrinking, proofs. */
  readonly duration: number;
}

export interface Result extends About {
  /** Such as `check correct`: what was checked. */
  readonly name: string;
  /** The JSON of the command. */
  readonly json: object;
  /** The JSON of a search; null: it was none. */
  readonly search: SearchJson | null;
  readonly cases: readonly Case[];
  readonly samples: readonly Sample[];
}

/** One case for each failure, and one for each mode without any. */
export function casesOfSearch({ byMode, failures, options, binary }: SearchJson): Case[] {
  const job = options.job !== undefined && isCustomJob(options.job) ? options.job : null;
  const what = (job === null ? '' : ` --job ${shellWord(job)}`) + (binary === undefined ? '' : optionForQemu(binary));
  return Object.entries(byMode).flatMap(([mode, { verdict, schedules, states }]): Case[] => {
    const broken = failures.filter((failure) => failure.mode === mode);
    if (broken.length > 0) return broken.map((failure) => caseOfFailure(failure, job, what));
    const ran = schedules > 0 ? plural(schedules, 'schedule') : plural(states, 'state');
    return [
      {
        name: mode.toUpperCase(),
        outcome: verdict === 'holds' ? 'passed' : 'unfinished',
        message: verdict === 'holds' ? ran : `unfinished: a limit was reached after ${ran}`,
        kind: verdict,
        cause: [],
        file: job,
        trace: null,
        command: null,
      },
    ];
  });
}

/** @param what options that a replay needs */
function caseOfFailure({ property, cause, mode, trace, sentence }: FailureJson, job: string | null, what: string): Case {
  return {
    name: `${mode.toUpperCase()}: ${property}${cause.length === 0 ? '' : ` (${cause.join(', ')})`}`,
    outcome: 'failed',
    message: sentence,
    kind: property,
    cause,
    file: job ?? trace,
    trace,
    command: trace === null ? null : `npx cowcheck replay ${shellWord(trace)}${what}`,
  };
}
