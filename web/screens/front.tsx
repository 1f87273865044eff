/** The first screen: a backup to break, and beneath it where to go from there. */
import { DoorGame } from '../play/door.tsx';
import { today } from '../play/today.ts';
import { LessonMap } from './lesson-map.tsx';

export function Front() {
  return (
    <main>
      <DoorGame />
      <p class="today">
        <b>
          <a href={`#/play?mystery=${today()}`}>Mystery of the day</a>
        </b>
        : one rule is missing. Break it, and say which.
      </p>
      <LessonMap />
      <p class="dim text">
        Everything runs in this page. The bug above is a classic mistake; no release of QEMU is known to have had it.{' '}
        <a href="#/bugs">Bugs that QEMU had, and has</a> are here.
      </p>
    </main>
  );
}
