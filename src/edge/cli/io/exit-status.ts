/** How a command ends (docs/command.md). Nothing but a result that holds is 0: `cowcheck ... && echo fine` must not lie. */
import type { Verdict } from '../../../search/campaign/verdict.ts';

export const HOLDS = 0;
/** A property is broken, or a trace does not end as it says. */
export const BROKEN = 1;
/** Bad usage, unreadable input, output that can't be written. */
export const BAD_USAGE = 2;
/** A limit came before the verdict. */
export const UNFINISHED = 3;
/**
 * A mistake of cowcheck's own, or no memory left: its stack is printed. Node's own status would be 1, which says that a
 * property is broken.
 */
export const INTERNAL_ERROR = 70;
/** Ctrl-C, or another signal that asks for the end. */
export const INTERRUPTED = 130;

interface ExitStatus {
  readonly status: number;
  /** For the help. */
  readonly brief: string;
  /** For docs/command.md, in Markdown. */
  readonly meaning: string;
}

/** All of them, for the help and for docs/command.md. */
export const EXIT_STATUSES: readonly ExitStatus[] = [
  { status: HOLDS, brief: 'holds', meaning: 'it holds: nothing is broken, and that was all that was asked for' },
  { status: BROKEN, brief: 'a property is broken', meaning: 'a property is broken, or a trace does not end as it says' },
  { status: BAD_USAGE, brief: 'bad usage or unreadable input', meaning: "bad usage, unreadable input, output that can't be written" },
  {
    status: UNFINISHED,
    brief: 'unfinished: a limit came before the verdict',
    meaning: 'unfinished: nothing is broken, and a limit came before the verdict. In JSON `"verdict": "unfinished"`',
  },
  {
    status: INTERNAL_ERROR,
    brief: "a mistake of cowcheck's own",
    meaning: "a mistake of cowcheck's own, or no memory left: a stack trace says where. What was found by then is on disk",
  },
  {
    status: INTERRUPTED,
    brief: 'interrupted (what was found by then is kept and printed)',
    meaning:
      'interrupted by Ctrl-C, SIGTERM or SIGHUP: what was found so far is kept and printed, within seconds. A second Ctrl-C ends at ' +
      'once, and prints nothing',
  },
];

/** Of a search. */
export function exitStatusOf(verdict: Verdict, interrupted: boolean): number {
  if (interrupted) return INTERRUPTED;
  return { holds: HOLDS, broken: BROKEN, unfinished: UNFINISHED }[verdict];
}
