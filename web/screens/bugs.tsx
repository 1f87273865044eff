/** The gallery: each rule of a correct backup, and the shortest run that breaks without it. */
import type { RuleName } from '../../model/machine/job-names.ts';
import { ruleNamed } from '../../model/machine/jobs.ts';
import type { Trace } from '../../src/trace/format.ts';
import { data } from '../common/data.ts';
import { NoSuch } from '../common/parts.tsx';
import { Player } from '../player/player.tsx';
import { useAddress } from '../player/address.ts';
import { Session } from '../player/session.ts';
import { isEmbedded, route } from '../common/route.ts';
import { runOfTrace } from '../../src/run/of-trace.ts';
import { useMemo } from 'preact/hooks';

export function Bugs() {
  return (
    <main class="text">
      <h1>Bugs</h1>
      <p>Each of these backups lacks one rule, and each run is the shortest that shows it. Many of them are in QEMU's history.</p>
      <ul class="cards">
        {Object.entries(data().gallery).map(([name, { about, scenario, schedule }]) => (
          <li>
            <a href={`#/bug/${name}`}>{about?.title ?? name}</a>
            <span class="dim">
              {scenario.mode.toUpperCase()}, {schedule.length} steps · <code>{name}</code>
            </span>
          </li>
        ))}
      </ul>
    </main>
  );
}

export function Bug({ name }: { name: string }) {
  const trace = Object.hasOwn(data().gallery, name) ? data().gallery[name]! : null;
  return trace === null ? <NoSuch what={`bug "${name}"`} back="#/bugs" /> : <BugOf name={name} trace={trace} key={name} />;
}

function BugOf({ name, trace }: { name: string; trace: Trace }) {
  const session = useMemo(() => new Session(runOfTrace(trace).run, trace), [trace]);
  useAddress(session);
  const { about } = trace;
  if (isEmbedded(route.value)) return <Player session={session} isSmall key={name} />;
  return (
    <main>
      <h1>{about?.title ?? name}</h1>
      {about === undefined ? null : (
        <p class="text">
          {about.seen} <span class="dim">It takes {about.needs}</span>
        </p>
      )}
      <Player session={session} key={name} />
      <p>
        <a href={`#/play/attack/${name}`}>Break it yourself</a>, or <a href={`#/play/hold/${name}`}>try to break the correct job</a> in the
        same scenario, or <a href={`#/play?bug=${name}`}>change the scenario</a>.
      </p>
      <section class="text">
        <h2>The rule</h2>
        {trace.cause.map((rule: RuleName) => (
          <p>
            <b>{rule}</b>: {ruleNamed(rule).sentence}
          </p>
        ))}
        <p class="dim">
          In a terminal: <code>npx cowcheck explain traces/gallery/{name}.trace.yaml</code>
        </p>
      </section>
    </main>
  );
}
