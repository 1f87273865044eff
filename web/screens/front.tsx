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
        : a backup that lacks one rule. Break it, and say which.
      </p>
      <LessonMap />
      <p class="dim text">
        cowcheck models QEMU&#39;s backup of a running disk, step by step. Everything here is computed in this page by the checker that
        tests it, and nothing is sent anywhere. The bug above was in QEMU 1.6 (2013) to 4.0 (2019). On a real build it took a disk of two
        clusters; the disk here is the smallest that shows it in the model.
      </p>
    </main>
  );
}
