/** What the step did, and which property it broke: the panel that turns red and says why. */
import { roleOf } from '../../model/meaning.ts';
import type { Property } from '../../properties/property.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
import { reasonsOf } from '../../src/explain/reasons.ts';
import { type RowName, gridOf } from '../../src/run/grid.ts';
import { data } from '../common/data.ts';
import { LATER_WORDS } from '../common/later-words.ts';
import { everyDetail } from './detail.ts';
import { said, sentenceOf } from './said.ts';
import { type Session, differs, isAtItsEnd } from './session.ts';

interface VerdictProps {
  readonly session: Session;
  readonly isSecret?: boolean;
  /** In words for those who have not heard of properties. */
  readonly isLesson?: boolean;
  /** Said where it breaks, in place of the explanation. */
  readonly says?: string | undefined;
}

export function Verdict({ session, isSecret = false, isLesson = false, says }: VerdictProps) {
  const { at, run } = session;
  void session.grid.value; // another way may have led to the same step
  const step = run.steps[at.value - 1];
  const explanation = session.isBroken && !isSecret && says === undefined ? session.explanation.value : null;
  const words = step === undefined ? 'Nothing has happened yet.' : `${sentenceOf(step)}${marksOf(session)}.`;
  return (
    <section class={`verdict ${session.isBroken ? 'broken' : 'holds'}`} role="group" aria-label="Verdict" tabIndex={0}>
      {session.isBroken ? (
        <Broke session={session} isSecret={isSecret} isLesson={isLesson} says={says} />
      ) : (
        <>
          <Holds session={session} isPlain={isLesson} />
          <PromiseLine session={session} />
        </>
      )}
      <p class="what" data-sentence>
        <b>Step {at.value}</b> {words}
      </p>
      {explanation === null ? null : <Reasons session={session} explanation={explanation} />}
      {isLesson ? null : <Properties session={session} />}
    </section>
  );
}

/** That a cluster is marked as copied is a change that the step's own words do not tell. */
function marksOf(session: Session): string {
  const bits = session.grid.value.rows.find(({ name }) => name === 'bit')!;
  const { at, run } = session;
  const before = gridOf(run, Math.max(0, at.value - 1));
  const isMarked = bits.cells.some(({ text }, i) => text === '1' && differs(bits, before, i));
  return isMarked && !everyDetail.value && !session.without.includes('bit') ? ', and marks it as copied' : '';
}

const isOver = ({ run: { promise }, at }: Session): boolean => promise.closed !== null && at.value >= promise.closed;

function Holds({ session, isPlain }: { session: Session; isPlain: boolean }) {
  if (isOver(session)) return <p class="dim">{LATER_WORDS[isStillT0(session) ? 'stillT0' : 'notT0']}</p>;
  if ((isPlain && !hasBegun(session)) || isCancelled(session)) return null;
  const soFar = isAtItsEnd(session) ? '' : ' so far';
  return (
    <p class="good">
      <span aria-hidden="true">✓</span> {isPlain ? `The backup is good${soFar}.` : `Every property holds${soFar}.`}
    </p>
  );
}

function isStillT0({ grid }: Session): boolean {
  const cells = (name: RowName) => grid.value.rows.find((row) => row.name === name)!.cells;
  return cells('backup shows').every(({ text }, i) => text === cells('disk at T0')[i]!.text);
}

/** From the cancel on nobody may rely on the backup, though the job hears of it only when it runs next. */
const isCancelled = ({ run, at, grid }: Session): boolean =>
  !grid.value.promise.includes('completed') && run.steps.slice(0, at.value).some(({ step }) => roleOf(step) === 'cancels');

/** The step with which the promise ends, from 1: the cancel, if there was one. Null: it does not end. */
export function promiseEnd({ promise: { closed }, steps }: Session['run']): number | null {
  if (closed === null) return null;
  const cancel = steps.slice(0, closed).findIndex(({ step }) => roleOf(step) === 'cancels');
  return cancel < 0 ? closed : cancel + 1;
}

const hasBegun = ({ run: { promise }, at }: Session): boolean => promise.opened !== null && at.value >= promise.opened;

/** From its end on nothing that the backup shows is promised: that must not be missed. */
function PromiseLine({ session }: { session: Session }) {
  const { grid } = session;
  if (isOver(session))
    return (
      <p class="promise over" data-promise="over">
        <b>Promise over.</b> {LATER_WORDS.over}
      </p>
    );
  if (hasBegun(session) && isCancelled(session))
    return (
      <p class="promise over" data-promise="ends">
        <b>The promise ends here.</b> {LATER_WORDS.cancelled}
      </p>
    );
  return (
    <p class="promise" data-promise={hasBegun(session) ? 'open' : 'not yet'}>
      {!hasBegun(session) ? 'The promise starts at T0.' : grid.value.promise.includes('completed') ? LATER_WORDS.kept : LATER_WORDS.open}
    </p>
  );
}

function Broke({ session, isSecret, isLesson, says }: Omit<Required<VerdictProps>, 'says'> & { says: string | undefined }) {
  const { violation, step } = session.broken.value!;
  const explanation = isSecret || says !== undefined ? null : session.explanation.value;
  return (
    <div>
      <h2>
        ✗ {isLesson && violation.property === 'snapshot-kept' ? 'The backup is wrong' : `${violation.property} is broken`}
        {session.at.value > step ? ` from step ${step} on` : ''}
      </h2>
      {isOver(session) ? <PromiseLine session={session} /> : null}
      {explanation === null ? <p>{says ?? `${violation.detail.replace(/^sector/, 'Sector')}.`}</p> : null}
      {session.isExplaining.value ? <p class="dim">Why: being worked out …</p> : null}
      {explanation === null ? null : (
        <p class="why" data-why>
          {said(explanation.sentence)}
        </p>
      )}
    </div>
  );
}

function Reasons({ session, explanation }: { session: Session; explanation: Explanation }) {
  const { violation } = session.broken.value!;
  return (
    <details>
      <summary>What should have happened</summary>
      <dl>
        <dt>Broken</dt>
        <dd>
          {violation.property}: {violation.detail}
        </dd>
        {reasonsOf(explanation).map(({ label, text }) => (
          <>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </>
        ))}
      </dl>
    </details>
  );
}

function Properties({ session }: { session: Session }) {
  const broken = session.isBroken ? session.broken.value!.violation.property : null;
  return (
    <details class="properties">
      <summary>The {session.run.properties.all.length} properties</summary>
      <ul>
        {session.run.properties.all.map((property: Property) => (
          <li class={property.name === broken ? 'bad' : ''}>
            {property.name === broken ? '✗' : '✓'} <b>{property.name}</b>: {data().properties[property.name] ?? property.sentence}
          </li>
        ))}
      </ul>
    </details>
  );
}
