/** `cowcheck explain` of a run on a real QEMU: as JSON, or in words. */
import { type ModelRun, modelRunOf } from '../../../explain/model-run.ts';
import { realColumns, realRows, sectorOf } from '../../../explain/real-run.ts';
import { type Reason, ruleReasons } from '../../../explain/reasons.ts';
import { describeScenario } from '../../../explain/scenario.ts';
import { wrap } from '../../../explain/wrap.ts';
import { type QemuPromise, promiseOf, sentenceOf } from '../../qemu/campaign/promises.ts';
import { versionOf } from '../../qemu/campaign/real-trace.ts';
import { whyNotHandedOn } from '../../qemu/reproducer/check.ts';
import { type Trace, isFailing } from '../../../trace/format.ts';
import { printable } from '../../../trace/printable.ts';
import { plural } from '../io/terminal.ts';

export function realRunJson(trace: Trace, path: string): object {
  const {
    job,
    scenario: { mode },
    verdict,
  } = trace;
  return {
    trace: path,
    job,
    property: verdict?.property ?? null,
    mode,
    detail: verdict?.detail ?? null,
    sentence: verdict === null ? null : sentenceOf(verdict.property),
    promise: isFailing(trace) ? promiseOf(trace) : null,
    sector: sectorOf(trace),
    expected: verdict?.expected ?? null,
    got: verdict?.got ?? null,
    model: isFailing(trace) ? modelRunJson(modelRunOf(trace)) : null,
    steps: realRows(trace).map(({ n, who, what, source, target, hasPart }) => ({
      n,
      who,
      what,
      source,
      target: target === '' ? null : target,
      hasPart,
    })),
  };
}

function modelRunJson(found: ModelRun): object {
  if (found.outcome === 'none') return { outcome: found.outcome, why: found.why };
  if (found.outcome === 'holds') return { outcome: found.outcome, job: found.run.job };
  const { trace, property, sentence, shape, rules } = found.explanation;
  return { outcome: found.outcome, job: trace.job, property, sentence, shape, rules };
}

export function textOfRealRun(trace: Trace, path: string, { width, full }: { width: number; full: boolean }): string[] {
  const { job, scenario, schedule, verdict } = trace;
  const what = verdict === null ? 'nothing is broken' : `property ${verdict.property} is broken`;
  return [
    `${what} in mode ${scenario.mode.toUpperCase()} on ${printable(job).replace(/^qemu/, 'QEMU')}: ${plural(schedule.length, 'step')}`,
    ...(verdict === null || verdict.detail === '' ? [] : wrap(printable(verdict.detail), width)),
    '',
    ...wrap(printable(describeScenario(scenario)), width),
    ...realColumns(trace, { width, full }).map(printable),
    '',
    ...(isFailing(trace)
      ? [...whyBroken(trace.verdict.property, promiseOf(trace), width), '', ...textOfModelRun(modelRunOf(trace), width), '']
      : []),
    ...wrap("To replay this recorded run, and to see the model's run in full:", width),
    `  npx cowcheck replay ${path}${releaseOf(trace)}`,
    `  npx cowcheck qemu --validate ${path}`,
    ...(whyNotHandedOn(trace) === null
      ? [
          '',
          ...wrap('To write one Python file for a bug report or git bisect run (the file needs only Python and QEMU):', width),
          `  ${handOn(path)}`,
        ]
      : []),
  ];
}

/** What the model says of a run that shows the same log. */
function textOfModelRun(found: ModelRun, width: number): string[] {
  if (found.outcome === 'none') return wrap(printable(`Model: no run of the model was found that produces this log: ${found.why}`), width);
  if (found.outcome === 'holds')
    return wrap(
      `Model: the model of ${found.run.job} can produce this log without a failure, so it does not explain what happened here`,
      width,
    );
  const { explanation } = found;
  const { property, sentence, trace } = explanation;
  const reasons: Reason[] = [
    {
      label: 'Model',
      text:
        `a run of the model of ${trace.job} produces this log and breaks ${property}. ` +
        "(Step numbers in this paragraph are those of the model's run.) " +
        sentence,
    },
    ...ruleReasons(explanation),
  ];
  return reasons.flatMap(({ label, text }) => wrap(printable(`${label}: ${text}`), width));
}

/** The option that asks for a release like the one of the trace. A trace of a build of the user's own says nothing of where that is. */
function releaseOf(trace: Trace): string {
  const branch = /^\d+\.\d+/.exec(versionOf(trace) ?? '')?.[0];
  return branch === undefined ? '' : ` --release ${branch}    # or --binary FILE`;
}

/** The command that makes a reproducer of a trace. */
export const handOn = (path: string): string => `npx cowcheck explain ${path} --format reproducer --out reproducer.py`;

/** What must hold, and what QEMU itself promises of it. */
export const whyBroken = (property: string, promise: QemuPromise | null, width: number): string[] => [
  ...wrap(`Property: ${sentenceOf(property)}`, width),
  ...(promise === null ? [] : wrap(`QEMU promises (${promise.id}): ${promise.text} (${promise.source})`, width)),
];
