/** You are the scheduler: freely, or to break a job, to say whether it can break, to mend a run, or not to know what it lacks. */
import type { ComponentChildren } from 'preact';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { plural } from '../../src/explain/story/words.ts';
import type { Trace } from '../../src/trace/format.ts';
import { LATER_WORDS } from '../common/later-words.ts';
import { data } from '../common/data.ts';
import { NoSuch } from '../common/parts.tsx';
import { noteStars, progress } from '../common/progress.ts';
import { Challenge } from '../play/challenge.tsx';
import { Free } from '../play/free.tsx';
import { hintsFor } from '../play/hints.ts';
import { canBeMended } from '../play/mend.ts';
import { MendGame } from '../play/mend.tsx';
import { MysteryGame } from '../play/mystery.tsx';
import { PredictGame } from '../play/predict.tsx';
import { type Setup, correctTrace, setupOf, setupOfTrace, traceOfSetup } from '../play/setup.ts';
import { today } from '../play/today.ts';
import { readText } from '../open/read-text.ts';
import { unpackText } from '../share/link.ts';
import type { Route } from '../common/route.ts';

/** `#/play`, `#/play?bug=NAME`, `#/play?mystery=SEED`, `#/play/attack/NAME`, `#/play/predict/NAME`, `#/play/mend/NAME`. */
export function Play({ path: [, game, name], query }: Route) {
  const seed = query.get('mystery');
  const bug = query.get('bug');
  if (seed !== null) return <Mystery seed={seed} />;
  switch (game) {
    case undefined:
      return <FreePlay bug={bug} packed={query.get('setup')} key={bug} />;
    case 'attack':
      return name === undefined ? <Attacks /> : <Attack name={name} />;
    case 'predict':
      return name === undefined ? <Predictions /> : <Predict name={name} />;
    case 'mend':
      return name === undefined ? <Mends /> : <Mend name={name} />;
    default:
      return <NoSuch what={`game "${game}"`} back="#/play" name="the games" />;
  }
}

const GAMES = [
  { here: 'free', address: () => '#/play', text: 'Free' },
  { here: 'attack', address: () => '#/play/attack', text: 'Attack' },
  { here: 'predict', address: () => '#/play/predict', text: 'Predict' },
  { here: 'mend', address: () => '#/play/mend', text: 'Mend' },
  { here: 'mystery', address: () => `#/play?mystery=${today()}`, text: 'Mystery' },
];

function Screen({ here, title = 'You are the scheduler', children }: { here: string; title?: string; children: ComponentChildren }) {
  return (
    <main>
      <nav class="tabs" aria-label="Games">
        {GAMES.map(({ here: name, address, text }) => (
          <a href={address()} aria-current={name === here ? 'page' : undefined}>
            {text}
          </a>
        ))}
      </nav>
      <h1>{title}</h1>
      {children}
    </main>
  );
}

/** What free play begins with: two writes, and copies that do not wait for each other. */
const somethingToBreak = (): Setup => ({ ...setupOf(data().presets['two-writes']!.scenario), job: 'waitForOverlappingCopies' });

const traceNamed = (name: string): Trace | null => (Object.hasOwn(data().gallery, name) ? data().gallery[name]! : null);

/** What an address says is a stranger's text: it is read as one. Null: it can't be. */
async function setupFrom(packed: string): Promise<Setup | null> {
  const text = await unpackText(packed);
  try {
    return text === null ? null : setupOfTrace(await readText(text));
  } catch {
    return null;
  }
}

/** The set-up is told by the address once it was changed by hand, and by the bug before; else it is one that can be broken. */
function FreePlay({ bug, packed }: { bug: string | null; packed: string | null }) {
  const trace = bug === null ? null : traceNamed(bug);
  const given = useSignal<Setup | null | undefined>(packed === null ? null : undefined);
  useEffect(() => {
    if (packed !== null) void setupFrom(packed).then((setup) => (given.value = setup));
  }, []);
  if (given.value === undefined) return <main aria-busy="true" />;
  const initial = given.value ?? (trace === null ? somethingToBreak() : setupOfTrace(trace));
  return (
    <Screen here="free">
      <p class="text">{LATER_WORDS.free}</p>
      {bug !== null && trace === null ? <p role="alert">There is no bug "{bug}"; this is another scenario.</p> : null}
      {packed !== null && given.value === null ? <p role="alert">{LATER_WORDS.otherSetup}</p> : null}
      <Free initial={initial} key={bug} />
    </Screen>
  );
}

function Attacks() {
  const all = levels();
  return (
    <Screen here="attack" title="Attack">
      <p class="text">{LATER_WORDS.attack}</p>
      {LEVELS.map(({ title, isOf }) => (
        <>
          <h2>{title}</h2>
          <Cards kind="attack" cards={all.filter(isOf)} />
        </>
      ))}
    </Screen>
  );
}

interface Level {
  readonly name: string;
  readonly title: string;
  readonly note: string;
  /** Switches that the shortest way takes. */
  readonly preemptions: number;
  readonly steps: number;
  /** One coroutine breaks it without the others. */
  readonly isAlone: boolean;
}

/** From the easiest on. */
const LEVELS: readonly { readonly title: string; readonly isOf: (level: Level) => boolean }[] = [
  { title: 'Just watch: it breaks by itself', isOf: ({ isAlone }) => isAlone },
  { title: 'Easy: no switch', isOf: ({ isAlone, preemptions }) => !isAlone && preemptions === 0 },
  { title: 'Medium: one switch', isOf: ({ isAlone, preemptions }) => !isAlone && preemptions === 1 },
  { title: 'Hard: two switches or more', isOf: ({ isAlone, preemptions }) => !isAlone && preemptions > 1 },
];

