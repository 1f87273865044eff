/** The first screen: a backup to break. */
import { useMemo } from 'preact/hooks';
import { plural } from '../../src/explain/story/words.ts';
import type { Choice } from '../../src/run/choices.ts';
import { first } from '../common/data.ts';
import { noteStars } from '../common/progress.ts';
import { useAddress } from '../player/address.ts';
import { Choices } from '../player/choices.tsx';
import { isAtItsEnd } from '../player/session.ts';
import { arrive, travel } from '../player/travel.ts';
import { DoorBoard, backupOf } from './door-board.tsx';
import { doorPicture } from './door-picture.ts';
import { Door } from './door.ts';
import { starsWords } from './score.ts';
import { WinDialog } from './win.tsx';

/** Milliseconds a step: slower than elsewhere, as a visitor has not seen any of it before. */
const PACE = 480;

export function DoorGame() {
  const door = useMemo(() => new Door(first().door), []);
  const { game } = door;
  const { session } = game;
  useAddress(session);
  const moves = door.moves.length;
  return (
    <section class="door player" aria-label="A backup to break" data-door>
      <h1 tabIndex={-1}>This backup has a bug. Three moves break it. Find them.</h1>
      <p class="for">
        QEMU&#39;s backup had a race like this for six years. cowcheck is a model of that backup: step through it, or let it try every
        order. <span class="dim">For engineers who build, patch, test or teach backups.</span>
      </p>
      <p class="lead">
        A job copies a disk, sector by sector, while g1 and g2 write to it. The backup must become the disk <b>as it was at the start</b>.
        So a write first saves the old data, if the backup lacks it.
      </p>
      <div class="stage">
        <div class="act">
          <DoorBoard session={session} />
          <Choices
            session={session}
            bigMoves={(choice) => door.does(choice)}
            runBig={(id) => door.move(id)}
            pace={PACE}
            marked={door.marked}
            closed={closedWords(door)}
          />
          <Tries door={door} />
        </div>
        <div class="tell">
          <Told door={door} />
          <p class="legend">
            <span>
              <i class="cell old">old</i> as at the start
            </span>
            <span>
              <i class="cell new">new</i> written since
            </span>
            <span>
              <i class="cell wrong" aria-hidden="true">
                ✗
              </i>{' '}
              wrong
            </span>
          </p>
        </div>
      </div>
      <WinDialog
        game={game}
        par={null}
        kind="break"
        isSecret={false}
        boast={`I broke a backup in ${plural(moves, 'move')}`}
        title={`You broke it in ${plural(moves, 'move')}`}
        picture={() => doorPicture(door.moves, backupOf(session.grid.value))}
        says={
          <>
            <WhatWentWrong door={door} />
            <p>
              QEMU&#39;s own race, which lasted six years, is harder: <a href="#/play/attack/drainBeforeUnhook">break that, too</a>.
            </p>
          </>
        }
        next={{ href: '#/learn/1', text: 'See how a backup works: lesson 1' }}
        again="break the other sector"
        onAgain={() => door.again()}
        onWin={(stars) => noteStars('door', stars)}
      />
    </section>
  );
}

/** What the moves say while none may be made: one is under way in the order that is shown, or the backup is broken. Null: one may. */
function closedWords({ game: { session }, isShow, willBreak }: Door): ((choice: Choice) => string) | null {
  if (isShow.value && session.goal.value !== null) return ({ id }) => (session.run.steps[session.at.value]?.id === id ? 'runs now' : '');
  return willBreak ? () => '' : null;
}

/** The moves so far, each in a sentence, and what has become of the backup. */
function Told({ door }: { door: Door }) {
  const { session } = door.game;
  return (
    <section
      class={`verdict ${session.isBroken ? 'broken' : 'holds'}`}
      role="group"
      aria-label="What happened"
      aria-live="polite"
      tabIndex={0}
    >
      {session.isBroken ? (
        <>
          <h2>✗ The backup is wrong</h2>
          <Moves door={door} />
          <WhatWentWrong door={door} />
        </>
      ) : (
        <>
          <Moves door={door} />
          <p class="good">
            <span aria-hidden="true">✓</span> {isAtItsEnd(session) ? 'The backup is complete, and good.' : 'The backup is good so far.'}
          </p>
        </>
      )}
    </section>
  );
}

function Moves({ door }: { door: Door }) {
  return door.moves.length === 0 ? (
    <div data-sentence>
      <p>The backup has begun, and is still empty. You decide who runs next:</p>
      <dl class="cast">
        <dt>job</dt>
        <dd>copies the disk. A sector takes it two moves: it asks the disk, then it gets the data and stores it.</dd>
        <dt>g1, g2</dt>
        <dd>are writes of the running machine, one move each.</dd>
      </dl>
    </div>
  ) : (
    <ol class="moves" data-sentence>
      {door.moves.map(({ told }) => (
        <li>{told}</li>
      ))}
    </ol>
  );
}

function WhatWentWrong({ door }: { door: Door }) {
  const { session } = door.game;
  const sector = session.broken.value?.violation.detail.match(/sector (\d+)/)?.[1] ?? '';
  const writer = door.moves.map(({ who }) => who).findLast((who) => who !== 'job');
  return (
    <p>
      The job's read was still in flight when {writer} wrote, so it got the new data, and stored it over the old data in the backup.{' '}
      <b>
        {writer} should have waited for the job's copy of sector {sector}.
      </b>
    </p>
  );
}

/** What to press besides the moves: a safe order to watch, help, or another try. */
function Tries({ door }: { door: Door }) {
  const { session, stars } = door.game;
  if (door.willBreak)
    return (
      <p class="tries" role="status">
        <button type="button" onClick={() => door.again()} disabled={!session.isBroken}>
          Play it again
        </button>
        {session.isBroken ? (
          <a class="button main" href="#/learn/1">
            Lesson 1
          </a>
        ) : null}
        {session.isBroken ? <span data-score>{starsWords(stars.value)}.</span> : null}
      </p>
    );
  if (door.isShow.value)
    return session.goal.value !== null ? (
      <p class="tries" role="status">
        <button type="button" onClick={() => arrive(session)} data-primary>
          skip
        </button>
        <span class="dim">Showing a safe order …</span>
      </p>
    ) : (
      <p class="tries" role="status">
        <button type="button" class="main" onClick={() => door.again()} data-primary>
          Now break it
        </button>
        <span class="dim">That was a safe order. Another one breaks the backup.</span>
      </p>
    );
  if (door.isUntouched)
    return (
      <p class="tries" role="status">
        <span>Any move may come twice. Begin with the job, or</span>
        <button type="button" class="link" onClick={() => travel(session, door.showSafe(), PACE)} data-safe>
          watch a safe order first
        </button>
      </p>
    );
  if (door.nextToBreak.value === null)
    return (
      <p class="tries" role="status">
        <button type="button" class="main" onClick={() => door.again()} data-primary>
          Try another order
        </button>
        <span>Safe: from here on no order breaks it.</span>
      </p>
    );
  return (
    <p class="tries" role="status">
      {door.isGuided.value ? null : (
        <button type="button" class="main" onClick={() => door.guide()} data-primary>
          Mark the next move (costs a star)
        </button>
      )}
      <span class="dim">{plural(door.moves.length, 'move')} so far. It can still be broken.</span>
    </p>
  );
}
