/** Bring your own: a trace that is dropped, pasted, opened, or came as a link. It never leaves the page. */
import { LATER_WORDS } from '../common/later-words.ts';
import { useEffect, useRef } from 'preact/hooks';
import { hasOpened, openAgain, openFile, openLink, openText, opened, reading, tell } from '../open/opened.ts';
import { Notice } from '../common/parts.tsx';
import { useAddress } from '../player/address.ts';
import { Player } from '../player/player.tsx';
import type { Session } from '../player/session.ts';
import { PLACE_PARAMETERS } from '../share/place.ts';
import { isEmbedded, route } from '../common/route.ts';

export function Open() {
  useEffect(openAgain, []);
  const text = useRef<HTMLTextAreaElement>(null);
  const read = (): void => {
    const value = text.current?.value.trim() ?? '';
    if (value !== '') void openText('open', 'what was pasted', value);
  };
  return (
    <main>
      <div class="text">
        <h1>Open a trace</h1>
        <p>
          A trace is what <code>cowcheck check</code> writes to <code>cowcheck-traces/</code>. Drop a file anywhere on this page, or:
        </p>
        <p>
          <label>
            a file{' '}
            <input
              type="file"
              accept=".yaml,.yml,.json"
              onChange={({ currentTarget: { files } }) => {
                if (files?.[0] !== undefined) void openFile('open', files[0]);
              }}
            />
          </label>
        </p>
        <label for="pasted">or its text</label>
        <textarea id="pasted" ref={text} rows={6} spellcheck={false} placeholder="trace: 2" />
        <p>
          <button type="button" onClick={read}>
            play it
          </button>
        </p>
      </div>
      <Shown where="open" />
    </main>
  );
}

/** `#/t?...`: what a link holds. */
export function Linked({ query }: { query: URLSearchParams }) {
  const link = new URLSearchParams([...query].filter(([name]) => !PLACE_PARAMETERS.includes(name)));
  const text = link.toString();
  useEffect(() => void (hasOpened(text) ? undefined : openLink(text, link)), [text]);
  return (
    <main>
      <h1>A shared run</h1>
      <Shown where={text} />
    </main>
  );
}

/** `#/own`: the trace that came with the page (`cowcheck learn TRACE`). */
export function Own() {
  useEffect(() => {
    const own = document.getElementById('own');
    if (own === null)
      tell({
        where: 'own',
        name: 'this page',
        session: null,
        notice: LATER_WORDS.noTrace,
      });
    else if (!hasOpened('own')) void openText('own', 'the trace of this page', JSON.parse(own.textContent) as string);
  }, []);
  return (
    <main>
      <h1>Your trace</h1>
      <Shown where="own" />
    </main>
  );
}

/** `#/given`: what the page around this one has given. */
export function Given() {
  return (
    <main>
      <Shown where="given" />
    </main>
  );
}

function Shown({ where }: { where: string }) {
  if (reading.value?.where === where) return <p role="status">reading {reading.value.name} …</p>;
  const shown = opened.value.get(where);
  if (shown === undefined) return null;
  const { name, session, notice } = shown;
  return (
    <>
      {notice === null ? null : (
        <Notice isBad>
          <b>{name}</b>: {notice}.
        </Notice>
      )}
      {session === null ? null : <OpenedPlayer session={session} />}
    </>
  );
}

function OpenedPlayer({ session }: { session: Session }) {
  useAddress(session);
  return <Player session={session} isSmall={isEmbedded(route.value)} />;
}

/** Files may be dropped on any screen. @returns what ends it */
export function acceptDrops(): () => void {
  const over = (event: DragEvent): void => event.preventDefault();
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file === undefined) return;
    location.hash = '#/open';
    void openFile('open', file);
  };
  addEventListener('dragover', over);
  addEventListener('drop', drop);
  return () => {
    removeEventListener('dragover', over);
    removeEventListener('drop', drop);
  };
}
