/** Bring your own: a trace that is dropped, pasted, opened, or came as a link. It never leaves the page. */
import { useEffect, useRef } from 'preact/hooks';
import { opened, openFile, openLink, openText, reading } from '../open/opened.ts';
import { Notice } from '../common/parts.tsx';
import { Player } from '../player/player.tsx';
import { isEmbedded, route } from '../common/route.ts';

export function Open() {
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
  const text = query.toString();
  useEffect(() => void openLink(text, query), [text]);
  return (
    <main>
      <h1>A run that somebody shared</h1>
      <Shown where={text} />
    </main>
  );
}

/** `#/own`: the trace that came with the page (`cowcheck learn TRACE`). */
export function Own() {
  useEffect(() => {
    const own = document.getElementById('own');
    if (own === null)
      opened.value = {
        where: 'own',
        name: 'this page',
        session: null,
        notice: 'it came without a trace: npx cowcheck learn FILE makes one that has it',
      };
    else void openText('own', 'the trace of this page', JSON.parse(own.textContent) as string);
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
  if (opened.value?.where !== where) return null;
  const { name, session, notice } = opened.value;
  return (
    <>
      {notice === null ? null : (
        <Notice isBad>
          <b>{name}</b>: {notice}.
        </Notice>
      )}
      {session === null ? null : <Player session={session} isSmall={isEmbedded(route.value)} />}
    </>
  );
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
