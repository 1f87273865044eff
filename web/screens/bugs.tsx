/** The gallery: each rule of a correct backup, and the shortest run that breaks without it. */
import type { RuleName } from '../../model/machine/job-names.ts';
import { ruleNamed } from '../../model/machine/jobs.ts';
import type { Trace } from '../../src/trace/format.ts';
import { data } from '../common/data.ts';
import { isOnSite } from '../common/embedded.ts';
import { LATER_WORDS } from '../common/later-words.ts';
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
      <p>{LATER_WORDS.bugs}</p>
      <ul class="released">
        {Object.entries(data().released).map(([name, { title, models }]) => (
          <li data-released={name}>
            <b>{title}</b>
            <Seen name={name} />
            <span class="ways">
              {models.map((model) => (
                <a href={`#/bug/${model}`}>play it{models.length > 1 ? `: ${data().today[model]!.scenario.mode.toUpperCase()}` : ''}</a>
              ))}
              <Reproducer name={name} />
            </span>
          </li>
        ))}
      </ul>
      <h2>One rule missing</h2>
      <p>{LATER_WORDS.gallery}</p>
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

const SIGNS: Readonly<Record<string, string>> = { reproduced: '✗ reproduced', holds: '✓ holds' };

/** On which releases it was seen. */
function Seen({ name }: { name: string }) {
  const bug = data().releases.find(({ trace }) => trace === name);
  if (bug === undefined) return null;
  return (
    <dl class="seen">
      {bug.on.map(({ release, outcome }) => (
        <div class={outcome === 'reproduced' ? 'bad' : 'dim'}>
          <dt>QEMU {release}</dt>
          <dd>{SIGNS[outcome] ?? `– ${outcome}`}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A site has them as files; a page that is one file says how to make one. */
function Reproducer({ name }: { name: string }) {
  return isOnSite() ? (
    <a href={`reproducers/${name}.py`} download>
      reproducer (Python)
    </a>
  ) : (
    <code class="dim">npx cowcheck explain traces/releases/{name}.trace.yaml --format reproducer</code>
  );
}

export function Bug({ name }: { name: string }) {
  const { gallery, today } = data();
  const traces = Object.hasOwn(gallery, name) ? gallery : today;
  const trace = Object.hasOwn(traces, name) ? traces[name]! : null;
  return trace === null ? <NoSuch what={`bug "${name}"`} back="#/bugs" name="the bugs" /> : <BugOf name={name} trace={trace} key={name} />;
}

function BugOf({ name, trace }: { name: string; trace: Trace }) {
  const session = useMemo(() => new Session(runOfTrace(trace).run, trace), [trace]);
  useAddress(session);
  const { about } = trace;
  const isOfToday = Object.hasOwn(data().today, name);
  if (isEmbedded(route.value)) return <Player session={session} isSmall key={name} />;
  return (
    <main>
      <h1>{about?.title ?? name}</h1>
      {about === undefined ? null : (
        <p class="text">
          {about.seen} <span class="dim">It takes {about.needs.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase())}</span>
        </p>
      )}
      <Player session={session} key={name} />
      {isOfToday ? <Seen name={name} /> : null}
      <p hidden={isOfToday}>
        <a href={`#/play/attack/${name}`}>Break it yourself</a>, or <a href={`#/play/predict/${name}`}>try to break the correct job</a> in
        the same scenario, or <a href={`#/play?bug=${name}`}>change the scenario</a>.
      </p>
      <section class="text">
        <h2>The rule</h2>
        {trace.cause.map((rule: RuleName) => (
          <p>
            <b>{rule}</b>: {ruleNamed(rule).sentence}
          </p>
        ))}
        <p class="dim">
          In a terminal:{' '}
          <code>
            npx cowcheck explain traces/{isOfToday ? 'today' : 'gallery'}/{name}.trace.yaml
          </code>
        </p>
      </section>
    </main>
  );
}
