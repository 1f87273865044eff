/** The page: its head, and the screen that the address names. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { listenToParent } from './open/embed.ts';
import { type Route, isEmbedded, route } from './common/route.ts';
import { data, fetchMore, hasMore } from './common/data.ts';
import { NoSuch } from './common/parts.tsx';
import { Bug, Bugs } from './screens/bugs.tsx';
import { Front } from './screens/front.tsx';
import { Learn } from './screens/learn.tsx';
import { LessonScreen } from './screens/lesson.tsx';
import { Given, Linked, Open, Own, acceptDrops } from './screens/open.tsx';
import { Play } from './screens/play.tsx';
import { Words } from './screens/words.tsx';
import { nextTheme, theme } from './common/theme.ts';

export function App() {
  const isSmall = isEmbedded(route.value);
  useEffect(acceptDrops, []);
  useEffect(() => (isSmall ? listenToParent() : undefined), [isSmall]);
  useArrival(route.value.path.join('/'), hasMore.value);
  return (
    <>
      {isSmall ? null : <Head />}
      <Screen {...route.value} />
      <Keys />
    </>
  );
}

const TITLE = typeof document === 'undefined' ? '' : document.title;

/** On a new screen the heading gets the focus, so that a screen reader says its name; the tab has it as its title. */
function useArrival(path: string, isReady: boolean | null): void {
  const isFirst = useRef(true);
  useEffect(() => {
    const heading = document.querySelector<HTMLElement>('main h1');
    if (path !== '' && isReady === false) return;
    document.title = path === '' || heading === null ? TITLE : `${heading.textContent} · cowcheck`;
    if (!isFirst.current && heading !== null) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
    isFirst.current = false;
  }, [path, path === '' ? null : isReady]);
}

const PLACES = [
  { name: 'learn', text: 'Learn' },
  { name: 'play', text: 'Play' },
  { name: 'bugs', text: 'Bugs' },
  { name: 'words', text: 'Glossary' },
  { name: 'open', text: 'Open a trace' },
] as const;

/** Screens that belong to a place of another name. */
const PLACE_OF: Readonly<Record<string, string>> = { bug: 'bugs', t: 'open', own: 'open', given: 'open' };

function Head() {
  const [first] = route.value.path;
  const here = first === undefined ? undefined : (PLACE_OF[first] ?? first);
  return (
    <header>
      <div class="head">
        <a class="name" href="#/" aria-current={here === undefined ? 'page' : undefined}>
          <Mark /> cowcheck
        </a>
        <nav aria-label="Main">
          {PLACES.map(({ name, text }) => (
            <a href={`#/${name}`} aria-current={here === name ? 'page' : undefined}>
              {text}
            </a>
          ))}
        </nav>
        <button type="button" onClick={nextTheme}>
          theme: {theme.value}
        </button>
      </div>
    </header>
  );
}

/** The old cluster moves out before the new one lands. */
function Mark() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <rect class="mark-old" x="2.5" y="9.5" width="12" height="12" rx="3" />
      <rect class="mark-new" x="9.5" y="2.5" width="12" height="12" rx="3" />
    </svg>
  );
}

function Screen(here: Route) {
  const {
    path: [place, name],
    query,
  } = here;
  if (place === undefined) return <Front />;
  if (hasMore.value === null) return <Missing />;
  if (!hasMore.value) return <main aria-busy="true" />;
  switch (place) {
    case 'learn':
      return name === undefined ? <Learn /> : <LessonScreen name={name} />;
    case 'play':
      return <Play {...here} />;
    case 'bugs':
      return <Bugs />;
    case 'bug':
      return <Bug name={name ?? ''} />;
    case 'open':
      return <Open />;
    case 'given':
      return <Given />;
    case 'own':
      return <Own />;
    case 't':
      return <Linked query={query} />;
    case 'words':
      return <Words />;
    default:
      return <NoSuch what={`page "${place}"`} back="#/" name="the first screen" />;
  }
}

/** Only of a page on a server. */
function Missing() {
  return (
    <main class="text">
      <h1>This part of the page did not arrive</h1>
      <p>
        <button type="button" onClick={() => void fetchMore()}>
          try again
        </button>
      </p>
    </main>
  );
}

/** The list of keys, on `?`. */
function Keys() {
  const isOpen = useSignal(false);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const listen = ({ key, target }: KeyboardEvent): void => {
      if (key === '?' && !(target instanceof HTMLTextAreaElement)) isOpen.value = true;
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
  useEffect(() => {
    if (isOpen.value) dialog.current?.showModal();
  }, [isOpen.value]);
  return (
    <dialog ref={dialog} onClose={() => (isOpen.value = false)} aria-labelledby="keys">
      <h2 id="keys">Keys</h2>
      <dl class="keys">
        {(hasMore.value === true ? data().keys : []).map(({ keys, does }) => (
          <>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">close</button>
      </form>
    </dialog>
  );
}
