/** The same choices on the correct job, as far as it allows them: where the two part says what the bug is. */
import { useMemo } from 'preact/hooks';
import { type JobName, familyOfJob } from '../../model/machine/job-names.ts';
import type { Setting } from '../../model/machine/shape.ts';
import { nextOf } from '../../src/run/of-trace.ts';
import { Run } from '../../src/run/run.ts';
import type { RowName } from '../../src/run/grid.ts';
import { GridView } from './grid.tsx';
import { Session } from './session.ts';

/** Where a choice could not be made, and what its coroutine did instead. */
interface Parting {
  readonly step: number;
  readonly choice: string;
  readonly instead: string;
}

export function Compare({ session, extra }: { session: Session; extra: readonly RowName[] }) {
  const length = session.length.value;
  const { correct, parts, other } = useMemo(() => correctOf(session), [session, length]);
  correct.go(session.at.value);
  return (
    <section class="compare" role="group" aria-label="The correct job">
      <GridView session={correct} extra={extra} label="The disks of the correct job, after the same choices" />
      <p>
        {parts === null
          ? `The correct job allows the same choices${other}.`
          : `At step ${parts.step} the correct job does not allow "${parts.choice}": ${parts.instead}. Its disks stay ` +
            'as they were before that step.'}
      </p>
    </section>
  );
}

/** That of the same family. */
const correctJobOf = ({ job = 'correct' }: Setting): JobName => (familyOfJob(job) === 'block-copy' ? 'block-copy' : 'correct');

/** Follows the choices up to the first that is not possible. */
function correctOf({ run }: Session): { correct: Session; parts: Parting | null; other: string } {
  const correct = new Run(run.scenario, { ...run.setting, without: [], job: correctJobOf(run.setting) });
  for (const [i, { id, who, what }] of run.steps.entries()) {
    const isReady = correct.readyAfter(i).includes(id);
    const next = nextOf(correct, id);
    if (!isReady || next.what !== what) {
      const coroutine = correct.machine.coroutines.byId(id);
      const instead = coroutine.hasEnded
        ? `there ${who} has ended`
        : isReady
          ? `there ${who} continues with "${next.what}"`
          : `there ${who} waits in "${next.what}"`;
      return { correct: new Session(correct, null), parts: { step: i + 1, choice: `${who}: ${what}`, instead }, other: '' };
    }
    correct.take(id);
  }
  return { correct: new Session(correct, null), parts: null, other: whatElse(run, correct) };
}

/** What the correct job shows that this one does not, where both take the same steps: `''` if nothing. */
function whatElse({ steps }: Run, correct: Run): string {
  const n = steps.findIndex(({ saw }, i) => saw !== correct.steps[i]!.saw);
  const shown = (saw: string): string => (saw === '' ? 'nothing' : `"${saw}"`);
  return n < 0 ? '' : `. At step ${n + 1} it shows ${shown(correct.steps[n]!.saw)}, and not ${shown(steps[n]!.saw)}`;
}
