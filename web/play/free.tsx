/** Play freely: any scenario, any job, and the checker beside. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { type Search, search } from '../checker/checker.ts';
import type { Check } from '../checker/question.ts';
import { SearchView } from '../checker/search-view.tsx';
import { replaceQuery } from '../common/route.ts';
import { useAddress } from '../player/address.ts';
import { Player } from '../player/player.tsx';
import { Session } from '../player/session.ts';
import { Run } from '../../src/run/run.ts';
import { writeTrace } from '../../src/trace/write.ts';
import { packText } from '../share/link.ts';
import { type Setup, settingFor, traceOfSetup, whyNotPlayed } from './setup.ts';
import { SetupForm } from './setup-form.tsx';

export function Free({ initial }: { initial: Setup }) {
  const setup = useSignal(initial);
  const change = (changed: Setup): void => {
    setup.value = changed;
    // Steps are of the set-up before.
    void packText(writeTrace(traceOfSetup(changed))).then((text) => replaceQuery({ setup: text, bug: '', step: '', run: '', tries: '' }));
  };
  const session = useMemo(
    () => (whyNotPlayed(setup.value) === null ? new Session(new Run(setup.value.scenario, settingFor(setup.value)), null) : null),
    [setup.value],
  );
  return (
    <>
      <SetupForm setup={setup.value} onChange={change} />
      {session === null ? null : (
        <>
          <Asked session={session} />
          <Kept session={session} />
        </>
      )}
    </>
  );
}

function Kept({ session }: { session: Session }) {
  useAddress(session);
  return <Player session={session} />;
}

function Asked({ session }: { session: Session }) {
  const { scenario, setting } = session.run;
  const searching = useSignal<Search | null>(null);
  useEffect(() => {
    searching.value = null;
    return () => searching.value?.stop();
  }, [session]);
  const ask = (kind: Check['kind']): void => {
    searching.value?.stop();
    searching.value = search({ kind, scenario, setting });
  };
  const found = searching.value?.found.value ?? null;
  return (
    <section class="asked" aria-label="The checker">
      <p class="help">
        <button type="button" onClick={() => ask('any')} data-ask>
          Can it break?
        </button>
        <button type="button" onClick={() => ask('cheapest')} data-ask-cheapest>
          Find the shortest break
        </button>
        {found?.is === 'broken' ? (
          <button type="button" onClick={() => session.follow(found.way.ids)} data-show>
            show me
          </button>
        ) : null}
      </p>
      {searching.value === null ? null : <SearchView search={searching.value} />}
    </section>
  );
}
