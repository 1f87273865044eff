/** What the step did, and which property it broke: the panel that turns red and says why. */
import { roleOf } from '../../model/meaning.ts';
import type { Property } from '../../properties/property.ts';
import { reasonsOf } from '../../src/explain/reasons.ts';
import { data } from '../common/data.ts';
import { said, sentenceOf } from './said.ts';
import { type Session, isAtItsEnd } from './session.ts';

interface VerdictProps {
  readonly session: Session;
  readonly isSecret?: boolean;
  /** Without the step's number and the list of all properties. */
  readonly isShort?: boolean;
  /** What is said in place of the step; null or absent: the step. */
  readonly words?: string | null;
  /** In words for those who have not heard of properties. */
  readonly isLesson?: boolean;
}

export function Verdict({ session, isSecret = false, isShort = false, isLesson = false, words: told = null }: VerdictProps) {
  const { at, run } = session;
  void session.grid.value; // another way may have led to the same step
  const step = run.steps[at.value - 1];
  const words = told !== null ? told : step === undefined ? 'Nothing has happened yet.' : `${sentenceOf(step)}.`;
  return (
    <section class={`verdict ${session.isBroken ? 'broken' : 'holds'}`} role="group" aria-label="Verdict" tabIndex={0}>
      <p class="what" data-sentence>
        {isShort ? null : (
          <>
            <b>Step {at.value}</b>{' '}
          </>
        )}
        {words}
      </p>
      <PromiseLine session={session} />
      {session.isBroken ? (
        <Broke session={session} isSecret={isSecret} isShort={isShort} isLesson={isLesson} />
      ) : (
        <Holds session={session} isPlain={isShort || isLesson} />
      )}
      {isShort || isLesson ? null : <Properties session={session} />}
    </section>
  );
}

const isOver = ({ run: { promise }, at }: Session): boolean => promise.closed !== null && at.value >= promise.closed;

function Holds({ session, isPlain }: { session: Session; isPlain: boolean }) {
  if (isOver(session)) return <p class="dim">Nothing is promised any more.</p>;
  if (isPlain && !hasBegun(session)) return null;
  if (isCancelled(session)) return <p class="dim">Cancelled: do not rely on the backup any more.</p>;
  const soFar = isAtItsEnd(session) ? '' : ' so far';
  return (
    <p class="good">
      <span aria-hidden="true">✓</span> {isPlain ? `The backup is good${soFar}.` : `Every property holds${soFar}.`}
    </p>
  );
}

const isCancelled = ({ run, at }: Session): boolean => run.steps.slice(0, at.value).some(({ step }) => roleOf(step) === 'cancels');

const hasBegun = ({ run: { promise }, at }: Session): boolean => promise.opened !== null && at.value >= promise.opened;

/** From its end on nothing that the backup shows is promised: that must not be missed. */
function PromiseLine({ session }: { session: Session }) {
  const { grid } = session;
  if (isOver(session))
    return (
      <p class="promise over" data-promise="over">
        <b>Promise over.</b> From here on this is not a backup.
      </p>
    );
  return (
    <p class="promise" data-promise={hasBegun(session) ? 'open' : 'not yet'}>
      {!hasBegun(session)
        ? 'The promise starts at T0.'
        : grid.value.promise.includes('completed')
          ? 'The job has completed: the backup must show T0 for good.'
          : 'Promise: the backup shows the disk at T0.'}
    </p>
  );
}

function Broke({ session, isSecret, isShort, isLesson }: Required<Omit<VerdictProps, 'words'>>) {
  const { violation, step } = session.broken.value!;
  const explanation = isSecret ? null : session.explanation.value;
  const why =
    explanation === null ? null : (
      <p class="why" data-why>
        {said(explanation.sentence)}
      </p>
    );
  return (
    <div>
      <h2>
        ✗ {isShort || (isLesson && violation.property === 'snapshot-kept') ? 'The backup is wrong' : `${violation.property} is broken`}
        {session.at.value > step ? ` since step ${step}` : ''}
      </h2>
      {explanation === null || isShort ? <p>{violation.detail.replace(/^sector/, 'Sector')}.</p> : null}
      {session.isExplaining.value ? <p class="dim">Why: being worked out …</p> : null}
      {explanation === null ? null : (
        <>
          {isShort ? null : why}
          <details>
            <summary>{isShort ? 'Why' : 'What should have happened'}</summary>
            {isShort ? why : null}
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
        </>
      )}
    </div>
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
