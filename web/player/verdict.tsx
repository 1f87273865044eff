/** What the step did, and which property it broke: the panel that turns red and says why. */
import type { Property } from '../../properties/property.ts';
import { reasonsOf } from '../../src/explain/reasons.ts';
import { sentenceOfStep } from '../../src/run/step-words.ts';
import type { Session } from './session.ts';

export function Verdict({ session, isSecret = false }: { session: Session; isSecret?: boolean }) {
  const { at, run, grid } = session;
  const step = run.steps[at.value - 1];
  const words = step === undefined ? 'Nothing has happened yet.' : `${sentenceOfStep(step.who, step.what, step.saw)}.`;
  return (
    <section class={`verdict ${session.isBroken ? 'broken' : 'holds'}`} role="group" aria-label="Verdict">
      <p class="what" data-sentence>
        <b>Step {at.value}</b> {words}
      </p>
      <p class="promise">
        <b>Promise</b> {grid.value.promise}.
      </p>
      {session.isBroken ? <Broke session={session} isSecret={isSecret} /> : <p class="good">✓ Every property holds so far.</p>}
      <Properties session={session} />
    </section>
  );
}

function Broke({ session, isSecret }: { session: Session; isSecret: boolean }) {
  const { violation, step } = session.broken.value!;
  const explanation = isSecret ? null : session.explanation.value;
  return (
    <div>
      <h2>
        ✗ {violation.property} is broken{session.at.value > step ? ` since step ${step}` : ''}
      </h2>
      <p>{violation.detail}.</p>
      {session.isExplaining.value ? <p class="dim">Why: being worked out …</p> : null}
      {explanation === null ? null : (
        <>
          <p class="why" data-why>
            {explanation.sentence}
          </p>
          <details>
            <summary>What should have happened</summary>
            <dl>
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
            {property.name === broken ? '✗' : '✓'} <b>{property.name}</b>: {property.sentence}
          </li>
        ))}
      </ul>
    </details>
  );
}