/** All levels, each as hard as the one before or harder. */
function levels(): Level[] {
  const all = Object.entries(data().gallery).map(([name, { about, scenario, schedule }]) => ({
    name,
    title: about?.title ?? name,
    note: `${scenario.mode.toUpperCase()}, ${plural(schedule.length, 'step')}`,
    preemptions: data().preemptions[name]!,
    steps: schedule.length,
    isAlone: schedule.every(({ who }) => who === schedule[0]!.who),
  }));
  return LEVELS.flatMap(({ isOf }) => all.filter(isOf).toSorted((a, b) => a.preemptions - b.preemptions || a.steps - b.steps));
}

/** The level after this one, for the win card. */
function nextLevel(name: string): { readonly href: string; readonly text: string } {
  const all = levels();
  const next = all[all.findIndex((level) => level.name === name) + 1];
  return next === undefined
    ? { href: `#/play?mystery=${today()}`, text: 'Next: the mystery of the day' }
    : { href: `#/play/attack/${next.name}`, text: `Next: ${next.title}` };
}

function Predictions() {
  const cards = Object.entries(data().predictions).map(([name, { title, preset }]) => ({
    name,
    title,
    note: data().presets[preset]!.scenario.mode.toUpperCase(),
  }));
  return (
    <Screen here="predict" title="Can it break? Predict">
      <p class="text">{LATER_WORDS.predict}</p>
      <Cards kind="predict" cards={cards} />
    </Screen>
  );
}

function Cards({
  kind,
  cards,
}: {
  kind: string;
  cards: readonly { readonly name: string; readonly title: string; readonly note: string }[];
}) {
  return (
    <ul class="cards">
      {cards.map(({ name, title, note }) => (
        <li>
          <a href={`#/play/${kind}/${name}`}>{title}</a>
          {note === '' ? null : <span class="dim">{note}</span>}
          <Done name={`${kind} ${name}`} />
        </li>
      ))}
    </ul>
  );
}

function Done({ name }: { name: string }) {
  const stars = progress.value.stars[name];
  return stars === undefined ? null : <span class="done">{'★'.repeat(stars)} done</span>;
}

function Attack({ name }: { name: string }) {
  const trace = traceNamed(name);
  const challenge = useMemo(
    () => (trace === null ? null : { kind: 'break' as const, text: 'Break any property.', par: null, hints: hintsFor(trace) }),
    [trace],
  );
  if (trace === null || challenge === null) return <NoSuch what={`bug "${name}"`} back="#/play/attack" name="the levels" />;
  return (
    <Screen here="attack" title={trace.about?.title ?? name}>
      <Challenge
        challenge={challenge}
        trace={trace}
        next={nextLevel(name)}
        onDone={(stars) => noteStars(`attack ${name}`, stars)}
        key={name}
      />
      <p class="text">
        <b>What a user saw:</b> {trace.about?.seen}
      </p>
    </Screen>
  );
}

/** A level; or, by the name of a bug, the correct job in the same scenario. */
function Predict({ name }: { name: string }) {
  const { predictions } = data();
  const level = Object.hasOwn(predictions, name) ? predictions[name]! : null;
  const bug = traceNamed(name);
  const trace = useMemo(() => {
    if (level === null) return bug === null ? null : correctTrace(bug);
    return traceOfSetup({ ...setupOf(data().presets[level.preset]!.scenario), ...(level.without && { job: level.without }) });
  }, [name]);
  if (trace === null) return <NoSuch what={`level "${name}"`} back="#/play/predict" name="the levels" />;
  const names = Object.keys(predictions);
  const after = level === null ? undefined : names[names.indexOf(name) + 1];
  return (
    <Screen here="predict" title={level?.title ?? `Where this was: ${bug?.about?.title ?? name}`}>
      <PredictGame
        trace={trace}
        name={`predict ${name}`}
        {...(after === undefined ? {} : { next: { href: `#/play/predict/${after}`, text: `Next: ${predictions[after]!.title}` } })}
        key={name}
      />
    </Screen>
  );
}

function Mends() {
  const cards = useMemo(
    () =>
      Object.entries(data().gallery)
        .filter(([, trace]) => canBeMended(trace))
        .map(([name, { about, scenario, schedule }]) => ({
          name,
          title: about?.title ?? name,
          note: `${scenario.mode.toUpperCase()}, ${plural(schedule.length, 'step')}`,
        })),
    [],
  );
  return (
    <Screen here="mend" title="Mend">
      <p class="text">{LATER_WORDS.mend}</p>
      <Cards kind="mend" cards={cards} />
    </Screen>
  );
}

function Mend({ name }: { name: string }) {
  const trace = traceNamed(name);
  if (trace === null) return <NoSuch what={`bug "${name}"`} back="#/play/mend" />;
  return (
    <Screen here="mend" title={trace.about?.title ?? name}>
      <MendGame trace={trace} key={name} />
    </Screen>
  );
}

function Mystery({ seed }: { seed: string }) {
  const another = (): void => {
    location.hash = `#/play?mystery=${crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36)}`;
  };
  return (
    <Screen here="mystery" title="Mystery">
      <p class="text">
        This address always gives the same one: <code>{seed}</code>.{' '}
        <button type="button" onClick={another}>
          another one
        </button>
      </p>
      <MysteryGame seed={seed} key={seed} />
    </Screen>
  );
}
