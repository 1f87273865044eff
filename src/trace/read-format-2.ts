/** From what a file of format 2 says to a trace. */
import type { Written2 } from './format-2.ts';
import type { Trace } from './format.ts';
import { refuseForeign, toStep, toVerdict } from './parts.ts';
import { readScenario } from './read-scenario.ts';

/** @throws TraceContentError if it makes no sense, or is more than the model can run */
export function fromFormat2({ about, subject, wake, effects, scenario, schedule, verdict, cause, minimal, found }: Written2): Trace {
  const { custom, qemu, family, era = 'correct', with: on, without } = subject;
  const trace: Trace = {
    ...(about === undefined ? {} : { about }),
    job: qemu === undefined ? (custom ?? (family === 'block-copy' && era === 'correct' ? family : era)) : `qemu ${qemu}`,
    ...(on.length > 0 ? { with: on } : {}),
    without,
    wake,
    effects,
    scenario: readScenario(scenario),
    schedule: schedule.map(toStep),
    verdict: toVerdict(verdict),
    cause,
    minimal,
    ...(found === undefined ? {} : { found }),
  };
  refuseForeign(trace, 'subject');
  return trace;
}
