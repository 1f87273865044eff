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
  {
    status: HOLDS,
    brief: 'every property holds, or each trace ends as its file says',
    meaning: 'every property holds and the search is complete, or each trace ends as its file says',
  },
  {
    status: BROKEN,
    brief: 'a property is broken, or a trace does not end as its file says',
    meaning: 'a property is broken, or a trace does not end as its file says',
  },
  { status: BAD_USAGE, brief: 'bad usage or unreadable input', meaning: 'bad usage, unreadable input, or unwritable output' },
  {
    status: UNFINISHED,
    brief: 'unfinished: a limit was reached first',
    meaning:
      'unfinished: nothing is broken so far, but a limit was reached before the search was complete. In JSON `"verdict": "unfinished"`',
  },
  {
    status: INTERNAL_ERROR,
    brief: 'a bug in cowcheck',
    meaning: 'a bug in cowcheck, or out of memory: a stack trace says where. Failures found so far are on disk',
  },
  {
    status: INTERRUPTED,
    brief: 'interrupted (failures found so far are kept and printed)',
    meaning:
      'interrupted by Ctrl-C, SIGTERM or SIGHUP: failures found so far are kept and printed, within seconds. A second Ctrl-C exits at ' +
      'once and prints nothing',
  },
];

/** Of a search. */
export function exitStatusOf(verdict: Verdict, interrupted: boolean): number {
  if (interrupted) return INTERRUPTED;
  return { holds: HOLDS, broken: BROKEN, unfinished: UNFINISHED }[verdict];
}
