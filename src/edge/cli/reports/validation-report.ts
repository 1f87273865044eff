/** What `cowcheck qemu --validate` says of logs: as JSON (docs/command.md), or in words. */
import { wrap } from '../../../explain/wrap.ts';
import type { Validation } from '../../../validate/validate.ts';
import type { Refusal } from '../../../validate/refusal.ts';
import type { ValidationTally } from '../../qemu/campaign/validation-tally.ts';
import { type Out, type Paint, WIDTH } from './page.ts';
import { count, plural } from '../io/terminal.ts';

const refusalJson = ({ step, next, instead, waiting }: Refusal): object => ({ step, next, instead, waiting });

/** @param traces where those that were refused have been written; null: it could not be */
export function tallyJson(
  { validated, refused, unfinished, notCompared, kept }: ValidationTally,
  traces: readonly (string | null)[],
): object {
  return {
    validated,
    refused,
    unfinished,
    notCompared: Object.fromEntries(notCompared),
    refusals: kept.map(({ refusals }, i) => ({ trace: traces[i] ?? null, refusals: refusals.map(refusalJson) })),
  };
}

export function printTally(tally: ValidationTally, traces: readonly (string | null)[], out: Out, paint: Paint): void {
  const { validated, compared, unfinished, refused, notCompared, kept } = tally;
  const line = (runs: number, text: string): void =>
    wrap(text, WIDTH - 13).forEach((part, i) => out(`    ${i === 0 ? count(runs).padStart(7) : '       '}  ${part}`));
  out(`  logs against the model of this release, ${count(compared)} compared:`);
  line(validated, 'are runs of the model');
  if (unfinished > 0) line(unfinished, paint('yellow', 'reached the search limit'));
  if (refused > 0) line(refused, paint('red', 'are none'));
  out();
  if (notCompared.size > 0) out('  not compared, and why:');
  for (const [why, runs] of notCompared) line(runs, why);
  out();
  kept.forEach(({ refusals }, i) => {
    out(paint('red', `A log is not a run of the model: ${traces[i] ?? 'it could not be written'}`));
    printRefusals(refusals, out);
  });
}

/** The deepest prefixes of a log that the model has, and what it could have shown there instead. */
export function printRefusals(refusals: readonly Refusal[], out: Out): void {
  const paragraph = (text: string): void => wrap(text, WIDTH - 5).forEach((part, i) => out(`${i === 0 ? '   ' : '     '}${part}`));
  refusals.forEach(({ step, next, instead, waiting, schedule }, i) => {
    paragraph(
      i === 0
        ? `up to step ${step} there is a run that shows the log. There it has ${short(next.join(', or '))}`.trimEnd()
        : 'or another run, and instead',
    );
    paragraph(`the model could show: ${instead.map(short).join('; ') || 'nothing'}`);
    if (waiting.length > 0) paragraph(`waiting: ${waiting.join('; ')}`);
    paragraph(
      `after ${plural(schedule.length, 'step')} of its own, the last ${schedule
        .slice(-TAIL)
        .map(({ who, what }) => `${who}: ${what}`)
        .join(', ')}`,
    );
    out();
  });
}

const TAIL = 4;
const SHORT = 120;

/** A cluster may have many sectors. */
const short = (text: string): string => (text.length > SHORT ? `${text.slice(0, SHORT)}...` : text);

/** Of one log. @param run where the model's run has been written */
export function validationJson(trace: string, result: Validation, run: string | null): object {
  const { outcome } = result;
  if (outcome === 'not compared') return { trace, outcome, why: result.why };
  const searched = { trace, outcome, events: result.events, states: result.states };
  if (outcome === 'a run of the model') return { ...searched, run };
  return outcome === 'unfinished' ? searched : { ...searched, refusals: result.refusals.map(refusalJson) };
}

/** One line, where there are many logs. */
export function printShortValidation(trace: string, result: Validation, _run: string | null, out: Out, paint: Paint): void {
  out(`${paint('green', result.outcome)}  ${trace}`);
}

export function printValidation(trace: string, result: Validation, run: string | null, out: Out, paint: Paint): void {
  const style = result.outcome === 'a run of the model' ? 'green' : result.outcome === 'no run of the model' ? 'red' : 'yellow';
  out(`${paint(style, result.outcome)}  ${trace}`);
  if (result.outcome === 'not compared') return wrap(result.why, WIDTH - 3).forEach((part) => out(`   ${part}`));
  out(`   ${plural(result.events, 'event')} of the log, ${plural(result.states, 'state')} looked at`);
  if (result.outcome === 'a run of the model')
    return out(`   ${run === null ? 'the run of the model could not be written' : `its run: ${run}`}`);
  if (result.outcome === 'unfinished') return;
  printRefusals(result.refusals, out);
}
