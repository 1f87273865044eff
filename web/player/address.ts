/** The address follows the player, and the player the address: back, reload and a link restore the very step. */
import { effect, untracked } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { replaceQuery, route } from '../common/route.ts';
import { readPlace, writePlace } from '../share/place.ts';
import type { Session } from './session.ts';

/** Milliseconds from one change of the address to the next: browsers stop a page that makes many. */
const PACE = 150;

/** @param prefix of the parameters, where a screen has several players */
export function useAddress(session: Session, prefix = ''): void {
  // Before the first frame, which shows the step of the address, and no key comes in between.
  useLayoutEffect(() => {
    const here = route.value.path.join('/');
    const isHere = (): boolean => route.peek().path.join('/') === here;
    const [step, run, tries] = [`${prefix}step`, `${prefix}run`, `${prefix}tries`];
    let timer = 0;
    const write = (): void => {
      clearTimeout(timer);
      timer = 0;
      if (!isHere()) return;
      const { at, goal, number, branches } = session;
      const way = { number: number.value, ids: session.run.steps.map(({ id }) => id) };
      const place = writePlace({ at: goal.value ?? at.value, way, others: branches.value }, session.isAsItBegan);
      replaceQuery({ [step]: place.step, [run]: place.run, [tries]: place.tries });
    };
    const stopReading = effect(() => {
      const { query } = route.value;
      untracked(() => {
        if (!isHere()) return;
        const place = readPlace(query.get(step), query.get(run), query.get(tries));
        if (place !== null) session.restore(place);
      });
    });
    let isFirst = true;
    const stopWriting = effect(() => {
      void [session.at.value, session.length.value, session.number.value, session.branches.value, session.grid.value];
      if (!isFirst && timer === 0) timer = window.setTimeout(() => untracked(write), PACE);
      isFirst = false;
    });
    // What is pressed next may be a link: then the step is in the history before the page goes there.
    const flush = (): void => (timer === 0 ? undefined : untracked(write));
    addEventListener('click', flush, true);
    addEventListener('pagehide', flush);
    return () => {
      clearTimeout(timer);
      stopReading();
      stopWriting();
      removeEventListener('click', flush, true);
      removeEventListener('pagehide', flush);
    };
  }, [session, prefix]);
}
