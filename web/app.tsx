/** The page: its head, and the screen that the address names. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { KEYS } from './player/keys.ts';
import { listenToParent } from './open/embed.ts';
import { type Route, isEmbedded, route } from './common/route.ts';
import { NoSuch } from './common/parts.tsx';
import { Bug, Bugs } from './screens/bugs.tsx';
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
  return (
    <>
      {isSmall ? null : <Head />}
      <Screen {...route.value} />
      <Keys />
    </>
  );
}

const PLACES = [
  { name: 'learn', text: 'Learn' },
  { name: 'play', text: 'Play' },
  { name: 'bugs', text: 'Bugs' },
  { name: 'open', text: 'Open' },
  { name: 'words', text: 'Words' },
] as const;

function Head() {
  const [here] = route.value.path;
  return (
    <header>
      <a class="name" href="#/">
        cowcheck
      </a>
      <nav aria-label="The page">
        {PLACES.map(({ name, text }) => (
          <a href={`#/${name}`} aria-current={here === name ? 'page' : undefined}>
            {text}
          </a>
        ))}
      </nav>
      <button type="button" onClick={nextTheme}>
        theme: {theme.value}
      </button>
    </header>
  );
}

function Screen(here: Route) {
  const {
    path: [place, name],
    query,
  } = here;
  switch (place) {
    case undefined:
      return <Learn />;
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
      return <NoSuch what={`page "${place}"`} back="#/" />;
  }
}

/** What the keys do, on `?`. */
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
        {KEYS.map(({ keys, does }) => (
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
